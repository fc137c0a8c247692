"""The HTTP client of Apache, part of Android until version 6."""

from __future__ import annotations

from vuoto.firmware.code.sender import SendCall, Sender

SENDER = Sender(
    name="Apache HTTP client",
    documented="org.apache.http.client.HttpClient (hc.apache.org)",
    calls=(
        SendCall("http", r"Lorg/apache/http/(?:client|impl/client)/\w+;", ("execute",)),
        SendCall("http", r"Landroid/net/http/AndroidHttpClient;", ("execute",)),
    ),
)
