"""IPv4 (RFC 791) and IPv6 (RFC 8200) headers of a whole window at once.

Checksums are not verified: captures taken on the sending host hold packets whose checksum the card had still to fill in. Not
read: jumbograms beyond what was captured (RFC 2675), IPsec payloads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vuoto.flows.columns import I64, U64, Mask, Octets

MAX_EXTENSIONS: Final = 16
"""IPv6 extension headers followed in one packet. RFC 8200 section 4.1 knows six; a chain without an end must end."""

HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION, MOBILITY, HIP, SHIM6 = 0, 43, 44, 51, 60, 135, 139, 140
EXTENSIONS: Final = (HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION, MOBILITY, HIP, SHIM6)


@dataclass(slots=True)
class Packets:
    """IP packets of one window and one version, one row each."""

    v6: bool
    rows: I64
    """Row of the frame in the window, ascending."""

    protocol: I64
    """What stands at `at` (IANA protocol numbers)."""

    source: tuple[U64, ...]
    """IPv4: one column. IPv6: the high and the low half."""

    destination: tuple[U64, ...]
    at: I64
    """Offset in the window of the first byte behind the IP headers."""

    end: I64
    """Offset behind the last captured byte that belongs to the packet (padding of the frame does not)."""

    wire_end: I64
    """Where it would end had everything been captured."""

    def where(self, mask: Mask) -> Packets:
        """The rows of `mask`."""
        if mask.all():
            return self
        return Packets(
            self.v6,
            self.rows[mask],
            self.protocol[mask],
            tuple(c[mask] for c in self.source),
            tuple(c[mask] for c in self.destination),
            self.at[mask],
            self.end[mask],
            self.wire_end[mask],
        )

    def at_rows(self, index: I64, at: I64) -> Packets:
        """The rows of `index`, but with what stands inside them at `at`."""
        return Packets(
            self.v6,
            self.rows[index],
            self.protocol[index],
            tuple(c[index] for c in self.source),
            tuple(c[index] for c in self.destination),
            at,
            self.end[index],
            self.wire_end[index],
        )


@dataclass(slots=True)
class Fragments:
    """Packets that are pieces of a datagram: `packets` with, for each, what a reassembly needs."""

    packets: Packets
    ident: I64
    offset: I64
    """Of the piece in the datagram, bytes."""

    more: Mask
    """Whether another piece follows."""


@dataclass(slots=True)
class Read:
    """What reading one version gave: whole packets, fragments, and rows that could not be read."""

    packets: Packets
    fragments: Fragments
    cut: I64
    """Rows whose captured bytes end inside the headers."""

    malformed: I64
    """Rows whose headers contradict themselves."""


def read_ipv4(octets: Octets, rows: I64, at: I64, end: I64, frame_end: I64) -> Read:
    """Reads IPv4 headers at `at`; `end` is where the captured bytes stop, `frame_end` where the frame stopped on the wire."""
    room = end - at >= 20
    cut = rows[~room]
    rows, at, end, frame_end = _keep(room, rows, at, end, frame_end)
    word = octets.u64(at)
    header = ((word >> np.uint64(56)) & np.uint64(15)).astype(np.int64) * 4
    total = ((word >> np.uint64(32)) & np.uint64(0xFFFF)).astype(np.int64)
    # A total length of 0 is what a segmentation offload leaves before the card cuts the packet up: the whole frame is its own.
    total = np.where(total == 0, np.maximum(frame_end - at, header), total)
    fine = (word >> np.uint64(60) == np.uint64(4)) & (header >= 20) & (total >= header)
    malformed = rows[~fine]
    rows, at, end, word, header, total = _keep(fine, rows, at, end, word, header, total)
    wire_end = at + total
    addresses = octets.u64(at + 12)
    packets = Packets(
        v6=False,
        rows=rows,
        protocol=octets.u8(at + 9),
        source=(addresses >> np.uint64(32),),
        destination=(addresses & np.uint64(0xFFFFFFFF),),
        at=at + header,
        end=np.minimum(end, wire_end),
        wire_end=wire_end,
    )
    field = (word & np.uint64(0xFFFF)).astype(np.int64)
    pieces = field & 0x3FFF != 0
    whole = packets.where(~pieces)
    # Options may be cut by the snap length: nothing behind them was captured.
    readable = whole.end >= whole.at
    cut = np.sort(np.concatenate((cut, whole.rows[~readable])))
    fragments = Fragments(
        packets.where(pieces),
        ((word >> np.uint64(16)) & np.uint64(0xFFFF)).astype(np.int64)[pieces],
        (field[pieces] & 0x1FFF) * 8,
        field[pieces] & 0x2000 != 0,
    )
    return Read(whole.where(readable), fragments, cut, malformed)


def read_ipv6(octets: Octets, rows: I64, at: I64, end: I64, frame_end: I64) -> Read:
    """Reads IPv6 headers and extension headers at `at`; arguments as `read_ipv4`."""
    room = end - at >= 40
    lost = [rows[~room]]
    rows, at, end, frame_end = _keep(room, rows, at, end, frame_end)
    fine = octets.u8(at) >> 4 == 6
    malformed = [rows[~fine]]
    rows, at, end, frame_end = _keep(fine, rows, at, end, frame_end)
    size = octets.u16(at + 4)
    # 0: a jumbogram, or a packet that an offload has yet to cut up.
    wire_end = np.where(size == 0, np.maximum(frame_end, at + 40), at + 40 + size)
    end = np.minimum(end, wire_end)
    source = (octets.u64(at + 8), octets.u64(at + 16))
    destination = (octets.u64(at + 24), octets.u64(at + 32))
    protocol = octets.u8(at + 6)
    at = at + 40
    ident, offset = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    more = np.zeros(len(at), np.bool_)
    piece = np.zeros(len(at), np.bool_)
    lost_here = np.zeros(len(at), np.bool_)
    todo = np.flatnonzero(np.isin(protocol, EXTENSIONS))
    for _ in range(MAX_EXTENSIONS):
        if not len(todo):
            break
        fits = end[todo] - at[todo] >= 8
        lost_here[todo[~fits]] = True
        todo = todo[fits]
        here, kind = at[todo], protocol[todo]
        length = octets.u8(here + 1)
        skip = np.where(kind == FRAGMENT, 8, np.where(kind == AUTHENTICATION, (length + 2) * 4, (length + 1) * 8))
        protocol[todo] = octets.u8(here)
        at[todo] += skip
        field = octets.u16(here + 2)
        # Offset 0 and no more: an atomic fragment, a whole datagram (RFC 6946).
        split = (kind == FRAGMENT) & (field & 0xFFF9 != 0)
        pieces = todo[split]
        piece[pieces] = True
        ident[pieces], offset[pieces], more[pieces] = octets.u32(here[split] + 4), field[split] & 0xFFF8, field[split] & 1 == 1
        todo = todo[~split & np.isin(protocol[todo], EXTENSIONS)]
    endless = np.zeros(len(at), np.bool_)
    endless[todo] = True
    beyond = (at > end) & ~lost_here & ~endless
    lost.append(rows[lost_here | beyond])
    malformed.append(rows[endless])
    packets = Packets(
        v6=True, rows=rows, protocol=protocol, source=source, destination=destination, at=at, end=end, wire_end=wire_end
    )
    piece &= ~lost_here & ~beyond & ~endless
    fragments = Fragments(packets.where(piece), ident[piece], offset[piece], more[piece])
    whole = packets.where(~(piece | lost_here | beyond | endless))
    return Read(whole, fragments, np.sort(np.concatenate(lost)), np.sort(np.concatenate(malformed)))


def _keep(mask: Mask, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    return arrays if mask.all() else tuple(a[mask] for a in arrays)
