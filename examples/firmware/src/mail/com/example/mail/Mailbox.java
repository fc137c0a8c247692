package com.example.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocketFactory;

/** As much IMAP (RFC 3501) as the newest subject needs. */
final class Mailbox {
    private final String host;
    private final int port;

    Mailbox(String host, int port) {
        this.host = host;
        this.port = port;
    }

    String newestSubject(String user, String password) throws IOException {
        try (Socket socket = SSLSocketFactory.getDefault().createSocket(host, port)) {
            Writer out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.US_ASCII);
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            tell(out, "a1 LOGIN " + user + " " + password);
            tell(out, "a2 EXAMINE INBOX");
            tell(out, "a3 FETCH * (BODY[HEADER.FIELDS (SUBJECT)])");
            for (String line = in.readLine(); line != null && !line.startsWith("a3 "); line = in.readLine()) {
                if (line.startsWith("Subject: ")) {
                    return line.substring(9);
                }
            }
            return "";
        }
    }

    private static void tell(Writer out, String line) throws IOException {
        out.write(line + "\r\n");
        out.flush();
    }
}
