package com.example.mail;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

public final class FetchReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.startService(new Intent(context, FetchService.class));
    }
}
