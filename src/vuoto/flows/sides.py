"""Which side is the device: what the user says, else what the whole capture shows."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

_LOCAL: Final = tuple(
    (net.version, int(net.network_address), int(net.broadcast_address))
    for net in map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # RFC 1918
            "100.64.0.0/10",  # RFC 6598, carrier-grade NAT
            "169.254.0.0/16", "fe80::/10",  # link-local: RFC 3927, RFC 4291
            "127.0.0.0/8", "::1/128",
            "fc00::/7",  # RFC 4193
        ),
    )
)  # fmt: skip
"""Not `ipaddress.is_private`, which counts the documentation ranges as private."""


@lru_cache(maxsize=65_536)
def packed(address: str) -> bytes:
    """The octets of an address as this room writes it."""
    if ":" in address:
        return ipaddress.IPv6Address(address).packed
    return bytes(map(int, address.split(".")))


def is_local(address: str) -> bool:
    """Whether an address is one of a local network."""
    return _place(address)[0]


def is_group(address: str) -> bool:
    """Whether an address is no single host: multicast (RFC 5771, RFC 4291 section 2.7), broadcast, unspecified."""
    return _place(address)[1]


@lru_cache(maxsize=65_536)
def _place(address: str) -> tuple[bool, bool]:
    """Whether it is local, and whether it is a group. Parsed once, compared as numbers: a capture has thousands."""
    number, version = int.from_bytes(packed(address)), 6 if ":" in address else 4
    local = any(low <= number <= high for v, low, high in _LOCAL if v == version)
    return local, not number or (number >> 120 == 0xFF if version == 6 else number >> 28 == 0xE or number == 0xFFFFFFFF)


def find_device(flows: Iterable[tuple[str, str]], told: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The device's addresses and how they were told, from `(client, server)` of every conversation."""
    if told:
        return tuple(sorted(set(told))), "as told"
    outward: Counter[str] = Counter()
    opened: dict[int, Counter[str]] = {4: Counter(), 6: Counter()}
    for client, server in flows:
        if is_group(client):
            continue
        if is_local(client) and not is_local(server) and not is_group(server):
            outward[client] += 1
        elif not is_group(server):
            opened[6 if ":" in client else 4][client] += 1
            opened[6 if ":" in server else 4][server] -= 1
    found, why = list(outward), []
    if outward:
        many = "these local addresses open" if len(outward) > 1 else "this local address opens"
        why.append(f"{many} conversations with public ones")
    for version, counts in opened.items():
        if any((":" in a) == (version == 6) for a in outward):
            continue
        best = [(n, a) for a, n in counts.items() if n > 0]
        if not best:
            continue
        most = max(n for n, _ in best)
        top = sorted(a for n, a in best if n == most)
        if len(top) == 1:
            found.append(top[0])
            why.append(f"{top[0]} opens most of the IPv{version} conversations")
    if not found:
        return (), "no address opens more conversations than others: whoever opens one is read as the device"
    return tuple(sorted(found)), "; ".join(why)
