package com.example.tethering;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

public final class StateReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.startService(new Intent(context, HotspotService.class));
    }
}
