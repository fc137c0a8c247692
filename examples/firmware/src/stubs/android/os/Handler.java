package android.os;

public class Handler {
    public Handler(Looper looper) {}
    public final boolean post(Runnable task) { return false; }
    public final boolean postDelayed(Runnable task, long millis) { return false; }
    public final void removeCallbacks(Runnable task) {}
}
