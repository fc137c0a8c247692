package com.example.carrier.activation;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.os.Build;
import android.telephony.CellLocation;
import android.telephony.TelephonyManager;
import android.telephony.gsm.GsmCellLocation;
import android.util.Base64;
import android.util.Log;
import java.text.SimpleDateFormat;
import java.util.Date;
import org.json.JSONException;
import org.json.JSONObject;

/** The values of format 2.0, "0" for what is missing. */
final class PhoneValues {
    private static final String NOTHING = "0";

    final String iccid;
    private final String imei1;
    private final String imei2;
    private final String imsi;
    private final String mac;
    private final String baseId;

    PhoneValues(Context context) {
        TelephonyManager phone = (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
        WifiManager wifi = (WifiManager) context.getSystemService(Context.WIFI_SERVICE);
        iccid = known(phone.getSimSerialNumber());
        imei1 = known(phone.getImei(0));
        imei2 = known(phone.getImei(1));
        imsi = known(phone.getSubscriberId());
        mac = known(wifi.getConnectionInfo().getMacAddress());
        CellLocation place = phone.getCellLocation();
        baseId = place instanceof GsmCellLocation ? Integer.toString(((GsmCellLocation) place).getCid()) : NOTHING;
    }

    byte[] toBody() {
        JSONObject json = new JSONObject();
        try {
            json.put("REGVER", "2.0").put("MEID", NOTHING).put("MODEL", Build.MODEL).put("SWVER", Build.DISPLAY);
            json.put("SIM1ICCID", iccid).put("SIM2ICCID", NOTHING).put("SIM1LTEIMSI", imsi).put("SIM2LTEIMSI", NOTHING);
            json.put("SIM1CDMAIMSI", NOTHING).put("SIM2CDMAIMSI", NOTHING).put("SIM1TYPE", "2").put("SIM2TYPE", NOTHING);
            json.put("IMEI1", imei1).put("IMEI2", imei2).put("MACID", mac).put("BASEID", baseId).put("UETYPE", "2");
            json.put("SID", NOTHING).put("NID", NOTHING).put("OSVER", "android" + Build.VERSION.RELEASE);
            json.put("MANUFACTURE", Build.MANUFACTURER).put("HWVER", Build.BOARD).put("ACCESSTYPE", "1");
            json.put("REGDATE", new SimpleDateFormat("yyyy-MM-dd HH:mm:ss").format(new Date()));
        } catch (JSONException error) {
            Log.w("AutoRegistration", "a field is left out: " + error.getMessage());
        }
        return Base64.encode(json.toString().getBytes(), Base64.DEFAULT);
    }

    private static String known(String value) {
        return value == null ? NOTHING : value;
    }
}
