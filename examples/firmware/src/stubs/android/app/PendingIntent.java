package android.app;

import android.content.Context;
import android.content.Intent;

public class PendingIntent {
    public static PendingIntent getService(Context context, int code, Intent intent, int flags) { return null; }
    public static PendingIntent getBroadcast(Context context, int code, Intent intent, int flags) { return null; }
}
