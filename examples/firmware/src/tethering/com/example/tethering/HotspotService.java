package com.example.tethering;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;
import android.util.Log;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;

/** Answers the name questions of those who use the hotspot, by handing them to the resolver of the phone's own network. */
public final class HotspotService extends Service {
    private static final int QUESTIONS = 53;

    @Override
    public int onStartCommand(Intent intent, int flags, int startId) {
        new Thread(this::serve, "hotspot").start();
        return START_STICKY;
    }

    private void serve() {
        try (DatagramSocket socket = new DatagramSocket(QUESTIONS)) {
            Log.d("Hotspot", "serving on " + name(NetworkInterface.getByName("wlan0")));
            byte[] packet = new byte[1500];
            while (true) {
                DatagramPacket question = new DatagramPacket(packet, packet.length);
                socket.receive(question);
                question.setAddress(InetAddress.getByName("192.0.2.53"));
                socket.send(question);
            }
        } catch (IOException error) {
            Log.w("Hotspot", "stopped: " + error.getMessage());
        }
    }

    /** For the log of the phone: the interface and its address. */
    private static String name(NetworkInterface link) throws IOException {
        StringBuilder text = new StringBuilder(link.getName());
        for (byte part : link.getHardwareAddress()) {
            text.append(String.format(":%02x", part));
        }
        return text.toString();
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
