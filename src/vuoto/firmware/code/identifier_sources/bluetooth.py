"""Address of the Bluetooth adapter."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, IdentifierSource, KeyedCall

SOURCE = IdentifierSource(
    name="Bluetooth",
    documented=(
        "android.bluetooth.BluetoothAdapter.getAddress; the setting bluetooth_address "
        "(developer.android.com/reference/android/bluetooth/BluetoothAdapter)"
    ),
    limitations="Since Android 6 the call gives 02:00:00:00:00:00 to apps that are not privileged.",
    calls=(Call("bluetooth_address", r"Landroid/bluetooth/BluetoothAdapter;", ("getAddress",)),),
    keyed=(
        KeyedCall(
            r"Landroid/provider/Settings\$(?:Secure|System|Global);",
            ("getString",),
            1,
            (("bluetooth_address", r"bluetooth_address"),),
        ),
    ),
)
