"""Addresses and names of the Wi-Fi interface and of networks around it."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, FieldRead, IdentifierSource, Text

SOURCE = IdentifierSource(
    name="Wi-Fi",
    documented=(
        "android.net.wifi.WifiInfo, android.net.wifi.ScanResult, java.net.NetworkInterface.getHardwareAddress "
        "(developer.android.com/reference/android/net/wifi/WifiInfo)"
    ),
    limitations="Since Android 6 WifiInfo.getMacAddress gives 02:00:00:00:00:00 to apps that are not privileged.",
    calls=(
        Call("mac_address", r"Landroid/net/wifi/WifiInfo;", ("getMacAddress",)),
        Call("mac_address", r"Ljava/net/NetworkInterface;", ("getHardwareAddress",)),
        Call("mac_address", r"Landroid/net/wifi/WifiManager;", ("getFactoryMacAddresses",)),
        Call("mac_address", r"Landroid/app/admin/DevicePolicyManager;", ("getWifiMacAddress",)),
        Call("bssid", r"Landroid/net/wifi/WifiInfo;", ("getBSSID",)),
        Call("ssid", r"Landroid/net/wifi/WifiInfo;", ("getSSID",)),
        Call("bssid", r"Landroid/net/wifi/WifiManager;", ("getScanResults",)),
        Call("ssid", r"Landroid/net/wifi/WifiManager;", ("getConfiguredNetworks",)),
    ),
    fields=(
        FieldRead("bssid", "Landroid/net/wifi/ScanResult;", ("BSSID",)),
        FieldRead("ssid", "Landroid/net/wifi/ScanResult;", ("SSID",)),
        FieldRead("ssid", "Landroid/net/wifi/WifiConfiguration;", ("SSID",)),
    ),
    texts=(
        Text(
            "mac_address",
            ("/sys/class/net/",),
            r"/sys/class/net/(?:[\w%-]+/address|\w*)",
            "a file of the kernel that holds an interface's address",
        ),
        Text("mac_address", ("cat /sys/",), r"cat /sys/class/net/\w+/address", "a command that prints an interface's address"),
        Text("bssid", ("/proc/net/arp",), r"/proc/net/arp", "the kernel's table of neighbours, with the router's address"),
    ),
)
