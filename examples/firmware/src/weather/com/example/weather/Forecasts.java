package com.example.weather;

import com.example.support.collection.RecentCache;
import com.example.support.net.Request;
import java.io.IOException;
import org.json.JSONException;
import org.json.JSONObject;

/** Asks the weather service. */
final class Forecasts {
    private static final String SERVICE = "https://weather.example.com/v2/forecast";
    private static final RecentCache<String, Forecast> RECENT = new RecentCache<>(8);

    Forecast forTown(String town) throws IOException, JSONException {
        Forecast known = RECENT.get(town);
        if (known != null) {
            return known;
        }
        JSONObject answer = new JSONObject(Request.to(SERVICE).parameter("town", town).parameter("units", "metric").send());
        int celsius = Integer.parseInt(answer.optString("temperature", "0"));
        Forecast made = new Forecast(town, celsius, answer.optString("sky"));
        RECENT.put(town, made);
        return made;
    }
}
