package com.example.updater;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;
import com.example.support.work.Background;

/** Asks once a boot whether there is a newer build for this variant. */
public final class UpdateService extends Service {
    @Override
    public int onStartCommand(Intent intent, int flags, int startId) {
        Background.run(() -> new UpdateCheck(this).ask(), "").observe(build -> {
            getSharedPreferences("update", MODE_PRIVATE).edit().putString("offered_build", build).apply();
            stopSelf();
        });
        return START_NOT_STICKY;
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
