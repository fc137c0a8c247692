"""Model, build and carrier: technical, and with others a fingerprint."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, FieldRead, IdentifierSource

SOURCE = IdentifierSource(
    name="model and build",
    documented=(
        "android.os.Build; android.telephony.TelephonyManager.getNetworkOperator "
        "(developer.android.com/reference/android/os/Build)"
    ),
    limitations="Read by most apps to work around faults of a model.",
    calls=(
        Call(
            "carrier",
            r"Landroid/telephony/\w*TelephonyManager\w*;",
            ("getNetworkOperator", "getNetworkOperatorName", "getSimOperator", "getSimOperatorName"),
        ),
        Call("os_build", r"Landroid/os/Build;", ("getRadioVersion",)),
    ),
    fields=(
        FieldRead(
            "device_model", "Landroid/os/Build;", ("MODEL", "MANUFACTURER", "BRAND", "DEVICE", "PRODUCT", "BOARD", "HARDWARE")
        ),
        FieldRead("os_build", "Landroid/os/Build;", ("FINGERPRINT", "DISPLAY", "ID", "BOOTLOADER")),
        FieldRead("os_build", "Landroid/os/Build$VERSION;", ("INCREMENTAL", "RELEASE")),
    ),
)
