"""Addresses that no register knows: the first and last of each range, and their neighbours outside."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vuoto.recipients.address_ranges import RANGES, read_address, special_range


def covered(number: int, version: int) -> bool:
    address = IPv4Address(number) if version == 4 else IPv6Address(number)
    return any(address in ip_network(text) for text, _, _ in RANGES)


@pytest.mark.parametrize(("text", "why", "local"), RANGES, ids=[row[0] for row in RANGES])
def test_range_and_its_neighbours(text: str, why: str, local: bool) -> None:
    network = ip_network(text)
    first, last = int(network.network_address), int(network.broadcast_address)
    make = IPv4Address if network.version == 4 else IPv6Address
    assert special_range(str(make(first))) == (why, local)
    assert special_range(str(make(last))) is not None
    for outside in (first - 1, last + 1):
        if 0 <= outside < 1 << network.max_prefixlen and not covered(outside, network.version):
            assert special_range(str(make(outside))) is None


def test_broadcast_is_not_merely_reserved() -> None:
    assert special_range("255.255.255.255") == ("broadcast address (RFC 919)", True)
    assert special_range("255.255.255.254") == ("reserved address (RFC 1112)", False)


@given(st.ip_addresses())
def test_agrees_with_a_plain_look_through_all_ranges(address: IPv4Address | IPv6Address) -> None:
    assert (special_range(str(address)) is not None) == covered(int(address), address.version)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:0db8::0001]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2", None),
        ("192.0.2.01", None),
        ("192.0.2.1:80", None),
        ("example.com", None),
        ("", None),
        ("1" * 100, None),
    ],
)
def test_read_address(text: str, address: str | None) -> None:
    assert read_address(text) == address


@given(st.text(max_size=100))
def test_any_text_is_an_address_or_none(text: str) -> None:
    found = read_address(text)
    assert found is None or str(ip_address(found)) == found
