package com.example.carrier.activation;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.net.ConnectivityManager;
import android.net.NetworkInfo;

/** Tries again whenever a network comes up, until a server has accepted the registration of this SIM. */
public final class NetworkReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        ConnectivityManager networks = (ConnectivityManager) context.getSystemService(Context.CONNECTIVITY_SERVICE);
        NetworkInfo active = networks.getActiveNetworkInfo();
        if (active != null && active.isConnected() && Switch.isOn() && !Ledger.isRegistered(context)) {
            context.startService(new Intent(context, ActivationService.class));
        }
    }
}
