package android.net;

public class NetworkInfo {
    public static final int TYPE_WIFI = 1;

    public boolean isConnected() { return false; }
    public int getType() { return 0; }
}
