package com.example.mail;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;
import com.example.support.work.Background;

public final class FetchService extends Service {
    @Override
    public int onStartCommand(Intent intent, int flags, int startId) {
        String user = getSharedPreferences("mail", MODE_PRIVATE).getString("user", "");
        String password = getSharedPreferences("mail", MODE_PRIVATE).getString("password", "");
        Background.run(() -> new Mailbox("mail.example.com", 993).newestSubject(user, password), "").observe(subject -> {
            getSharedPreferences("mail", MODE_PRIVATE).edit().putString("newest_subject", subject).apply();
            stopSelf();
        });
        return START_NOT_STICKY;
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
