package android.view;

public class KeyEvent {
    public final int getKeyCode() { return 0; }
    public final int getUnicodeChar() { return 0; }
}
