"""Gathers one direction of one conversation: the payload that one side sent, in order.

TCP (RFC 9293 section 3.4): the first copy of a byte wins, a second copy that differs is reported, and nothing is glued over a gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vuoto.flows.columns import I64
from vuoto.flows.fragments import VIRTUAL

NEAR: Final = 8 << 10
"""Bytes between two payloads in the input that are read along rather than skipped: copying 8 KB costs as much as another read."""

LONGEST_READ: Final = 1 << 20
"""Bytes of one read, so that a long conversation spread over an input is not read with everything between."""

MAX_COMPARED: Final = 64 << 20
"""Bytes of second copies compared per stream; a conversation that is repeated for longer has been reported by then."""


@dataclass(slots=True)
class Pieces:
    """Payloads of one direction, in stream order: where each is, how long, and which frame carried it."""

    at: I64
    length: I64
    frame: I64
    time_ns: I64
    run: I64
    """Offset in the data of each contiguous run's (UDP: datagram's) first byte."""

    truncated: bool


@dataclass(slots=True)
class GatheredStream:
    """See `facts.flows.Stream`."""

    data: bytes
    starts: Sequence[int]
    truncated: bool
    _offsets: list[int] = field(default_factory=list)
    _frames: list[int] = field(default_factory=list)
    _times: list[int] = field(default_factory=list)
    _joined: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def frames(self, offset: int, length: int) -> tuple[int, ...]:
        """See `Stream.frames`."""
        if not self._offsets:
            return ()
        first = max(bisect_right(self._offsets, offset) - 1, 0)
        last = max(bisect_right(self._offsets, offset + max(length, 1) - 1) - 1, first)
        found: set[int] = set()
        for frame in self._frames[first : last + 1]:
            found.update(self._joined.get(frame, (frame,)))
        return tuple(sorted(found))

    def time_ns(self, offset: int) -> int:
        """See `Stream.time_ns`."""
        if not self._offsets:
            return 0
        return self._times[max(bisect_right(self._offsets, offset) - 1, 0)]


Read = Callable[[int, int], bytes]


def gather(pieces: Pieces, read: Read, joined: dict[int, tuple[int, ...]]) -> GatheredStream:
    """The bytes of the pieces, read in as few reads as their places allow."""
    at, lengths = pieces.at.tolist(), pieces.length.tolist()
    parts: list[bytes] = []
    n, count = 0, len(at)
    while n < count:
        begin, end, last = at[n], at[n] + lengths[n], n + 1
        while last < count and 0 <= at[last] - end <= NEAR and at[last] + lengths[last] - begin <= LONGEST_READ:
            end = at[last] + lengths[last]
            last += 1
        block = read(begin, end - begin)
        if last == n + 1:
            parts.append(block)
        else:
            parts += [block[at[i] - begin : at[i] - begin + lengths[i]] for i in range(n, last)]
        n = last
    offsets = (np.cumsum(pieces.length) - pieces.length).tolist()
    return GatheredStream(
        b"".join(parts), pieces.run.tolist(), pieces.truncated, offsets, pieces.frame.tolist(), pieces.time_ns.tolist(), joined
    )


def in_order(at: I64, length: I64, frame: I64, time_ns: I64, limit: int, *, datagrams: bool) -> Pieces:
    """Pieces that follow each other as they are: datagrams, or a TCP stream without loss, repeats or disorder."""
    ends = np.cumsum(length)
    truncated = len(ends) > 0 and int(ends[-1]) > limit
    if truncated:
        take = int(np.searchsorted(ends, limit)) + 1
        at, length, frame, time_ns = at[:take], length[:take].copy(), frame[:take], time_ns[:take]
        length[-1] -= int(ends[take - 1]) - limit
        ends = np.cumsum(length)
    run = ends - length if datagrams else np.zeros(min(1, len(at)), np.int64)
    return Pieces(at, length, frame, time_ns, run, truncated)


@dataclass(slots=True)
class Rows:
    """The TCP segments of one direction that carry payload, in capture order."""

    at: I64
    relative: I64
    """Offset of the first payload byte from the stream's beginning; negative ones repeat what came before it."""

    captured: I64
    wire: I64
    frame: I64
    time_ns: I64


def out_of_order(rows: Rows, limit: int, read: Read, differ: Callable[[int, int], None]) -> Pieces:
    """Pieces of a TCP stream with loss, repeats, overlaps or disorder. `differ(first, second)` is told of contradicting frames."""
    starts: list[int] = []
    ends: list[int] = []
    held: list[tuple[int, int, int]] = []  # offset in the input, frame, time
    compared = 0
    told: set[tuple[int, int]] = set()
    columns = (rows.at, rows.relative, rows.captured, rows.frame, rows.time_ns)
    for at, begin, size, frame, time in zip(*(c.tolist() for c in columns), strict=True):
        low, high = max(begin, 0), begin + size
        while low < high:
            n = bisect_right(starts, low) - 1
            if n >= 0 and ends[n] > low:
                stop = min(ends[n], high)
                same_place = held[n][0] + low - starts[n] == at + low - begin
                if compared < MAX_COMPARED and not same_place and (held[n][1], frame) not in told:
                    compared += stop - low
                    if read(held[n][0] + low - starts[n], stop - low) != read(at + low - begin, stop - low):
                        told.add((held[n][1], frame))
                        differ(held[n][1], frame)
            else:
                stop = min(high, starts[n + 1]) if n + 1 < len(starts) else high
                starts.insert(n + 1, low)
                ends.insert(n + 1, stop)
                held.insert(n + 1, (at + low - begin, frame, time))
            low = stop
    return _cut(starts, ends, held, limit)


def _cut(starts: list[int], ends: list[int], held: list[tuple[int, int, int]], limit: int) -> Pieces:
    at: list[int] = []
    lengths: list[int] = []
    frames: list[int] = []
    times: list[int] = []
    runs: list[int] = []
    size, before, truncated = 0, None, False
    for start, end, (place, frame, time) in zip(starts, ends, held, strict=True):
        if size >= limit:
            truncated = True
            break
        if start != before:
            runs.append(size)
        length = min(end - start, limit - size)
        truncated = truncated or length < end - start
        at.append(place)
        lengths.append(length)
        frames.append(frame)
        times.append(time)
        size += length
        before = end
    a, b, c, d, e = (np.array(values, np.int64) for values in (at, lengths, frames, times, runs))
    return Pieces(a, b, c, d, e, truncated)


def reader(read_at: Read, joined: bytearray) -> Read:
    """Reads the input, or the buffer of joined datagrams behind virtual offsets."""

    def read(offset: int, length: int) -> bytes:
        if offset >= VIRTUAL:
            return bytes(joined[offset - VIRTUAL : offset - VIRTUAL + length])
        return read_at(offset, length)

    return read
