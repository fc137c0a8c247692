package com.example.carrier.activation;

import android.content.Context;
import android.content.SharedPreferences;

/** Remembers the SIM whose registration a server has accepted. */
final class Ledger {
    private static final String FILE = "activation_ledger";
    private static final String REGISTERED_ICCID = "registered_iccid";

    private Ledger() {}

    static boolean isRegistered(Context context) {
        String card = Subscriber.iccid(context);
        return !card.isEmpty() && card.equals(open(context).getString(REGISTERED_ICCID, ""));
    }

    static void remember(Context context) {
        open(context).edit().putString(REGISTERED_ICCID, Subscriber.iccid(context)).apply();
    }

    private static SharedPreferences open(Context context) {
        return context.getSharedPreferences(FILE, Context.MODE_PRIVATE);
    }
}
