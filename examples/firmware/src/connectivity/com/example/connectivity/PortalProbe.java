package com.example.connectivity;

import android.util.Log;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

/** Whether a page stands between this network and the rest: asks for an empty answer, in the clear, and tells nothing. */
final class PortalProbe implements Runnable {
    private static final String PROBE = "http://connectivitycheck.example.net/generate_204";
    private static final int EMPTY = 204;

    @Override
    public void run() {
        try {
            HttpURLConnection connection = (HttpURLConnection) new URL(PROBE).openConnection();
            connection.setRequestProperty("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)");
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            Log.d("Portal", connection.getResponseCode() == EMPTY ? "open" : "captive");
            connection.disconnect();
        } catch (IOException error) {
            Log.d("Portal", "no network");
        }
    }
}
