"""Captures of this room's tests, held in memory: frames in, conversations out. No file, no intake."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

import packets
from vuoto.facts.flows import Flow
from vuoto.facts.frames import FrameBatch, Input
from vuoto.facts.messages import Message
from vuoto.facts.problems import Problem
from vuoto.flows import Conversation, FlowConversations, assemble_flows

SECOND = 1_000_000_000
START = 1_550_000_000 * SECOND
"""2019-02-12, 19:33:20 UTC."""

RECORD = 16
"""Bytes between frames, as the record headers of a capture file are."""

CLIENT, SERVER = "192.168.10.23", "203.0.113.9"
CLIENT6, SERVER6 = "fd00::23", "2001:db8::9"
LIMIT = 1 << 24


@dataclass
class MemoryCapture:
    """Frames of one link type (or of one each) as a `Capture`, `per_window` frames to a window."""

    frames: Sequence[bytes]
    linktype: int | Sequence[int] = 1
    per_window: int = 1 << 20
    snaplen: int | None = None
    times: Sequence[int] = ()
    name: str = "memory"
    position: int = 0
    stored: bytes = b""
    reads: list[tuple[int, int]] = field(default_factory=list)

    def batches(self) -> Iterator[FrameBatch]:
        types = [self.linktype] * len(self.frames) if isinstance(self.linktype, int) else list(self.linktype)
        times = list(self.times) or [START + n * SECOND // 1000 for n in range(len(self.frames))]
        for low in range(0, len(self.frames), self.per_window):
            window = bytearray()
            base, starts, sizes = len(self.stored), [], []
            here = self.frames[low : low + self.per_window]
            for frame in here:
                window += b"\xee" * RECORD
                starts.append(len(window))
                kept = frame if self.snaplen is None else frame[: self.snaplen]
                sizes.append(len(kept))
                window += kept
            self.stored += bytes(window)
            data = np.frombuffer(bytes(window), np.uint8).copy()
            yield FrameBatch(
                data=data,
                base=base,
                start=np.array(starts, np.int64),
                caplen=np.array(sizes, np.int64),
                wirelen=np.array([len(f) for f in here], np.int64),
                time_ns=np.array(times[low : low + self.per_window], np.int64),
                linktype=np.array(types[low : low + self.per_window], np.int32),
                first_number=low + 1,
            )
            # Windows are valid only until the next one is asked for: whoever kept one reads rubbish.
            data[:] = 0xDD
            self.position = len(self.stored)

    def read_at(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self.stored[offset : offset + length]

    def messages(self) -> Iterator[Message]:
        return iter(())

    def flows(self) -> tuple[Flow, ...]:
        return ()

    def describe(self) -> Input:
        raise RuntimeError

    def problems(self) -> tuple[Problem, ...]:
        return ()


def assemble(
    frames: Sequence[bytes],
    *,
    linktype: int | Sequence[int] = 1,
    per_window: int = 1 << 20,
    snaplen: int | None = None,
    times: Sequence[int] = (),
    device: Sequence[str] = (),
) -> FlowConversations:
    """The conversations of some frames."""
    return assemble_flows(MemoryCapture(frames, linktype, per_window, snaplen, times), 0, device_addresses=device)


def only(frames: Sequence[bytes], **how: object) -> Conversation:
    """The one conversation of some frames."""
    found = list(assemble(frames, **how))  # type: ignore[arg-type]  # passed on as they are
    assert len(found) == 1, [c.flow for c in found]
    return found[0]


def sentences(conversations: FlowConversations) -> str:
    """What could not be read, in one text."""
    return "\n".join(f"{p.where}: {p.what}" for p in conversations.problems())


def udp(payload: bytes, *, sport: int = 40_000, dport: int = 9_999, v6: bool = False, back: bool = False) -> bytes:
    """An IP packet with a datagram from the client (or back)."""
    ends = ((CLIENT6 if v6 else CLIENT, sport), (SERVER6 if v6 else SERVER, dport))
    (a, b) = ends[::-1] if back else ends
    return packets.udp_packet(*a, *b, payload)


def eth(packet: bytes) -> bytes:
    """An Ethernet frame around an IP packet."""
    return packets.ethernet(packet)


@dataclass
class Tcp:
    """Segments of one connection, each an Ethernet frame, numbered from the initial sequence numbers."""

    sport: int = 50_000
    dport: int = 80
    isn: int = 1_000
    isn_back: int = 9_000
    v6: bool = False

    def segment(self, offset: int, data: bytes = b"", *, flags: int = packets.ACK, back: bool = False) -> bytes:
        """A segment whose payload begins at `offset` of its side's stream."""
        a = (CLIENT6 if self.v6 else CLIENT, self.sport)
        b = (SERVER6 if self.v6 else SERVER, self.dport)
        isn = self.isn_back if back else self.isn
        begin = isn + offset + (0 if flags & packets.SYN else 1)
        a, b = (b, a) if back else (a, b)
        return eth(packets.tcp_packet(*a, *b, begin, 1, flags, data))

    def syn(self, data: bytes = b"") -> bytes:
        """The client's SYN."""
        return self.segment(0, data, flags=packets.SYN)

    def syn_ack(self) -> bytes:
        """The server's SYN with ACK."""
        return self.segment(0, flags=packets.SYN | packets.ACK, back=True)

    def handshake(self) -> list[bytes]:
        """Its three frames."""
        return [self.syn(), self.syn_ack(), self.segment(0)]


def fragments4(packet: bytes, sizes: Sequence[int], *, ident: int = 77) -> list[bytes]:
    """An IPv4 packet in Ethernet frames of `sizes` payload bytes each (multiples of 8 but the last, which is the rest)."""
    body, out, at = packet[20:], [], 0
    for size in [*sizes, len(body) - sum(sizes)]:
        more = at + size < len(body)
        head = bytearray(packet[:20])
        struct.pack_into("!HHH", head, 2, 20 + size, ident, (0x2000 if more else 0) | at // 8)
        out.append(eth(bytes(head) + body[at : at + size]))
        at += size
    return out


def fragments6(packet: bytes, sizes: Sequence[int], *, ident: int = 77) -> list[bytes]:
    """An IPv6 packet without extension headers in Ethernet frames, likewise."""
    protocol, body, out, at = packet[6], packet[40:], [], 0
    for size in [*sizes, len(body) - sum(sizes)]:
        more = at + size < len(body)
        piece = struct.pack("!BBHI", protocol, 0, at | int(more), ident) + body[at : at + size]
        head = packet[:4] + struct.pack("!HB", len(piece), 44) + packet[7:40]
        out.append(eth(head + piece))
        at += size
    return out


Make = Callable[[bytes], bytes]
