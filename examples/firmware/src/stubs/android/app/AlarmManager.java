package android.app;

public class AlarmManager {
    public static final int RTC_WAKEUP = 0;
    public static final int ELAPSED_REALTIME_WAKEUP = 2;

    public void set(int type, long atMillis, PendingIntent operation) {}
    public void setRepeating(int type, long atMillis, long everyMillis, PendingIntent operation) {}
    public void cancel(PendingIntent operation) {}
}
