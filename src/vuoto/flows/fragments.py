"""Joins the fragments of IPv4 (RFC 791 section 3.2) and IPv6 (RFC 8200 section 4.5) datagrams.

The first copy of a byte wins, as for TCP; a second copy that differs is a `Problem`, because it can be evasion. Joined datagrams live
in a buffer of their own behind *virtual* offsets, so that whoever gathers payload need not know that they were in pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.network import Fragments, Packets
from vuoto.flows.tally import Tally

VIRTUAL: Final = 1 << 62
"""Offsets from here on are in the buffer of joined datagrams; no file is that long."""

MAX_OPEN: Final = 4_096
"""Datagrams waiting for pieces; Linux keeps some 4 MB of them. The oldest gives way."""

MAX_PIECES: Final = 1_024
"""Pieces of one datagram: 65,535 bytes in pieces of 64."""

MAX_JOINED: Final = 256 << 20
"""Bytes of joined datagrams kept for one input; a phone has kilobytes of them."""

Key = tuple[bool, tuple[int, ...], tuple[int, ...], int, int]


@dataclass(slots=True)
class _Waiting:
    pieces: list[tuple[int, bytes]] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    size: int | None = None
    held: int = 0
    row: int = 0
    time_ns: int = 0


@dataclass(slots=True)
class Joined:
    """Datagrams that became whole in a window, ready for the transport layer."""

    packets: list[Packets]
    octets: Octets
    shift: int
    """What to add to an offset in `octets` to get the virtual one."""

    rows: list[int]
    times: list[int]


class FragmentStore:
    """The datagrams of one input that still wait for pieces, and the bytes of those that are whole."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._waiting: dict[Key, _Waiting] = {}
        self.joined = bytearray()
        self.frames: dict[int, tuple[int, ...]] = {}
        """Frames of each joined datagram, by the frame that completed it."""

    def take(self, octets: Octets, pieces: Fragments, times: I64, first_number: int) -> Joined | None:
        """Adds the fragments of a window; gives what became whole."""
        whole: list[tuple[Key, _Waiting, bytes, int]] = []
        p = pieces.packets
        for n in range(len(p.rows)):
            row = int(p.rows[n])
            source, destination = tuple(int(c[n]) for c in p.source), tuple(int(c[n]) for c in p.destination)
            key = (p.v6, source, destination, int(p.protocol[n]), int(pieces.ident[n]))
            if key not in self._waiting and len(self._waiting) >= MAX_OPEN:
                del self._waiting[next(iter(self._waiting))]
                self._tally.add("{n} datagrams in pieces were given up, too many were open at once", row + first_number)
            entry = self._waiting.setdefault(key, _Waiting())
            at, end, wire_end = int(p.at[n]), int(p.end[n]), int(p.wire_end[n])
            data = octets.data[at : max(at, end)].tobytes()
            offset = int(pieces.offset[n])
            if len(entry.pieces) >= MAX_PIECES or offset + len(data) > 0xFFFF:
                self._tally.add("{n} fragments lie beyond their datagram and were left out", row + first_number)
                continue
            self._check(entry, offset, data, row + first_number)
            entry.pieces.append((offset, data))
            entry.frames.append(row + first_number)
            entry.row, entry.time_ns = row, int(times[row])
            if not pieces.more[n]:
                entry.size = offset + max(wire_end - at, 0)
            joined = _join(entry)
            if joined is not None and entry.size is not None:
                whole.append((key, entry, joined, entry.size))
                del self._waiting[key]
        return self._hand_on(whole) if whole else None

    def leftovers(self) -> Joined | None:
        """What the capture's end leaves in pieces: the beginnings are read as far as they go, the rest is counted."""
        rest = []
        for key, entry in self._waiting.items():
            self._tally.add("{n} datagrams miss some of their fragments", entry.frames[0] if entry.frames else 1)
            start = _beginning(entry)
            if start:
                rest.append((key, entry, start, entry.size or len(start)))
        self._waiting.clear()
        return self._hand_on(rest) if rest else None

    def _check(self, entry: _Waiting, offset: int, data: bytes, frame: int) -> None:
        for other, held in entry.pieces:
            low, high = max(offset, other), min(offset + len(data), other + len(held))
            if low < high and data[low - offset : high - offset] != held[low - other : high - other]:
                self._tally.add(
                    "{n} fragments overlap an earlier one with other bytes; the first copy is read (it can be evasion)", frame
                )
                return

    def _hand_on(self, whole: list[tuple[Key, _Waiting, bytes, int]]) -> Joined | None:
        shift = VIRTUAL + len(self.joined)
        buffer = bytearray()
        packets: list[Packets] = []
        rows: list[int] = []
        times: list[int] = []
        for (v6, source, destination, protocol, _), entry, data, size in whole:
            if len(self.joined) + len(buffer) + len(data) > MAX_JOINED:
                self._tally.add("{n} datagrams in pieces were left out, there are too many bytes of them", entry.frames[-1])
                continue
            at = len(buffer)
            buffer += data
            self.frames[entry.frames[-1]] = tuple(sorted(set(entry.frames)))
            packets.append(
                Packets(
                    v6=v6,
                    rows=np.array([len(rows)], np.int64),
                    protocol=np.array([protocol], np.int64),
                    source=tuple(np.array([c], np.uint64) for c in source),
                    destination=tuple(np.array([c], np.uint64) for c in destination),
                    at=np.array([at], np.int64),
                    end=np.array([at + len(data)], np.int64),
                    wire_end=np.array([at + max(size, len(data))], np.int64),
                )
            )
            rows.append(entry.row)
            times.append(entry.time_ns)
        self.joined += buffer
        if not packets:
            return None
        return Joined(packets, Octets(np.frombuffer(bytes(buffer), np.uint8)), shift, rows, times)


def _join(entry: _Waiting) -> bytes | None:
    """The whole datagram, or `None` while a piece is missing."""
    if entry.size is None:
        return None
    data = _beginning(entry)
    return data[: entry.size] if len(data) >= entry.size else None


def _beginning(entry: _Waiting) -> bytes:
    """The bytes from the first on, as far as they are there; the first copy of each wins."""
    out = bytearray()
    progress = True
    # Earlier pieces are tried first in every round, so a byte always comes from the first copy that reaches it in order.
    remaining = list(entry.pieces)
    while progress and remaining:
        progress = False
        rest = []
        for offset, data in remaining:
            if offset <= len(out):
                new = data[len(out) - offset :]
                out += new
                progress = True
            else:
                rest.append((offset, data))
        remaining = rest
    return bytes(out)
