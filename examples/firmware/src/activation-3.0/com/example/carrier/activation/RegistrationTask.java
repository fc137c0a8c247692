package com.example.carrier.activation;

import android.content.Context;
import android.os.Handler;
import android.util.Log;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.json.JSONException;
import org.json.JSONObject;

/** Sends one registration, and the same bytes again every ten minutes until a server accepts it or ten tries are over. */
final class RegistrationTask implements Runnable {
    private static final String TAG = "Activation";
    private static final String SERVER = "http://zzhc.vnet.cn";
    private static final String MEDIA_TYPE = "application/encrypted-json";
    private static final String ACCEPTED = "0";
    private static final int MOST_TRIES = 10;
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final long RETRY_MILLIS = 600_000;

    private final Context context;
    private final Handler queue;
    private final byte[] body;
    private int tries;

    RegistrationTask(Context context, Handler queue, Registration registration) {
        this.context = context;
        this.queue = queue;
        this.body = registration.encoded();
    }

    @Override
    public void run() {
        tries++;
        String result = "";
        try {
            JSONObject answer = new JSONObject(post());
            result = answer.optString("resultCode");
            Log.d(TAG, "registration: " + answer.optString("resultDesc"));
        } catch (IOException | JSONException error) {
            Log.w(TAG, "registration failed: " + error.getMessage());
        }
        if (ACCEPTED.equals(result)) {
            Ledger.remember(context);
        } else if (tries < MOST_TRIES) {
            queue.postDelayed(this, RETRY_MILLIS);
        }
    }

    private String post() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(SERVER).openConnection();
        try {
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestProperty("Content-Type", MEDIA_TYPE);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
            return read(connection.getInputStream());
        } finally {
            connection.disconnect();
        }
    }

    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] part = new byte[512];
        for (int length = in.read(part); length > 0; length = in.read(part)) {
            text.write(part, 0, length);
        }
        return new String(text.toByteArray(), StandardCharsets.UTF_8);
    }
}
