"""Text and data messages."""

from __future__ import annotations

from vuoto.firmware.code.sender import SendCall, Sender

SENDER = Sender(
    name="SMS",
    documented="android.telephony.SmsManager (developer.android.com/reference/android/telephony/SmsManager)",
    calls=(
        SendCall(
            "sms",
            r"Landroid/telephony/(?:gsm/)?SmsManager;",
            (
                "sendTextMessage",
                "sendMultipartTextMessage",
                "sendDataMessage",
                "sendTextMessageWithoutPersisting",
                "sendMultimediaMessage",
            ),
        ),
    ),
)
