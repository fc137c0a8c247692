package com.example.carrier.activation;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Starts the registration after boot, or when somebody dials the code. */
public final class WakeReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        Intent start = new Intent(context, ActivationService.class);
        if (Intent.ACTION_BOOT_COMPLETED.equals(intent.getAction())) {
            start.putExtra(ActivationService.WHY, "boot");
        }
        context.startService(start);
    }
}
