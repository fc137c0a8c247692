"""TCP (RFC 9293) and UDP (RFC 768) headers of a whole window at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.flows.columns import I64, U64, Mask, Octets
from vuoto.flows.network import Packets

TCP: Final = 6
UDP: Final = 17
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
PADDED: Final = 26
"""What an IPv4 packet in the smallest Ethernet frame (60 bytes without checksum) has behind a header without options."""


@dataclass(slots=True)
class Segments:
    """TCP segments and UDP datagrams of one IP version, one row each."""

    v6: bool
    rows: I64
    """Row of the frame in the window."""

    tcp: Mask
    source: tuple[U64, ...]
    destination: tuple[U64, ...]
    source_port: U64
    destination_port: U64
    sequence: I64
    """TCP: number of the first payload byte, 0 to 2^32-1 (a SYN takes one, and is already counted). UDP: 0."""

    flags: I64
    """TCP: the low eight flag bits. UDP: 0."""

    at: I64
    """Offset of the first payload byte: in the window, or a virtual one (see `fragments`)."""

    captured: I64
    """Payload bytes that are there."""

    wire: I64
    """Payload bytes that were sent; more than `captured` where a snap length cut the frame."""


@dataclass(slots=True)
class Read:
    """What reading gave: segments, and rows that could not be read."""

    segments: Segments
    cut: I64
    malformed: I64


def read_transport(octets: Octets, packets: Packets) -> Read:
    """Reads TCP and UDP headers of packets that carry either."""
    tcp = packets.protocol == TCP
    room = packets.end - packets.at
    fits = room >= np.where(tcp, 20, 8)
    cut = packets.rows[~fits]
    if len(cut):
        packets, tcp = packets.where(fits), tcp[fits]
    at = packets.at
    word = octets.u64(at)
    low = (word & np.uint64(0xFFFFFFFF)).astype(np.int64)
    control = octets.u16(np.where(tcp, at + 12, at))
    header = np.where(tcp, (control >> 12) * 4, 8)
    flags = np.where(tcp, control & 0xFF, 0)
    # A UDP length of 0 is a jumbogram or an offload; one beyond the packet is broken: either way the packet says where it ends.
    length = low >> 16
    told = ~tcp & (length >= 8) & (at + length < packets.wire_end)
    wire_end = np.where(told, at + length, packets.wire_end)
    payload = at + header
    fine = (header >= np.where(tcp, 20, 8)) & (payload <= wire_end) & (tcp | (length == 0) | (length >= 8))
    sequence = np.where(tcp, (low + (flags >> 1 & 1)) & 0xFFFFFFFF, 0)
    padding = _counted_padding(octets, packets, flags, payload, wire_end)
    wire_end[padding] = payload[padding]
    segments = Segments(
        v6=packets.v6,
        rows=packets.rows,
        tcp=tcp,
        source=packets.source,
        destination=packets.destination,
        source_port=word >> np.uint64(48),
        destination_port=(word >> np.uint64(32)) & np.uint64(0xFFFF),
        sequence=sequence,
        flags=flags,
        at=payload,
        captured=np.maximum(np.minimum(packets.end, wire_end) - payload, 0),
        wire=wire_end - payload,
    )
    return Read(segments if fine.all() else select(segments, fine), cut, packets.rows[~fine])


def _counted_padding(octets: Octets, packets: Packets, flags: I64, payload: I64, wire_end: I64) -> I64:
    """The rows of acknowledgements whose IP length counts the padding of the Ethernet frame: zeros that nobody sent.

    Some mobile networks send them, and read as payload they would win against the request that follows with the same number.
    """
    if packets.v6:
        return np.zeros(0, np.int64)
    bare = (flags & (PSH | SYN | ACK) == ACK) & (wire_end - packets.at == PADDED) & (payload < wire_end)
    rows = np.flatnonzero(bare & (wire_end <= packets.end))
    return np.array([n for n in rows.tolist() if not octets.data[payload[n] : wire_end[n]].any()], np.int64)


def select(segments: Segments, rows: Mask | NDArray[np.int64]) -> Segments:
    """The segments of a mask, or in the order of an index."""
    s = segments
    return Segments(
        s.v6,
        s.rows[rows],
        s.tcp[rows],
        tuple(c[rows] for c in s.source),
        tuple(c[rows] for c in s.destination),
        s.source_port[rows],
        s.destination_port[rows],
        s.sequence[rows],
        s.flags[rows],
        s.at[rows],
        s.captured[rows],
        s.wire[rows],
    )
