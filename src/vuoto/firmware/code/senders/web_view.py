"""Pages loaded with data in their address or as a form."""

from __future__ import annotations

from vuoto.firmware.code.sender import SendCall, Sender

SENDER = Sender(
    name="web view",
    documented="android.webkit.WebView.loadUrl, postUrl (developer.android.com/reference/android/webkit/WebView)",
    calls=(SendCall("web-view", r"Landroid/webkit/WebView;", ("loadUrl", "postUrl")),),
)
