package com.example.updater;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

public final class CheckReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.startService(new Intent(context, UpdateService.class));
    }
}
