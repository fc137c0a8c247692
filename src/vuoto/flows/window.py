"""One window of frames → columns of TCP segments and UDP datagrams, each with the number of its conversation."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.facts.frames import FrameBatch
from vuoto.flows.columns import I64, Mask, Octets
from vuoto.flows.fragments import FragmentStore, Joined
from vuoto.flows.link import IPV4, IPV6, SEALED, Link
from vuoto.flows.network import Fragments, Packets, read_ipv4, read_ipv6
from vuoto.flows.table import KeyTable
from vuoto.flows.tally import Tally
from vuoto.flows.transport import TCP, UDP, Segments, read_transport
from vuoto.flows.tunnels import open_tunnels
from vuoto.seams import plugins

MAX_TUNNELS: Final = 2
"""IP in IP in IP: one more level than anybody builds on purpose."""

UNREAD: Final = {33: "DCCP", 47: "GRE", 50: "ESP (IPsec)", 108: "IPComp", 115: "L2TP", 132: "SCTP", 136: "UDP-Lite"}
"""IP protocols that carry what people send and that are not read; the others (ICMP, routing) are the network's own talk."""


@cache
def links() -> dict[int, Link]:
    """The link layers by LINKTYPE_ number."""
    return {number: link for link in plugins("vuoto.flows.links", Link, "LINK") for number in link.linktypes}


Opened = list[tuple[Packets, Fragments | None]]
"""Whole packets of one IP version, and the fragments beside them where there are any."""


@dataclass(slots=True)
class Columns:
    """Segments and datagrams, one row each, in capture order. 43 bytes a row."""

    conversation: NDArray[np.uint32]
    """Number of the five-tuple: even ones are IPv4's, odd ones IPv6's."""

    reverse: NDArray[np.bool_]
    """Whether the sender is the higher of the two ends."""

    frame: NDArray[np.uint32]
    time_ns: NDArray[np.int64]
    sequence: NDArray[np.uint32]
    flags: NDArray[np.uint8]
    at: NDArray[np.int64]
    """Offset of the payload in the input, or a virtual one."""

    captured: NDArray[np.uint32]
    wire: NDArray[np.uint32]
    tcp: NDArray[np.bool_]
    source_port: NDArray[np.uint16]
    destination_port: NDArray[np.uint16]

    def keep(self, rows: Mask) -> None:
        """Forgets all other rows."""
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name)[rows])

    def drop(self, name: str) -> None:
        """Forgets a column that nobody reads any more."""
        setattr(self, name, np.zeros(0, _KINDS[name]))


_KINDS: Final[dict[str, type[np.generic]]] = {
    "conversation": np.uint32, "reverse": np.bool_, "frame": np.uint32, "time_ns": np.int64, "sequence": np.uint32,
    "flags": np.uint8, "at": np.int64, "captured": np.uint32, "wire": np.uint32, "tcp": np.bool_, "source_port": np.uint16,
    "destination_port": np.uint16,
}  # fmt: skip


def join_columns(parts: list[Columns]) -> Columns:
    """The rows of all parts, which are emptied column by column: an input of gigabytes is in memory once, not twice."""
    names = [f.name for f in fields(Columns)]
    if not parts:
        parts = [Columns(**{name: np.zeros(0, kind) for name, kind in _KINDS.items()})]
    whole = Columns(**{name: np.zeros(0, kind) for name, kind in _KINDS.items()})
    for name in names:
        setattr(whole, name, np.concatenate([getattr(p, name) for p in parts]))
        for part in parts:
            part.drop(name)
    return whole


def by_frame(parts: list[Columns]) -> Columns:
    """The rows of all parts, in order of their frames."""
    if len(parts) == 1:
        return parts[0]
    whole = join_columns(parts)
    order = np.argsort(whole.frame, kind="stable")
    return Columns(*(getattr(whole, f.name)[order] for f in fields(Columns)))


class WindowReader:
    """Reads the windows of one input in turn; keeps what spans windows: the table of five-tuples, and fragments."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.fragments = FragmentStore(tally)
        self.v4 = KeyTable(2)
        self.v6 = KeyTable(5)

    def read(self, batch: FrameBatch) -> Columns | None:
        """The segments of one window, or `None` where it holds none."""
        octets = Octets(batch.data)
        parts: list[Columns] = []
        joined: list[Joined] = []
        for packets, pieces in self._packets(octets, batch):
            if pieces is not None:
                joined += self.fragments.take(octets, pieces, batch.time_ns, batch.first_number)
            s = self._segments(octets, packets, batch.first_number)
            if s is not None:
                parts.append(self._columns(s, s.at + batch.base, s.rows + batch.first_number, batch.time_ns[s.rows]))
        parts += self._joined(joined)
        return by_frame(parts) if parts else None

    def rest(self) -> Columns | None:
        """Beginnings of datagrams whose other fragments never came."""
        parts: list[Columns] = []
        # A tunnel in what is left may carry fragments, which wait anew.
        while left := self.fragments.leftovers():
            parts += self._joined(left)
        return by_frame(parts) if parts else None

    def _packets(self, octets: Octets, batch: FrameBatch) -> Opened:
        """Whole packets and fragments of each IP version, tunnels followed."""
        start, end = batch.start, batch.start + batch.caplen
        out: Opened = []
        for linktype in _distinct(batch.linktype):
            rows = np.flatnonzero(batch.linktype == linktype)
            link = links().get(linktype)
            if link is None:
                what = f"{{n}} {{frame has|frames have}} link type {linktype}, which is not read"
                self._tally.rows(what, rows, batch.first_number, "Capture on another interface, or convert with editcap")
                continue
            located = link.locate(octets, start[rows], end[rows])
            self._tally.rows(
                "{n} {frame ends inside its|frames end inside their} link-layer header", rows[~located.ok], batch.first_number
            )
            sealed = located.ok & (located.kind == SEALED)
            shut = "{n} {frame is|frames are} encrypted by the link layer itself"
            self._tally.rows(shut, rows[sealed], batch.first_number)
            frame_end = start[rows] + np.maximum(batch.wirelen[rows], batch.caplen[rows])
            for kind in (IPV4, IPV6):
                here = located.ok & (located.kind == kind) & (located.at <= end[rows])
                if here.any():
                    out += self._ip(
                        octets, kind, rows[here], located.at[here], end[rows][here], frame_end[here], batch.first_number, 0
                    )
        return out

    def _ip(
        self, octets: Octets, kind: int, rows: I64, at: I64, end: I64, frame_end: I64, first_number: int, depth: int
    ) -> Opened:
        read = (read_ipv4 if kind == IPV4 else read_ipv6)(octets, rows, at, end, frame_end)
        self._tally.rows("{n} {frame ends inside its|frames end inside their} IP header", read.cut, first_number)
        self._tally.rows("{n} IP {header contradicts itself|headers contradict themselves}", read.malformed, first_number)
        (whole, _), *inside = self._inside(octets, read.packets, first_number, depth)
        return [(whole, read.fragments if len(read.fragments.packets.rows) else None), *inside]

    def _inside(self, octets: Octets, packets: Packets, first_number: int, depth: int) -> Opened:
        """The packets that are no tunnel's, and then what the tunnels among them carry."""
        inside, whole = open_tunnels(octets, packets) if depth < MAX_TUNNELS else ([], packets)
        out: Opened = [(whole, None)]
        for kind, inner in inside:
            out += self._ip(octets, kind, inner.rows, inner.at, inner.end, inner.wire_end, first_number, depth + 1)
        return out

    def _segments(self, octets: Octets, packets: Packets, first_number: int) -> Segments | None:
        if not len(packets.rows):
            return None
        readable = (packets.protocol == TCP) | (packets.protocol == UDP)
        if not readable.all():
            other = packets.protocol[~readable]
            for protocol in _distinct(other):
                if protocol in UNREAD:
                    what = f"{{n}} IP {{packet carries|packets carry}} {UNREAD[protocol]}, which is not read"
                    self._tally.rows(what, packets.rows[packets.protocol == protocol], first_number)
        read = read_transport(octets, packets.where(readable))
        self._tally.rows("{n} {frame ends inside its|frames end inside their} TCP or UDP header", read.cut, first_number)
        self._tally.rows("{n} TCP or UDP {header contradicts itself|headers contradict themselves}", read.malformed, first_number)
        return read.segments if len(read.segments.rows) else None

    def _joined(self, joined: list[Joined]) -> list[Columns]:
        """The segments of datagrams that were put together. `joined` is used up."""
        parts = []
        # Grows while it is walked, where a tunnel carried fragments: each round lacks the headers of the one before, so it ends.
        for some in joined:
            opened = [one for packets in some.packets for one in self._inside(some.octets, packets, 0, 0)]
            for packets, pieces in opened:
                if pieces is not None:
                    joined += self.fragments.take(some.octets, pieces, some.times, 0)
                s = self._segments(some.octets, packets, 0)
                if s is not None:
                    times = np.array([some.times[frame] for frame in s.rows.tolist()], np.int64)
                    parts.append(self._columns(s, s.at + some.shift, s.rows, times))
        return parts

    def _columns(self, s: Segments, at: I64, frames: I64, times: I64) -> Columns:
        number, reverse = self._number(s)
        return Columns(
            conversation=number,
            reverse=reverse,
            frame=frames.astype(np.uint32),
            time_ns=times,
            sequence=s.sequence.astype(np.uint32),
            flags=s.flags.astype(np.uint8),
            at=at,
            captured=s.captured.astype(np.uint32),
            wire=np.minimum(s.wire, 0xFFFFFFFF).astype(np.uint32),
            tcp=s.tcp,
            source_port=s.source_port.astype(np.uint16),
            destination_port=s.destination_port.astype(np.uint16),
        )

    def _number(self, s: Segments) -> tuple[NDArray[np.uint32], Mask]:
        """The conversation's number, and whether the sender is the higher end."""
        protocol = s.tcp.astype(np.uint64) << np.uint64(16)
        if not s.v6:
            a = s.source[0] << np.uint64(16) | s.source_port
            b = s.destination[0] << np.uint64(16) | s.destination_port
            reverse = a > b
            numbers = self.v4.numbers([np.minimum(a, b), np.maximum(a, b) | protocol << np.uint64(32)])
            return (numbers * 2).astype(np.uint32), reverse
        reverse = _above(s)
        low = [np.where(reverse, d, c) for c, d in zip(s.source, s.destination, strict=True)]
        high = [np.where(reverse, c, d) for c, d in zip(s.source, s.destination, strict=True)]
        ports = np.where(reverse, s.destination_port, s.source_port) << np.uint64(32)
        ports |= np.where(reverse, s.source_port, s.destination_port) | protocol
        return (self.v6.numbers([*low, *high, ports]) * 2 + 1).astype(np.uint32), reverse


def _distinct(numbers: NDArray[np.integer]) -> list[int]:
    """The numbers that occur, ascending. Few do, mostly one; `np.unique` would import NumPy's masked arrays at the first call."""
    if not len(numbers):
        return []
    first = int(numbers[0])
    return [first] if (numbers == first).all() else sorted(set(numbers.tolist()))


def _above(s: Segments) -> Mask:
    """Whether (address, port) of the sender is above that of the receiver."""
    pairs = [*zip(s.source, s.destination, strict=True), (s.source_port, s.destination_port)]
    above = np.zeros(len(s.rows), np.bool_)
    same = np.ones(len(s.rows), np.bool_)
    for a, b in pairs:
        above |= same & (a > b)
        same &= a == b
    return above
