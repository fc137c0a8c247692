"""IPv4 (RFC 791), IPv6 (RFC 8200) and tunnels: where the payload is, and where it ends."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

import packets
from flows.captures import CLIENT, LIMIT, SERVER, Tcp, assemble, eth, only, sentences, udp

DATA = b"payload behind headers"


def with_options(packet: bytes, options: bytes) -> bytes:
    head = bytearray(packet[:20])
    head[0] = 0x45 + len(options) // 4
    struct.pack_into("!H", head, 2, len(packet) + len(options))
    return bytes(head) + options + packet[20:]


def behind(packet: bytes, *extensions: tuple[int, bytes]) -> bytes:
    """An IPv6 packet with extension headers (number, whole header with any next header) put in front of its payload."""
    chain, following = b"", packet[6]
    for number, header in reversed(extensions):
        chain = bytes([following]) + header[1:] + chain
        following = number
    body = chain + packet[40:]
    return packet[:4] + struct.pack("!HB", len(body), following) + packet[7:40] + body


def ipip(inner: bytes, protocol: int) -> bytes:
    return packets.ip_packet("198.51.100.1", "198.51.100.2", protocol, inner)


def test_options_are_skipped() -> None:
    assert only([eth(with_options(udp(DATA), b"\x94\x04\0\0" + b"\x01" * 36))]).out(LIMIT).data == DATA


def test_padding_behind_the_packet_is_no_payload() -> None:
    tcp = Tcp()
    frames = [f + b"\xaa" * 6 for f in [*tcp.handshake(), tcp.segment(0, b"ab"), tcp.segment(2, b"cd")]]
    conversation = only(frames)
    assert conversation.out(LIMIT).data == b"abcd"
    assert conversation.flow.bytes_out == 4
    assert only([eth(udp(b"x", v6=True)) + b"\xaa" * 9]).out(LIMIT).data == b"x"


@pytest.mark.parametrize("v6", [False, True])
def test_length_zero_is_what_a_segmentation_offload_leaves(v6: bool) -> None:
    tcp = Tcp(v6=v6)
    frame = bytearray(tcp.segment(0, DATA * 400))
    struct.pack_into("!H", frame, 14 + (4 if v6 else 2), 0)
    assert only([bytes(frame)]).out(LIMIT).data == DATA * 400


def test_a_udp_length_ends_the_datagram_before_the_packet_does() -> None:
    packet = bytearray(udp(DATA))
    struct.pack_into("!H", packet, 24, 8 + 7)
    assert only([eth(bytes(packet))]).out(LIMIT).data == DATA[:7]


@pytest.mark.parametrize("length", [0, 60_000])
def test_a_udp_length_of_none_or_beyond_the_packet_does_not_count(length: int) -> None:
    packet = bytearray(udp(DATA))
    struct.pack_into("!H", packet, 24, length)
    conversation = only([eth(bytes(packet))])
    assert conversation.out(LIMIT).data == DATA
    assert conversation.flow.gaps == 0


EXTENSIONS = {
    "hop by hop": (0, bytes(8)),
    "hop by hop, long": (0, b"\0\x03" + bytes(30)),
    "routing": (43, b"\0\x02" + bytes(22)),
    "destination": (60, bytes(8)),
    "authentication": (51, b"\0\x04" + bytes(22)),
    "mobility": (135, bytes(8)),
    "atomic fragment (RFC 6946)": (44, b"\0\0\0\0\0\0\0\7"),
}


@pytest.mark.parametrize("name", EXTENSIONS)
def test_extension_headers_are_followed(name: str) -> None:
    assert only([eth(behind(udp(DATA, v6=True), EXTENSIONS[name]))]).out(LIMIT).data == DATA


def test_many_extension_headers_are_followed() -> None:
    assert only([eth(behind(udp(DATA, v6=True), *EXTENSIONS.values()))]).out(LIMIT).data == DATA


def test_extension_headers_without_an_end_are_a_problem() -> None:
    found = assemble([eth(behind(udp(DATA, v6=True), *[(60, bytes(8))] * 40))])
    assert len(found) == 0
    assert "contradicts itself" in sentences(found)


@pytest.mark.parametrize("protocol", [59, 50, 58, 1])
def test_no_next_header_esp_and_icmp_are_no_conversations(protocol: int) -> None:
    v6 = packets.ip_packet("fd00::1", "2001:db8::1", protocol, b"\x1f\x90\x00\x50" * 10)
    v4 = packets.ip_packet(CLIENT, SERVER, protocol, b"\x1f\x90\x00\x50" * 10)
    assert len(assemble([eth(v6), eth(v4)])) == 0


TUNNELS = {
    "IP in IP (RFC 2003)": lambda p: ipip(p, 4),
    "GRE (RFC 2784)": lambda p: ipip(b"\0\0\x08\0" + p, 47),
    "GRE with checksum, key and number (RFC 2890)": lambda p: ipip(b"\xb0\0\x08\0" + bytes(12) + p, 47),
    "IP in IP in IP": lambda p: ipip(ipip(p, 4), 4),
}


@pytest.mark.parametrize("name", TUNNELS)
def test_tunnels_are_followed(name: str) -> None:
    conversation = only([eth(TUNNELS[name](udp(DATA)))])
    assert conversation.out(LIMIT).data == DATA
    assert conversation.flow.server == f"{SERVER}:9999"


@pytest.mark.parametrize("wrap", [lambda p: ipip(p, 41), lambda p: ipip(b"\0\0\x86\xdd" + p, 47)])
def test_version_six_in_version_four(wrap: object) -> None:
    assert callable(wrap)
    assert only([eth(wrap(udp(DATA, v6=True)))]).out(LIMIT).data == DATA


def test_tunnels_without_an_end_end() -> None:
    packet = udp(DATA)
    for _ in range(50):
        packet = ipip(packet, 4)
    assert len(assemble([eth(packet)])) == 0


def test_gre_of_another_version_is_left_alone() -> None:
    assert len(assemble([eth(ipip(b"\x30\x01\x88\x0b" + udp(DATA), 47))])) == 0


@pytest.mark.parametrize(
    ("at", "value"), [(0, 0x44), (0, 0x42), (0, 0x65)], ids=["header of 16 bytes", "header of 8 bytes", "another version"]
)
def test_headers_that_contradict_themselves_are_a_problem(at: int, value: int) -> None:
    packet = bytearray(udp(DATA))
    packet[at] = value
    found = assemble([eth(udp(b"fine")), packets.ethernet(udp(DATA))[:14] + bytes(packet)])
    assert [c.out(LIMIT).data for c in found] == [b"fine"]
    assert sentences(found) == "frame 2: 1 IP header contradicts itself"


def test_a_tcp_header_beyond_its_packet_is_a_problem() -> None:
    tcp = Tcp()
    frame = bytearray(tcp.segment(0, b"abc"))
    frame[14 + 20 + 12] = 0xF0
    found = assemble([bytes(frame)])
    assert len(found) == 0
    assert "1 TCP or UDP header contradicts itself" in sentences(found)


def test_a_tcp_header_of_options_is_skipped() -> None:
    packet = bytearray(packets.tcp_packet(CLIENT, 50_000, SERVER, 80, 1, 1, packets.ACK, b"\x01" * 20 + b"data"))
    packet[32] = 0xA0
    assert only([eth(bytes(packet))]).out(LIMIT).data == b"data"


def test_one_fault_a_thousand_times_is_one_problem() -> None:
    found = assemble([eth(udp(DATA))[:30]] * 1_000)
    assert sentences(found) == "frame 1: 1000 frames end inside their IP header"


@given(st.lists(st.binary(max_size=120), max_size=12), st.integers(1, 5))
def test_garbage_never_raises(frames: list[bytes], per_window: int) -> None:
    for linktype in (1, 101):
        for conversation in assemble(frames, linktype=linktype, per_window=per_window):
            assert len(conversation.out(LIMIT).data) <= sum(map(len, frames))
            conversation.back(LIMIT)
            conversation.problems()


@given(st.data())
def test_damaged_frames_never_raise(data: st.DataObject) -> None:
    tcp = Tcp()
    frames = [*tcp.handshake(), tcp.segment(0, DATA), eth(udp(DATA)), eth(behind(udp(DATA, v6=True), *EXTENSIONS.values()))]
    frames += [eth(TUNNELS["GRE (RFC 2784)"](udp(DATA))), eth(ipip(udp(DATA, v6=True), 41))]
    damaged = []
    for frame in frames:
        some = bytearray(frame)
        for _ in range(data.draw(st.integers(0, 4))):
            some[data.draw(st.integers(12, len(some) - 1))] = data.draw(st.integers(0, 255))
        damaged.append(bytes(some[: data.draw(st.integers(0, len(some)))]))
    found = assemble(damaged, per_window=data.draw(st.integers(1, 9)))
    captured = 0
    for conversation in found:
        captured += len(conversation.out(LIMIT).data) + len(conversation.back(LIMIT).data)
        assert conversation.flow.gaps >= 0
    assert captured <= sum(map(len, damaged))
    found.problems()
