package com.example.carrier.activation;

import android.content.Context;
import android.net.wifi.WifiInfo;
import android.net.wifi.WifiManager;
import android.telephony.CellLocation;
import android.telephony.TelephonyManager;
import android.telephony.gsm.GsmCellLocation;

/** What the phone, its SIM cards and its radios say of themselves; the empty text where one says nothing. */
final class Subscriber {
    private Subscriber() {}

    static String imei(Context context, int slot) {
        return orEmpty(phone(context).getImei(slot));
    }

    static String imsi(Context context) {
        return orEmpty(phone(context).getSubscriberId());
    }

    static String iccid(Context context) {
        return orEmpty(phone(context).getSimSerialNumber());
    }

    static String meid(Context context) {
        return orEmpty(phone(context).getMeid(0));
    }

    static String wifiAddress(Context context) {
        WifiManager wifi = (WifiManager) context.getSystemService(Context.WIFI_SERVICE);
        WifiInfo connection = wifi.getConnectionInfo();
        return connection == null ? "" : orEmpty(connection.getMacAddress());
    }

    static String cell(Context context) {
        CellLocation place = phone(context).getCellLocation();
        return place instanceof GsmCellLocation ? String.valueOf(((GsmCellLocation) place).getCid()) : "";
    }

    private static TelephonyManager phone(Context context) {
        return (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
    }

    private static String orEmpty(String value) {
        return value == null ? "" : value;
    }
}
