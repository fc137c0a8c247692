package com.example.dialer;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

public final class CodeReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.startActivity(new Intent(context, DialerActivity.class));
    }
}
