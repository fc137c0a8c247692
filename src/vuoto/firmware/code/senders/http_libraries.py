"""Libraries that send by HTTP: OkHttp, Volley, Cronet, Ktor."""

from __future__ import annotations

from vuoto.firmware.code.sender import SendCall, Sender

SENDER = Sender(
    name="HTTP libraries",
    documented="square.github.io/okhttp; google.github.io/volley; developer.android.com/develop/connectivity/cronet",
    calls=(
        SendCall(
            "http",
            r"L(?:com/squareup/|com/android/)?okhttp3?/(?:OkHttpClient|Call(?:\$Factory)?|RealCall);",
            ("newCall", "execute", "enqueue"),
        ),
        SendCall("http", r"L(?:com/squareup/)?okhttp3?/(?:OkHttpClient|WebSocket(?:\$Factory)?);", ("newWebSocket", "send")),
        SendCall("http", r"Lcom/android/volley/RequestQueue;", ("add",)),
        SendCall("http", r"Lorg/chromium/net/(?:Cronet|Experimental)Engine;", ("newUrlRequestBuilder", "openConnection")),
        SendCall("http", r"Lorg/chromium/net/UrlRequest;", ("start",)),
    ),
)
