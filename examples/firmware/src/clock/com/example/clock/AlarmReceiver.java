package com.example.clock;

import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.SharedPreferences;

/** Sets the alarms again after boot, since the system forgets them. */
public final class AlarmReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        SharedPreferences alarms = context.getSharedPreferences("alarms", Context.MODE_PRIVATE);
        int hour = alarms.getInt("next_alarm_hour", -1);
        if (hour >= 0) {
            AlarmManager manager = (AlarmManager) context.getSystemService(Context.ALARM_SERVICE);
            long at = System.currentTimeMillis() + hour * 3_600_000L;
            Intent show = new Intent(context, ClockActivity.class);
            manager.set(AlarmManager.RTC_WAKEUP, at, PendingIntent.getBroadcast(context, hour, show, 0));
        }
    }
}
