"""Addresses that no register knows, and why: the special-purpose ranges of IANA (RFC 6890 and its successors)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

LONGEST_ADDRESS: Final = 64
"""Characters of an address that are looked at: 45 for the longest spelling of IPv6, brackets, and a zone."""

_DOTTED: Final = re.compile(
    r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
)

# Range, what it is, whether it stays on the device's own network. The first that fits speaks.
RANGES: Final[tuple[tuple[str, str, bool], ...]] = (
    ("0.0.0.0/8", "address of this network (RFC 791)", True),
    ("10.0.0.0/8", "private address (RFC 1918)", True),
    ("100.64.0.0/10", "address shared inside a carrier's network (RFC 6598)", False),
    ("127.0.0.0/8", "loopback address (RFC 1122)", True),
    ("169.254.0.0/16", "link-local address (RFC 3927)", True),
    ("172.16.0.0/12", "private address (RFC 1918)", True),
    ("192.0.0.0/24", "protocol assignment (RFC 6890)", False),
    ("192.0.2.0/24", "documentation address (RFC 5737)", False),
    ("192.168.0.0/16", "private address (RFC 1918)", True),
    ("198.18.0.0/15", "benchmarking address (RFC 2544)", False),
    ("198.51.100.0/24", "documentation address (RFC 5737)", False),
    ("203.0.113.0/24", "documentation address (RFC 5737)", False),
    ("224.0.0.0/4", "multicast address (RFC 5771)", True),
    ("255.255.255.255/32", "broadcast address (RFC 919)", True),
    ("240.0.0.0/4", "reserved address (RFC 1112)", False),
    ("::/128", "unspecified address (RFC 4291)", True),
    ("::1/128", "loopback address (RFC 4291)", True),
    ("64:ff9b:1::/48", "translation prefix of a local network (RFC 8215)", False),
    ("100::/64", "discard address (RFC 6666)", False),
    ("2001:db8::/32", "documentation address (RFC 3849)", False),
    ("3fff::/20", "documentation address (RFC 9637)", False),
    ("fc00::/7", "private address (RFC 4193)", True),
    ("fe80::/10", "link-local address (RFC 4291)", True),
    ("ff00::/8", "multicast address (RFC 4291)", True),
)


@cache
def _networks() -> tuple[dict[int, list[tuple[int, int, str, bool]]], ...]:
    """For each family: by first byte, (mask, network, why, local)."""
    tables: tuple[dict[int, list[tuple[int, int, str, bool]]], ...] = ({}, {})
    for text, why, local in RANGES:
        network: IPv4Network | IPv6Network = ip_network(text)
        bits = network.max_prefixlen
        first = int(network.network_address) >> (bits - 8)
        last = int(network.broadcast_address) >> (bits - 8)
        for head in range(first, last + 1):
            row = (int(network.netmask), int(network.network_address), why, local)
            tables[network.version == 6].setdefault(head, []).append(row)
    return tables


@lru_cache(maxsize=65_536)  # asked twice for each address; bounded, as a capture can hold any number
def special_range(ip: str) -> tuple[str, bool] | None:
    """What the address is and whether it stays on the local network, or `None` for an ordinary one.

    `ip` is in the spelling that `read_address` gives.
    """
    six = ":" in ip
    if six:
        number = int(IPv6Address(ip))
    else:
        a, b, c, d = ip.split(".")
        number = int(a) << 24 | int(b) << 16 | int(c) << 8 | int(d)
    for mask, network, why, local in _networks()[six].get(number >> (120 if six else 24), ()):
        if number & mask == network:
            return why, local
    return None


def read_address(text: str) -> str | None:
    """The address in its usual spelling (RFC 5952), or `None` where the text is none.

    Brackets and a zone (RFC 4007) are left out; an IPv4 address in IPv6 clothes (`::ffff:0:0/96`) is given as IPv4.
    """
    if len(text) > LONGEST_ADDRESS:
        return None
    if _DOTTED.fullmatch(text):
        return text  # in its usual spelling already, as nearly all are
    text = text.strip().removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        if ":" not in text:
            return str(IPv4Address(text))
        six = IPv6Address(text)
    except (AddressValueError, ValueError):
        return None
    return str(six.ipv4_mapped or six)
