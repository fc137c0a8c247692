package com.example.carrier.activation;

import android.util.Log;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.Scanner;

/** One request to the registration server, and what it answers. */
final class ServerConnection {
    private static final String ADDRESS = "http://zzhc.vnet.cn";

    boolean register(byte[] body) {
        try {
            HttpURLConnection connection = (HttpURLConnection) new URL(ADDRESS).openConnection();
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/encrypted-json");
            connection.setDoOutput(true);
            DataOutputStream out = new DataOutputStream(connection.getOutputStream());
            out.write(body);
            out.close();
            String answer = new Scanner(connection.getInputStream()).useDelimiter("\\A").next();
            return answer.contains("\"resultCode\":\"0\"");
        } catch (IOException error) {
            Log.w("AutoRegistration", "no answer: " + error.getMessage());
            return false;
        }
    }
}
