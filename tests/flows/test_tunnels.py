"""What tunnels carry becomes conversations of its own; on a tunnel's port alone nothing is opened that does not look like one."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

import packets
from flows.captures import CLIENT, LIMIT, SERVER, assemble, eth, only, sentences, udp

DATA = b"IMEI=001001001001008"
OUTER = ("198.51.100.1", "198.51.100.2")


def gre(flags: int, kind: int, rest: bytes) -> bytes:
    return packets.ip_packet(*OUTER, 47, struct.pack("!HH", flags, kind) + rest)


def over(dport: int, payload: bytes, sport: int = 50_000) -> bytes:
    return packets.udp_packet(OUTER[0], sport, OUTER[1], dport, payload)


def gtp(flags: int, rest: bytes) -> bytes:
    return over(2152, struct.pack("!BBHI", flags, 0xFF, len(rest), 7) + rest)


INNER = udp(DATA)
INNER6 = udp(DATA, v6=True)
VLAN = eth(INNER)[:12] + bytes.fromhex("81000064") + eth(INNER)[12:]
TUNNELS = {
    "Ethernet in GRE (RFC 1701)": gre(0, 0x6558, eth(INNER)),
    "ERSPAN type I": gre(0, 0x88BE, eth(INNER)),
    "ERSPAN type II": gre(0x1000, 0x88BE, bytes(4) + bytes(8) + eth(INNER)),
    "VXLAN (RFC 7348)": over(4789, b"\x08\0\0\0\0\0\x07\0" + eth(INNER)),
    "VXLAN on Linux's old port, tagged inside": over(8472, b"\x08\0\0\0\0\0\x07\0" + VLAN),
    "Geneve (RFC 8926) with an option": over(6081, b"\x01\0\x65\x58\0\0\x07\0" + bytes(4) + eth(INNER)),
    "IP in Geneve": over(6081, b"\0\0\x08\0\0\0\x07\0" + INNER),
    "GTP-U (TS 29.281)": gtp(0x30, INNER),
    "GTP-U with a number": gtp(0x32, bytes(4) + INNER),
    "GTP-U with an extension header": gtp(0x34, b"\0\0\0\x85" + b"\x01\0\0\0" + INNER),
}
TUNNELS6 = {
    "Teredo (RFC 4380)": over(3544, INNER6),
    "Teredo, from its server, with an origin": over(50_000, bytes(8) + INNER6, sport=3544),
    "VXLAN": over(4789, b"\x08\0\0\0\0\0\x07\0" + eth(INNER6)),
    "GTP-U": gtp(0x30, INNER6),
}


@pytest.mark.parametrize("name", TUNNELS)
def test_what_is_inside_is_the_conversation(name: str) -> None:
    conversation = only([eth(TUNNELS[name])])
    assert conversation.flow.client == f"{CLIENT}:40000"
    assert conversation.flow.server == f"{SERVER}:9999"
    assert conversation.out(LIMIT).data == DATA
    assert conversation.out(LIMIT).frames(0, 1) == (1,)


@pytest.mark.parametrize("name", TUNNELS6)
def test_version_six_inside(name: str) -> None:
    conversation = only([eth(TUNNELS6[name])])
    assert conversation.flow.client == "[fd00::23]:40000"
    assert conversation.out(LIMIT).data == DATA


NO_TUNNELS = {
    "VXLAN's port, without its flag": over(4789, bytes(8) + eth(INNER)),
    "VXLAN with ARP inside": over(4789, b"\x08\0\0\0\0\0\x07\0" + eth(INNER)[:12] + b"\x08\x06" + bytes(40)),
    # Text may begin with an I, which is the version and header length of an IPv4 packet.
    "an EtherType of IPv4 and no IPv4": over(4789, b"\x08\0\0\0\0\0\x07\0" + eth(INNER)[:14] + DATA),
    "IPv4 that ends beyond the datagram": over(4789, b"\x08\0\0\0\0\0\x07\0" + eth(INNER)[:-1]),
    "a later version of Geneve": over(6081, b"\x40\0\x08\0\0\0\x07\0" + INNER),
    "a control message of GTP": over(2152, b"\x30\x01" + bytes(6) + INNER),
    "GTP-U whose extension header has no length": gtp(0x34, b"\0\0\0\x85" + bytes(4) + INNER),
    "GTP-U, and nothing inside": gtp(0x30, b""),
    "IPv4 on Teredo's port": over(3544, INNER + bytes(40)),
    "IPv6 that ends beyond Teredo's datagram": over(3544, INNER6[:-1]),
    "another port": over(4790, b"\x08\0\0\0\0\0\x07\0" + eth(INNER)),
}


@pytest.mark.parametrize("name", NO_TUNNELS)
def test_what_is_no_tunnel_stays_a_datagram(name: str) -> None:
    conversation = only([eth(NO_TUNNELS[name])])
    assert conversation.flow.client == f"{OUTER[0]}:50000"
    assert conversation.out(LIMIT).data == NO_TUNNELS[name][28:]


def test_protocols_that_carry_data_and_are_not_read_are_counted() -> None:
    frames = [eth(packets.ip_packet(CLIENT, SERVER, 132, bytes(40)))] * 3 + [eth(gre(0x0001, 0x880B, bytes(40)))]
    found = assemble(frames)
    assert len(found) == 0
    assert "frame 1: 3 IP packets carry SCTP, which is not read" in sentences(found)
    assert "frame 4: 1 IP packet carries GRE, which is not read" in sentences(found)


@given(st.sampled_from([4789, 8472, 6081, 2152, 3544]), st.sampled_from(sorted(TUNNELS)), st.binary(max_size=80), st.data())
def test_damaged_tunnels_never_raise_and_show_no_byte_that_is_not_there(
    port: int, name: str, noise: bytes, data: st.DataObject
) -> None:
    frame = bytearray(eth(TUNNELS[name]))
    for _ in range(3):
        frame[data.draw(st.integers(34, len(frame) - 1))] = data.draw(st.integers(0, 255))
    frame = frame[: data.draw(st.integers(34, len(frame)))]
    for one in (bytes(frame), eth(over(port, noise))):
        for conversation in assemble([one]):
            assert conversation.out(LIMIT).data in one
            assert conversation.back(LIMIT).data in one
