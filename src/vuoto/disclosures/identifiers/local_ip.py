"""The device's address in its local network (RFC 1918; RFC 4193)."""

from __future__ import annotations

import ipaddress
from typing import Final

from vuoto.disclosures.identifier import Identifier, Reading, phrases

_PRIVATE: Final = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10", "169.254.0.0/16")
)
EMULATOR: Final = "10.0.2.15"
"""Address of every Android emulator behind its own router; it is still the device's, and reported with that word."""


def read(value: str) -> Reading | None:
    """An address of RFC 1918, RFC 4193 or link-local scope."""
    text = value.strip().strip("[]/").partition("%")[0]
    if not 6 <= len(text) <= 45 or (text.count(".") != 3 and ":" not in text):
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if not any(address in net for net in _PRIVATE if net.version == address.version):
        return None
    note = ", the one every Android emulator has" if text == EMULATOR else ""
    return Reading(str(address), "holds", f"an address of private or link-local scope (RFC 1918, RFC 4193){note}")


IDENTIFIER = Identifier(
    kind="local_ip",
    names=phrases(
        "local ip, local ip address, private ip, private ip address, lan ip, lan ip address, internal ip, wifi ip",
        "wifi ip address, wlan ip, device ip, device ip address, inner ip, intranet ip, local address, local addr",
        "localip, local ipv 4, local ipv 6, phone ip, internal ip address, local host ip",
    ),
    hints=phrases(
        "client ip, user ip, my ip, ip, ip address, ip addr, ipaddr, ipv 4, ipv 6, ipv 4 address, ipv 6 address",
    ),
    vague=phrases("host ip"),
    never=phrases(
        "server ip, server ip address, servers ip, node ip, nodes ip, node ip address, gateway ip, gateway ip address, dns ip",
        "proxy ip, router ip, remote ip, remote ip address, peer ip, dst ip, dest ip, destination ip, target ip, printer ip",
        "camera ip, hosts ip, cluster ip, pod ip, pods ip, container ip, endpoint ip, endpoints ip, addresses ip",
        "bind ip, listen ip",
        "networks ip, router ip address, upstream ip, backend ip, instance ip, instances ip, members ip, master ip",
    ),
    read=read,
    clause="RFC 1918 §3; RFC 4193 §3",
    reasoning="With others it tells devices of one household apart (GDPR recital 30).",
    limitations="The same private addresses are used in millions of networks.",
)
