"""What labelled captures are made of: one person's values, and a capture of one conversation, or of one datagram."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import packets
from packets import ACK, PSH, SYN, Frame, TcpConversation

PHONE: Final = "192.168.10.23"
SERVER: Final = "198.51.100.7"
T0: Final = 1_550_644_200_000_000_000

IMEI: Final = "350000001234562"
IMSI: Final = "001010123456789"
ICCID: Final = "89470000190220123457"
MAC: Final = "02:1a:c5:3d:7e:91"
BSSID: Final = "06:3f:22:aa:10:5c"
ANDROID_ID: Final = "a3f19c0e5b7d2846"
GAID: Final = "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99"
EMAIL: Final = "kari.nordmann@example.org"
MSISDN: Final = "+4799999999"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Scenario:
    """A capture and what is true of it."""

    name: str
    capture: bytes
    leaves: frozenset[Pair] = frozenset()
    profile: dict[str, object] = field(default_factory=dict)
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """For a kind, items that its `form` must hold."""


def http(method: str, target: str, body: bytes = b"", *, host: str = "api.example.com", headers: Sequence[str] = ()) -> bytes:
    """One HTTP/1.1 request."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers]
    if body and not any(h.lower().startswith("transfer-encoding") for h in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json_post(value: object, *, headers: Sequence[str] = ("Content-Type: application/json",)) -> bytes:
    """A request with a JSON body."""
    return http("POST", "/v1/collect", json.dumps(value).encode(), headers=headers)


def tcp(data: bytes, *, port: int = 80, client: str = PHONE, server: str = SERVER) -> bytes:
    """A capture of one TCP conversation in which the client says `data`."""
    talk = TcpConversation((client, 40_000), (server, port), T0).open().send(data)
    return packets.pcap(talk.receive(b"HTTP/1.1 204 No Content\r\n\r\n" if port == 80 else b"ok\n").close().frames)


def udp(data: bytes, port: int) -> bytes:
    """A capture of one datagram."""
    return packets.pcap([Frame(T0, packets.ethernet(packets.udp_packet(PHONE, 40_000, SERVER, port, data)))])


def leaves(**values: str) -> frozenset[Pair]:
    """`imei=…` as pairs."""
    return frozenset(values.items())


def segments(data: bytes, order: Callable[[list[Frame]], list[Frame]], size: int = 300) -> bytes:
    """A capture of one TCP conversation in small segments, rearranged by `order`."""
    ends = (PHONE, 40_000, SERVER, 80)
    made = [
        Frame(T0, packets.ethernet(packets.tcp_packet(*ends, 1_001 + at, 1, PSH | ACK, data[at : at + size])))
        for at in range(0, len(data), size)
    ]
    syn = [
        Frame(T0, packets.ethernet(packets.tcp_packet(*ends, 1_000, 0, SYN))),
        Frame(T0, packets.ethernet(packets.tcp_packet(SERVER, 80, PHONE, 40_000, 0, 1_001, SYN | ACK))),
    ]
    frames = [*syn, *order(made)]
    return packets.pcap([Frame(T0 + n * 1_000_000, f.data) for n, f in enumerate(frames)])


def relinked(capture_frames: list[Frame], linktype: int, head: bytes) -> bytes:
    """The frames' IP packets behind another link layer."""
    return packets.pcap([Frame(f.time_ns, head + f.data[14:]) for f in capture_frames], linktype=linktype)


def fragments(packet: bytes, size: int) -> list[Frame]:
    """An IPv4 packet in fragments of at most `size` payload bytes."""
    head, body = packet[:20], packet[20:]
    size -= size % 8
    out = []
    for at in range(0, len(body), size):
        piece = body[at : at + size]
        flags = (0x2000 if at + size < len(body) else 0) | at // 8
        new = head[:2] + struct.pack("!HHH", 20 + len(piece), 77, flags) + head[8:10] + b"\0\0" + head[12:]
        new = new[:10] + struct.pack("!H", packets.checksum(new)) + new[12:]
        out.append(Frame(T0 + at, packets.ethernet(new + piece)))
    return out
