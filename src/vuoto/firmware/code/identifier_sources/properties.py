"""Identifiers that the system keeps as properties, read by android.os.SystemProperties or the command getprop."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import IdentifierSource, KeyedCall, Text

KEYS = (
    ("serial_number", r"ro\.(?:boot\.)?serialno|ril\.serialnumber|ro\.ril\.oem\.(?:psno|sno)|sys\.serialnumber|gsm\.serial"),
    ("imei", r"(?:ro\.)?(?:gsm|ril|persist\.radio|ro\.ril\.oem|persist\.sys|ro\.ril\.miui)\.(?:\w+\.)?imei\w*|gsm\.imei1?"),
    ("meid", r"(?:ro\.)?(?:ril|persist\.radio|gsm|ro\.ril\.oem|ro\.ril\.miui)\.(?:\w+\.)?meid\w*"),
    ("iccid", r"(?:ril|gsm|persist\.radio)\.(?:\w+\.)?icc_?id\w*"),
    ("imsi", r"(?:ril|gsm|persist\.radio)\.(?:\w+\.)?imsi\w*"),
    ("mac_address", r"(?:ro|persist|wifi|ril)\.(?:\w+\.)*(?:wifi\w*mac|macaddr\w*|wlan\w*mac)\w*|wifi\.interface\.mac"),
    ("bluetooth_address", r"(?:ro|persist)\.(?:\w+\.)*(?:btmac\w*|bdaddr\w*|bt\.bdaddr\w*)"),
)

SOURCE = IdentifierSource(
    name="system properties",
    documented=(
        "android.os.SystemProperties (hidden); ro.serialno and ro.boot.* of init "
        "(source.android.com/docs/core/architecture/configuration/add-system-properties)"
    ),
    limitations="Names differ between makers; SELinux keeps most apps from reading those with identifiers since Android 8.",
    keyed=(KeyedCall(r"Landroid/os/SystemProperties;", ("get",), 0, KEYS),),
    texts=tuple(
        Text(
            kind,
            ("getprop ", "ro.", "ril.", "gsm.", "persist.", "sys.", "wifi."),
            rf"(?:getprop )?(?:{pattern})",
            "a system property, as a text for getprop or for reflection",
        )
        for kind, pattern in KEYS
    ),
)
