"""Requests that the system's download manager makes."""

from __future__ import annotations

from vuoto.firmware.code.sender import SendCall, Sender

SENDER = Sender(
    name="download manager",
    documented="android.app.DownloadManager (developer.android.com/reference/android/app/DownloadManager)",
    calls=(SendCall("download", r"Landroid/app/DownloadManager;", ("enqueue",)),),
)
