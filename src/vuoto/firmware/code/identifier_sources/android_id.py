"""The Android ID, from the settings or from the provider of Google's services."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import IdentifierSource, KeyedCall, Text

SOURCE = IdentifierSource(
    name="Android ID",
    documented=("android.provider.Settings.Secure.ANDROID_ID (developer.android.com/reference/android/provider/Settings.Secure)"),
    limitations=(
        "Since Android 8 the value differs per signing key and user; for what the system itself signs it is the device's."
    ),
    keyed=(
        KeyedCall(
            r"Landroid/provider/Settings\$(?:Secure|System|Global|NameValueCache);",
            ("getString", "getStringForUser"),
            1,
            (("android_id", r"android_id"),),
        ),
    ),
    texts=(
        Text(
            "android_id",
            ("content://com.google",),
            r"content://com\.google\.android\.gsf\.gservices",
            "the provider that gives the id of Google's services",
        ),
    ),
)
