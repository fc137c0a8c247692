"""Every link layer finds the same datagram in its frames, and nothing where there is none. A link without a case fails."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.captures import CLIENT, SERVER, Make, assemble, only, sentences, udp
from vuoto.flows.columns import Octets
from vuoto.flows.link import Link
from vuoto.flows.window import links
from vuoto.seams import plugins

MACS: Final = bytes.fromhex("02005e100002 02005e100001")
DATA: Final = b"IMEI=352099001761481"


def h(text: str) -> bytes:
    return bytes.fromhex(text)


def le16(value: int) -> bytes:
    return struct.pack("<H", value)


def nflog(packet: bytes) -> bytes:
    """Family, version, resource; a prefix attribute (type 10) padded to four bytes; the packet (type 9), padded."""
    prefix = le16(4 + 5) + le16(10) + b"-app\0" + b"\0" * 3
    return h("02000001") + prefix + le16(4 + len(packet)) + le16(9) + packet + b"\0" * (-len(packet) % 4)


def pktap(dlt: int, inner: bytes, packet: bytes) -> bytes:
    size = 108
    return struct.pack("<III", size, 1, dlt) + b"\0" * (size - 12) + inner + packet


def ppi(dlt: int, frame: bytes, fields: bytes = b"") -> bytes:
    return b"\0\0" + struct.pack("<HI", 8 + len(fields), dlt) + fields + frame


LLC: Final = h("aaaa03 000000 0800")
WIFI: Final = h("0802 0000") + MACS + h("02005e100003 0000")

CASES: Final[dict[str, list[tuple[str, int, Make]]]] = {
    "cisco_hdlc": [
        ("unicast", 104, lambda p: h("0f00 0800") + p),
        ("multicast", 104, lambda p: h("8f00 0800") + p),
    ],
    "ethernet": [
        ("plain", 1, lambda p: MACS + h("0800") + p),
        ("802.1Q", 1, lambda p: MACS + h("8100 0064 0800") + p),
        ("QinQ", 1, lambda p: MACS + h("88a8 0001 8100 0064 0800") + p),
        ("old QinQ, three tags", 1, lambda p: MACS + h("9100 0001 8100 0002 8100 0003 0800") + p),
        ("PPPoE session", 1, lambda p: MACS + h("8864 1100 0001") + struct.pack("!H", len(p) + 2) + h("0021") + p),
        ("PPPoE in a VLAN", 1, lambda p: MACS + h("8100 0007 8864 1100 0001") + struct.pack("!H", len(p) + 2) + h("0021") + p),
        ("MPLS, two labels", 1, lambda p: MACS + h("8847 00010040 00020140") + p),
        ("802.3 with LLC/SNAP", 1, lambda p: MACS + struct.pack("!H", len(p) + 8) + LLC + p),
        ("padded to 60 bytes and more", 1, lambda p: MACS + h("0800") + p + b"\x55" * 40),
    ],
    "ieee80211": [
        ("data", 105, lambda p: WIFI + LLC + p),
        ("QoS data", 105, lambda p: h("8801") + WIFI[2:] + h("0000") + LLC + p),
        ("four addresses", 105, lambda p: h("0803") + WIFI[2:] + MACS[:6] + LLC + p),
        ("QoS with HT control", 105, lambda p: h("8881") + WIFI[2:] + h("0000 00000000") + LLC + p),
    ],
    "linux_sll": [
        ("plain", 113, lambda p: h("0004 0001 0006 02005e1000010000 0800") + p),
        ("VLAN", 113, lambda p: h("0004 0001 0006 02005e1000010000 8100 0064 0800") + p),
    ],
    "linux_sll2": [("plain", 276, lambda p: h("0800 0000 00000002 0001 04 06 02005e1000010000") + p)],
    "nflog": [("prefix, then packet", 239, nflog)],
    "null_loopback": [
        ("little-endian host", 0, lambda p: h("02000000") + p),
        ("big-endian host", 0, lambda p: h("00000002") + p),
        ("loop", 108, lambda p: h("00000002") + p),
    ],
    "pktap": [
        ("Ethernet inside", 258, lambda p: pktap(1, MACS + h("0800"), p)),
        ("raw IP inside", 149, lambda p: pktap(12, b"", p)),
    ],
    "ppi": [
        ("802.11 inside", 192, lambda p: ppi(105, WIFI + LLC + p)),
        ("Ethernet inside, with a field", 192, lambda p: ppi(1, MACS + h("0800") + p, h("0300 0400 01020304"))),
        ("raw IP inside", 192, lambda p: ppi(101, p)),
    ],
    "ppp": [
        ("bare", 9, lambda p: h("0021") + p),
        ("compressed protocol", 9, lambda p: h("21") + p),
        ("HDLC-like", 50, lambda p: h("ff03 0021") + p),
        ("with direction", 204, lambda p: h("01 ff03 0021") + p),
    ],
    "radiotap": [("header of nine bytes", 127, lambda p: h("00 00 0900 00000000 10") + WIFI + LLC + p)],
    "raw_ip": [(str(number), number, lambda p: p) for number in (12, 14, 101, 228)],
}

V6: Final[dict[str, tuple[int, Make]]] = {
    "cisco_hdlc": (104, lambda p: h("0f00 86dd") + p),
    "ethernet": (1, lambda p: MACS + h("86dd") + p),
    "ethernet, VLAN": (1, lambda p: MACS + h("8100 0064 86dd") + p),
    "ethernet, PPPoE": (1, lambda p: MACS + h("8864 1100 0001") + struct.pack("!H", len(p) + 2) + h("0057") + p),
    "ethernet, MPLS": (1, lambda p: MACS + h("8847 00010140") + p),
    "ieee80211": (105, lambda p: WIFI + LLC[:6] + h("86dd") + p),
    "linux_sll": (113, lambda p: h("0004 0001 0006 02005e1000010000 86dd") + p),
    "linux_sll2": (276, lambda p: h("86dd 0000 00000002 0001 04 06 02005e1000010000") + p),
    "nflog": (239, nflog),
    "null_loopback, Linux": (0, lambda p: h("0a000000") + p),
    "null_loopback, macOS": (0, lambda p: h("1e000000") + p),
    "null_loopback, FreeBSD": (0, lambda p: h("0000001c") + p),
    "pktap": (258, lambda p: pktap(1, MACS + h("86dd"), p)),
    "ppi": (192, lambda p: ppi(1, MACS + h("86dd") + p)),
    "ppp": (9, lambda p: h("0057") + p),
    "radiotap": (127, lambda p: h("00 00 0900 00000000 10") + WIFI + LLC[:6] + h("86dd") + p),
    "raw_ip": (229, lambda p: p),
}

NOTHING: Final[dict[str, list[tuple[str, int, bytes]]]] = {
    "cisco_hdlc": [
        ("keep-alive (SLARP)", 104, h("8f00 8035") + b"\x45" * 18),
        ("another address", 104, h("ff03 0800") + b"\x45" * 46),
    ],
    "ethernet": [
        ("ARP", 1, MACS + h("0806") + b"\x45" * 46),
        ("802.3 without SNAP", 1, MACS + h("0030 424203") + b"\x45" * 60),
        ("LLDP", 1, MACS + h("88cc") + b"\x45" * 46),
        ("PPPoE carrying LCP", 1, MACS + h("8864 1100 0001 0030 c021") + b"\x45" * 60),
        ("MPLS carrying Ethernet", 1, MACS + h("8847 00010140") + b"\x00" * 60),
    ],
    "ieee80211": [("beacon", 105, h("8000") + WIFI[2:] + b"\x45" * 60), ("null data", 105, h("4801") + WIFI[2:] + b"\x45" * 30)],
    "linux_sll": [("ARP", 113, h("0004 0001 0006 02005e1000010000 0806") + b"\x45" * 46)],
    "linux_sll2": [("ARP", 276, h("0806 0000 00000002 0001 04 06 02005e1000010000") + b"\x45" * 46)],
    "nflog": [],
    "null_loopback": [("AppleTalk", 0, h("10000000") + b"\x45" * 46)],
    "pktap": [("802.11 inside", 258, pktap(105, b"", b"\x45" * 60))],
    "ppi": [("USB inside", 192, ppi(189, b"\x45" * 60)), ("beacon", 192, ppi(105, h("8000") + WIFI[2:] + b"\x45" * 60))],
    "ppp": [("LCP", 9, h("c021") + b"\x45" * 46)],
    "radiotap": [("beacon", 127, h("00 00 0900 00000000 10 8000") + WIFI[2:] + b"\x45" * 60)],
    "raw_ip": [("version 5", 101, b"\x55" * 60)],
}


@pytest.mark.parametrize(
    ("linktype", "wrap"), [pytest.param(t, w, id=f"{n}: {what}") for n, cs in CASES.items() for what, t, w in cs]
)
def test_finds_the_datagram(linktype: int, wrap: Make) -> None:
    conversation = only([wrap(udp(DATA))], linktype=linktype)
    assert conversation.out(1000).data == DATA
    assert (conversation.flow.client, conversation.flow.server) == (f"{CLIENT}:40000", f"{SERVER}:9999")


@pytest.mark.parametrize(("linktype", "wrap"), [pytest.param(*case, id=name) for name, case in V6.items()])
def test_finds_the_datagram_of_version_six(linktype: int, wrap: Make) -> None:
    conversation = only([wrap(udp(DATA, v6=True))], linktype=linktype)
    assert conversation.out(1000).data == DATA
    assert conversation.flow.server == "[2001:db8::9]:9999"


@pytest.mark.parametrize(
    ("linktype", "frame"), [pytest.param(t, f, id=f"{n}: {what}") for n, cs in NOTHING.items() for what, t, f in cs]
)
def test_finds_nothing_where_no_ip_is(linktype: int, frame: bytes) -> None:
    found = assemble([frame], linktype=linktype)
    assert len(found) == 0
    assert found.problems() == ()


def test_every_link_has_a_case_for_each_of_its_numbers() -> None:
    for link in plugins("vuoto.flows.links", Link, "LINK"):
        name = link.locate.__module__.rpartition(".")[2]
        tested = {t for _, t, _ in CASES.get(name, [])} | {t for n, (t, _) in V6.items() if n.split(",")[0] == name}
        assert tested == set(link.linktypes), f"{name} has no case for {set(link.linktypes) - tested}"
        assert name in NOTHING
        assert any(n.split(",")[0] == name for n in V6)


def test_no_two_links_claim_one_number() -> None:
    numbers = [n for link in plugins("vuoto.flows.links", Link, "LINK") for n in link.linktypes]
    assert sorted(numbers) == sorted(links())


def test_a_protected_wifi_frame_is_said_to_be_sealed() -> None:
    found = assemble([h("0842") + WIFI[2:] + LLC + udp(DATA)], linktype=105)
    assert len(found) == 0
    assert "1 frame is encrypted by the link layer itself" in sentences(found)


def test_a_link_type_that_is_not_read_is_a_problem_and_the_rest_is_read() -> None:
    found = assemble([b"\1\2\3\4" * 20, MACS + h("0800") + udp(DATA), b"\1\2\3\4" * 20], linktype=[147, 1, 147])
    assert [c.out(100).data for c in found] == [DATA]
    assert [(p.where, p.what) for p in found.problems()] == [("frame 1", "2 frames have link type 147, which is not read")]
    assert found.problems()[0].next_step


def test_tags_without_an_end_end() -> None:
    found = assemble([MACS + h("8100 0064") * 300 + h("0800") + udp(DATA)])
    assert len(found) == 0


@pytest.mark.parametrize(
    ("linktype", "wrap"), [pytest.param(t, w, id=f"{n}: {what}") for n, cs in CASES.items() for what, t, w in cs]
)
def test_a_frame_cut_anywhere_gives_no_byte_that_was_not_captured(linktype: int, wrap: Make) -> None:
    whole = wrap(udp(DATA))
    begin = whole.index(DATA)
    frames = [whole[:size] for size in range(len(whole))]
    for n, frame in enumerate(frames):
        found = assemble([frame], linktype=linktype)
        for conversation in found:
            assert n >= begin
            assert conversation.out(1000).data == DATA[: n - begin]


@given(st.data())
def test_no_bytes_make_a_link_raise_or_point_outside(data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(sorted(links())))
    frames = data.draw(st.lists(st.binary(max_size=80), max_size=8))
    joined = b"".join(frames)
    sizes = np.array([len(f) for f in frames], np.int64)
    end = np.cumsum(sizes)
    located = links()[number].locate(Octets(np.frombuffer(joined, np.uint8)), end - sizes, end)
    assert len(located.at) == len(located.kind) == len(located.ok) == len(frames)
    assert all(end[located.ok] <= len(joined))
    assert all(located.at[located.ok] >= (end - sizes)[located.ok])
