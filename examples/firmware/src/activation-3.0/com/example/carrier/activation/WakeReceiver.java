package com.example.carrier.activation;

import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.os.SystemClock;

/** Wakes the registration: a minute after boot, at once for everything else that it listens to. */
public final class WakeReceiver extends BroadcastReceiver {
    private static final long AFTER_BOOT_MILLIS = 60_000;

    @Override
    public void onReceive(Context context, Intent intent) {
        if (!Switch.isOn()) {
            return;
        }
        if (Intent.ACTION_BOOT_COMPLETED.equals(intent.getAction())) {
            AlarmManager alarms = (AlarmManager) context.getSystemService(Context.ALARM_SERVICE);
            PendingIntent wake = PendingIntent.getService(context, 0, new Intent(context, ActivationService.class), 0);
            alarms.set(AlarmManager.ELAPSED_REALTIME_WAKEUP, SystemClock.elapsedRealtime() + AFTER_BOOT_MILLIS, wake);
        } else {
            context.startService(new Intent(context, ActivationService.class));
        }
    }
}
