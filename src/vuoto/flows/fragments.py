"""Joins the fragments of IPv4 (RFC 791 section 3.2) and IPv6 (RFC 8200 section 4.5) datagrams.

The first copy of a byte wins, as for TCP; a second copy that differs is a `Problem`, because receivers disagree on it and it can
be evasion (RFC 5722 forbids it for IPv6). Joined datagrams live in a buffer of their own behind *virtual* offsets, so that
whoever gathers payload need not know that they were in pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.network import Fragments, Packets
from vuoto.flows.tally import Tally

VIRTUAL: Final = 1 << 62
"""Offsets from here on are in the buffer of joined datagrams; no file is that long."""

MAX_DATAGRAM: Final = 65_535
"""The longest datagram (RFC 791 section 3.1); a piece that ends beyond it is left out."""

MAX_OPEN: Final = 1_024
"""Datagrams waiting for pieces at one time. A phone has a handful; Linux keeps some 4 MB of them. The oldest gives way."""

MAX_OPEN_BYTES: Final = 16 << 20
"""Bytes held for them, likewise."""

MAX_PIECES: Final = 256
"""Pieces of one datagram. 64 KB over the smallest path of IPv6 (1,280 bytes) is 53; each one costs a look at all before."""

MAX_JOINED: Final = 256 << 20
"""Bytes of joined datagrams kept for one input; a phone has kilobytes of them."""

TIMEOUT_NS: Final = 60_000_000_000
"""A receiver gives up after 60 seconds (RFC 8200 section 4.5); the identification may then come again."""

Key = tuple[bool, tuple[int, ...], tuple[int, ...], int, int]
"""Version, source, destination, protocol, identification."""


@dataclass(slots=True)
class _Waiting:
    first_ns: int
    data: bytearray = field(default_factory=bytearray)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """What is there: start and end; disjoint, ascending."""

    frames: list[int] = field(default_factory=list)
    pieces: int = 0
    size: int | None = None
    time_ns: int = 0

    def beginning(self) -> int:
        """How many bytes are there from the first on."""
        ready = 0
        for start, end in self.spans:
            if start != ready:
                break
            ready = end
        return ready


@dataclass(slots=True)
class Joined:
    """Datagrams that became whole in a window, ready for the transport layer."""

    packets: list[Packets]
    """Those of each IP version; `rows` is the number of the frame that completed each."""

    octets: Octets
    shift: int
    """What to add to an offset in `octets` to get the virtual one."""

    times: dict[int, int]
    """Capture time of that frame, by its number."""


class FragmentStore:
    """The datagrams of one input that still wait for pieces, and the bytes of those that are whole."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._waiting: dict[Key, _Waiting] = {}
        self._held = 0
        self.joined = bytearray()
        self.frames: dict[int, tuple[int, ...]] = {}
        """Frames of each joined datagram, by the frame that completed it."""

    def take(self, octets: Octets, pieces: Fragments, times: I64 | Mapping[int, int], first_number: int) -> list[Joined]:
        """Adds fragments; gives what became whole, and the beginnings of what gave way. `times` has each row's capture time."""
        done: list[tuple[Key, _Waiting]] = []
        p = pieces.packets
        for n in range(len(p.rows)):
            row = int(p.rows[n])
            source, destination = tuple(int(c[n]) for c in p.source), tuple(int(c[n]) for c in p.destination)
            key = (p.v6, source, destination, int(p.protocol[n]), int(pieces.ident[n]))
            at, end = int(p.at[n]), int(p.end[n])
            data = octets.data[at : max(at, end)].tobytes()
            last = None if pieces.more[n] else int(pieces.offset[n]) + max(int(p.wire_end[n]) - at, 0)
            done += self._add(key, int(pieces.offset[n]), data, last, row + first_number, int(times[row]))
        return self._hand_on(done)

    def leftovers(self) -> list[Joined]:
        """What the capture's end leaves in pieces: the beginnings are read as far as they go, the rest is counted."""
        return self._hand_on([gone for key in list(self._waiting) for gone in self._give_up(key)])

    def _add(
        self, key: Key, offset: int, data: bytes, last: int | None, frame: int, time_ns: int
    ) -> Iterable[tuple[Key, _Waiting]]:
        done: list[tuple[Key, _Waiting]] = []
        entry = self._waiting.get(key)
        if entry is not None and abs(time_ns - entry.first_ns) > TIMEOUT_NS:
            done += self._give_up(key)
            entry = None
        if entry is None:
            while len(self._waiting) >= MAX_OPEN or self._held > MAX_OPEN_BYTES:
                done += self._give_up(next(iter(self._waiting)))
            entry = self._waiting[key] = _Waiting(time_ns)
        entry.pieces += 1
        if entry.pieces > MAX_PIECES or offset + len(data) > MAX_DATAGRAM:
            self._tally.add(
                "{n} {fragment lies beyond its|fragments lie beyond their} datagram, or there are too many for it; left out",
                frame,
            )
            return done
        entry.frames.append(frame)
        entry.time_ns = time_ns
        self._store(entry, offset, data, frame)
        if entry.size is None:
            entry.size = last
        if entry.size is not None and entry.beginning() >= entry.size:
            del self._waiting[key]
            self._held -= len(entry.data)
            done.append((key, entry))
        return done

    def _store(self, entry: _Waiting, offset: int, data: bytes, frame: int) -> None:
        end = offset + len(data)
        if end > len(entry.data):
            self._held += end - len(entry.data)
            entry.data.extend(bytes(end - len(entry.data)))
        spans: list[tuple[int, int]] = []
        new: list[tuple[int, int]] = []
        cursor, differs = offset, False
        for start, stop in entry.spans:
            low, high = max(start, offset), min(stop, end)
            if low < high and entry.data[low:high] != data[low - offset : high - offset]:
                differs = True
            if cursor < min(start, end):
                new.append((cursor, min(start, end)))
                spans.append(new[-1])
            spans.append((start, stop))
            cursor = max(cursor, stop)
        if cursor < end:
            new.append((cursor, end))
            spans.append(new[-1])
        for low, high in new:
            entry.data[low:high] = data[low - offset : high - offset]
        entry.spans = spans
        if differs:
            self._tally.add(
                "{n} {fragment overlaps|fragments overlap} an earlier one with other bytes; the first copy is read "
                "(it can be evasion)",
                frame,
            )

    def _give_up(self, key: Key) -> Iterable[tuple[Key, _Waiting]]:
        entry = self._waiting.pop(key)
        self._held -= len(entry.data)
        if entry.frames:
            what = (
                "{n} {datagram misses some of its|datagrams miss some of their} fragments; the beginning was read "
                "as far as it is there"
            )
            self._tally.add(what, entry.frames[0])
        return [(key, entry)] if entry.beginning() else []

    def _hand_on(self, done: list[tuple[Key, _Waiting]]) -> list[Joined]:
        shift = VIRTUAL + len(self.joined)
        buffer = bytearray()
        kept: list[tuple[Key, int, int, int, int]] = []
        times: dict[int, int] = {}
        for key, entry in done:
            frame, ready = entry.frames[-1], entry.beginning()
            size = ready if entry.size is None else entry.size
            data = entry.data[: min(size, ready)]
            if len(self.joined) + len(buffer) + len(data) > MAX_JOINED:
                self._tally.add("{n} {datagram|datagrams} in pieces left out, there are too many bytes of them", frame)
                continue
            kept.append((key, frame, len(buffer), len(buffer) + len(data), len(buffer) + size))
            buffer += data
            # A piece that came out of a tunnel in pieces has all of their frames.
            self.frames[frame] = tuple(sorted({f for held in entry.frames for f in self.frames.get(held, (held,))}))
            times[frame] = entry.time_ns
        self.joined += buffer
        if not kept:
            return []
        packets = [_packets(v6, [row for row in kept if row[0][0] == v6]) for v6 in sorted({row[0][0] for row in kept})]
        return [Joined(packets, Octets(np.frombuffer(bytes(buffer), np.uint8)), shift, times)]


def _packets(v6: bool, rows: list[tuple[Key, int, int, int, int]]) -> Packets:
    keys = [key for key, *_ in rows]
    frame, at, end, wire_end = (np.array([row[i] for row in rows], np.int64) for i in range(1, 5))
    return Packets(
        v6=v6,
        rows=frame,
        protocol=np.array([key[3] for key in keys], np.int64),
        source=tuple(np.array([key[1][half] for key in keys], np.uint64) for half in range(1 + v6)),
        destination=tuple(np.array([key[2][half] for key in keys], np.uint64) for half in range(1 + v6)),
        at=at,
        end=end,
        wire_end=wire_end,
    )
