package com.example.carrier.activation;

import android.app.AlarmManager;
import android.app.PendingIntent;
import android.app.Service;
import android.content.Intent;
import android.content.SharedPreferences;
import android.os.IBinder;
import android.os.SystemClock;

/** Registers once a SIM; after a failure an alarm brings it back in an hour, three times. */
public final class ActivationService extends Service {
    static final String WHY = "why";
    private static final int MOST_TRIES = 3;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final String FILE = "auto_registration";
    private static final String KEY_TRIES = "tries";
    private static final String KEY_DONE = "done_for_iccid";

    @Override
    public int onStartCommand(Intent intent, int flags, int startId) {
        final PhoneValues values = new PhoneValues(this);
        final SharedPreferences store = getSharedPreferences(FILE, MODE_PRIVATE);
        if (values.iccid.equals(store.getString(KEY_DONE, "0"))) {
            stopSelf();
            return START_NOT_STICKY;
        }
        new Thread() {
            @Override
            public void run() {
                if (new ServerConnection().register(values.toBody())) {
                    store.edit().putString(KEY_DONE, values.iccid).putInt(KEY_TRIES, 0).apply();
                } else if (store.getInt(KEY_TRIES, 0) < MOST_TRIES) {
                    store.edit().putInt(KEY_TRIES, store.getInt(KEY_TRIES, 0) + 1).apply();
                    comeBack();
                }
                stopSelf();
            }
        }.start();
        return START_NOT_STICKY;
    }

    private void comeBack() {
        AlarmManager alarms = (AlarmManager) getSystemService(ALARM_SERVICE);
        PendingIntent again = PendingIntent.getService(this, 0, new Intent(this, ActivationService.class), 0);
        alarms.set(AlarmManager.ELAPSED_REALTIME_WAKEUP, SystemClock.elapsedRealtime() + HOUR_MILLIS, again);
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
