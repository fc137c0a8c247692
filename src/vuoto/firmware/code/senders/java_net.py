"""Classes of java.net and javax.net: connections by URL, sockets, datagrams."""

from __future__ import annotations

from vuoto.firmware.code.sender import SendCall, Sender

SENDER = Sender(
    name="java.net",
    documented=(
        "java.net.HttpURLConnection, java.net.Socket, java.net.DatagramSocket "
        "(developer.android.com/reference/java/net/package-summary)"
    ),
    calls=(
        SendCall(
            "http",
            r"Ljava(?:x/net/ssl/Https|/net/Http|/net/)URLConnection;",
            ("getOutputStream", "getInputStream", "connect", "getResponseCode", "getContent"),
        ),
        SendCall("http", r"Ljava/net/URL;", ("openStream", "getContent")),
        SendCall("socket", r"Ljavax?/net/(?:ssl/SSL)?Socket;", ("getOutputStream", "connect")),
        SendCall("socket", r"Ljavax/net/(?:ssl/SSL)?SocketFactory;", ("createSocket",)),
        SendCall("socket", r"Ljava/nio/channels/(?:Asynchronous)?SocketChannel;", ("connect", "write")),
        SendCall("datagram", r"Ljava/net/(?:Datagram|Multicast)Socket;", ("send",)),
        SendCall("datagram", r"Ljava/nio/channels/DatagramChannel;", ("send", "write")),
    ),
)
