package com.example.carrier.activation;

import android.content.Context;
import android.net.ConnectivityManager;
import android.net.NetworkInfo;
import android.os.Build;
import android.util.Base64;
import java.nio.charset.StandardCharsets;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.json.JSONObject;

/** The fields of one registration, format 3.0, and the bytes that are sent for them. */
final class Registration {
    private static final String VERSION = "3.0";
    private static final String ACCESS_MOBILE = "1";
    private static final String ACCESS_WIFI = "2";
    private static final String SIM_TYPE_LTE = "2";
    private static final String PHONE = "2";
    private static final String MISSING = "";

    private final Map<String, String> fields = new HashMap<>();

    private Registration() {}

    static Registration of(Context context) {
        Registration made = new Registration();
        made.addDevice(context);
        made.addCards(context);
        made.addPlace(context);
        made.addSoftware();
        return made;
    }

    private void addDevice(Context context) {
        fields.put("REGVER", VERSION);
        fields.put("UETYPE", PHONE);
        fields.put("IMEI1", Subscriber.imei(context, 0));
        fields.put("IMEI2", Subscriber.imei(context, 1));
        fields.put("MEID", Subscriber.meid(context));
        fields.put("MACID", Subscriber.wifiAddress(context));
        fields.put("COLOR", MISSING);
        fields.put("PNAME", MISSING);
    }

    private void addCards(Context context) {
        fields.put("DataSIM", "1");
        fields.put("SIM1TYPE", SIM_TYPE_LTE);
        fields.put("SIM1ICCID", Subscriber.iccid(context));
        fields.put("SIM1LTEIMSI", Subscriber.imsi(context));
        fields.put("SIM1CDMAIMSI", MISSING);
        fields.put("SIM1VoLTESW", "1");
        fields.put("SIM2TYPE", MISSING);
        fields.put("SIM2ICCID", MISSING);
        fields.put("SIM2IMSI", MISSING);
        fields.put("SIM2LTEIMSI", MISSING);
        fields.put("SIM2CDMAIMSI", MISSING);
        fields.put("SIM2VoLTESW", MISSING);
    }

    private void addPlace(Context context) {
        fields.put("BASEID", Subscriber.cell(context));
        fields.put("CELLID", MISSING);
        fields.put("SID", MISSING);
        fields.put("NID", MISSING);
        fields.put("MMEID", MISSING);
        fields.put("ACCESSTYPE", onWifi(context) ? ACCESS_WIFI : ACCESS_MOBILE);
    }

    private void addSoftware() {
        fields.put("MODEL", Build.MODEL);
        fields.put("MODELSMS", Build.MODEL);
        fields.put("MANUFACTURE", Build.MANUFACTURER);
        fields.put("HWVER", Build.BOARD);
        fields.put("SWVER", Build.DISPLAY);
        fields.put("OSVER", "android" + Build.VERSION.RELEASE);
        fields.put("MLPLVER", MISSING);
        fields.put("MSPLVER", MISSING);
        fields.put("REGDATE", new SimpleDateFormat("yyyy-MM-dd HH:mm:ss", Locale.US).format(new Date()));
    }

    /** Base64 of the JSON, in lines. The media type that it is sent with promises more than that. */
    byte[] encoded() {
        return Base64.encode(new JSONObject(fields).toString().getBytes(StandardCharsets.UTF_8), Base64.DEFAULT);
    }

    private static boolean onWifi(Context context) {
        ConnectivityManager networks = (ConnectivityManager) context.getSystemService(Context.CONNECTIVITY_SERVICE);
        NetworkInfo active = networks.getActiveNetworkInfo();
        return active != null && active.getType() == NetworkInfo.TYPE_WIFI;
    }
}
