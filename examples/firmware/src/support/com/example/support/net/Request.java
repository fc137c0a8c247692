package com.example.support.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** One HTTP request, built step by step. */
public final class Request {
    private static final String AGENT = "example-support-net/1.4";

    private final StringBuilder address;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private byte[] body;
    private char separator = '?';

    private Request(String address) {
        this.address = new StringBuilder(address);
        headers.put("User-Agent", AGENT);
    }

    public static Request to(String address) {
        return new Request(address);
    }

    public Request parameter(String name, String value) throws IOException {
        address.append(separator).append(name).append('=').append(URLEncoder.encode(value, "UTF-8"));
        separator = '&';
        return this;
    }

    public Request header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    public Request body(String mediaType, String text) {
        body = text.getBytes(StandardCharsets.UTF_8);
        return header("Content-Type", mediaType);
    }

    public String send() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(address.toString()).openConnection();
        try {
            for (Map.Entry<String, String> header : headers.entrySet()) {
                connection.setRequestProperty(header.getKey(), header.getValue());
            }
            if (body != null) {
                connection.setRequestMethod("POST");
                connection.setDoOutput(true);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            return text(connection.getInputStream());
        } finally {
            connection.disconnect();
        }
    }

    private static String text(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        int length;
        while ((length = in.read(buffer)) != -1) {
            all.write(buffer, 0, length);
        }
        return all.toString("UTF-8");
    }
}
