package com.example.updater;

import android.content.Context;
import android.os.Build;
import android.telephony.TelephonyManager;
import com.example.support.net.Request;
import java.io.IOException;
import org.json.JSONException;
import org.json.JSONObject;

/** The question to the update server: as declared, the IMEI, the model and the build. */
final class UpdateCheck {
    private static final String SERVER = "https://telemetry.example.test/update/check";

    private final Context context;

    UpdateCheck(Context context) {
        this.context = context;
    }

    String ask() throws IOException, JSONException {
        TelephonyManager phone = (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
        JSONObject question = new JSONObject();
        question.put("imei", phone.getImei(0));
        question.put("model", Build.MODEL);
        question.put("build", Build.VERSION.INCREMENTAL);
        String answer = Request.to(SERVER).body("application/json", question.toString()).send();
        return new JSONObject(answer).optString("build");
    }
}
