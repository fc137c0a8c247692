"""The phone's own address in its network."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, FieldRead, IdentifierSource

SOURCE = IdentifierSource(
    name="local address",
    documented=(
        "java.net.NetworkInterface.getInetAddresses, android.net.wifi.WifiInfo.getIpAddress "
        "(developer.android.com/reference/android/net/wifi/WifiInfo)"
    ),
    limitations="Also asked by code that only wants to know whether there is a network.",
    calls=(
        Call("local_ip", r"Landroid/net/wifi/WifiInfo;", ("getIpAddress",)),
        Call("local_ip", r"Ljava/net/NetworkInterface;", ("getInetAddresses", "getInterfaceAddresses")),
        Call("local_ip", r"Landroid/net/LinkProperties;", ("getLinkAddresses", "getAllLinkAddresses")),
    ),
    fields=(FieldRead("local_ip", "Landroid/net/DhcpInfo;", ("ipAddress",)),),
)
