package com.example.carrier.activation;

import android.app.Service;
import android.content.Intent;
import android.os.Handler;
import android.os.HandlerThread;
import android.os.IBinder;

/** Keeps one registration under way at a time, on a thread of its own. */
public final class ActivationService extends Service {
    private HandlerThread worker;
    private Handler queue;
    private RegistrationTask task;

    @Override
    public void onCreate() {
        worker = new HandlerThread("activation");
        worker.start();
        queue = new Handler(worker.getLooper());
    }

    @Override
    public int onStartCommand(Intent intent, int flags, int startId) {
        if (task != null) {
            queue.removeCallbacks(task);
        }
        task = new RegistrationTask(this, queue, Registration.of(this));
        queue.post(task);
        return START_STICKY;
    }

    @Override
    public void onDestroy() {
        worker.quitSafely();
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
