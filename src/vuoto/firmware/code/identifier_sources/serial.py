"""Serial number of the device."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, FieldRead, IdentifierSource, Text

SOURCE = IdentifierSource(
    name="serial number",
    documented="android.os.Build.SERIAL and Build.getSerial (developer.android.com/reference/android/os/Build)",
    limitations='Since Android 10 Build.getSerial needs a privileged permission and Build.SERIAL is "unknown".',
    calls=(Call("serial_number", r"Landroid/os/Build;", ("getSerial",)),),
    fields=(FieldRead("serial_number", "Landroid/os/Build;", ("SERIAL",)),),
    texts=(
        Text(
            "serial_number",
            ("/sys/",),
            r"/sys/(?:devices/soc0|block/mmcblk\d)/(?:device/)?(?:serial(?:_number)?|cid)",
            "a file of the kernel with a serial number",
        ),
        Text("serial_number", ("/proc/c",), r"/proc/(?:cpuinfo|cmdline)", "a file of the kernel that may hold the serial number"),
    ),
)
