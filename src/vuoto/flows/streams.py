"""Gathers one direction of one conversation: the payload that one side sent, in order.

TCP (RFC 9293 section 3.4): the first copy of a byte wins, a second copy that differs is told, and nothing is glued over a gap.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vuoto.flows.columns import I64
from vuoto.flows.fragments import VIRTUAL

NEAR: Final = 8 << 10
"""Bytes between two payloads in the input that are read along rather than skipped: copying 8 KB costs as much as another read."""

LONGEST_READ: Final = 1 << 20
"""Bytes of one read, so that a long conversation spread over an input is not read with everything between."""

FEW: Final = 8
"""Rows looked at first; the head of a stream that a protocol is told by lies in fewer."""

SWEEP_BLOCK: Final = 4_096
"""Segments made into objects at a time, so that a look at the beginning of a long stream stays cheap."""

MAX_COMPARED: Final = 64 << 20
"""Bytes of second copies compared per stream; a conversation that is repeated for longer has been reported by then."""


@dataclass(slots=True)
class Pieces:
    """Payloads of one direction, in stream order: where each is, how long, and which frame carried it."""

    at: list[int]
    length: list[int]
    frame: NDArray[np.uint32]
    time_ns: I64
    first: int
    """Row of `frame` and `time_ns` that is the first piece's."""

    run: list[int]
    """Offset in the data of each contiguous run's (UDP: datagram's) first byte."""

    truncated: bool


class Repeat(NamedTuple):
    """A segment of which, in part or whole, other copies were taken."""

    place: int
    """Offset in the data of its first byte."""

    at: int
    length: int
    frame: int


@dataclass(slots=True)
class GatheredStream:
    """See `facts.flows.Stream`."""

    data: bytes
    starts: Sequence[int]
    truncated: bool
    _offsets: list[int]
    _frames: NDArray[np.uint32]
    _times: I64
    """Both as arrays: most streams are asked for the frame of a finding or two, or of none."""

    _first: int
    """Their row that is the first piece's."""

    _joined: dict[int, tuple[int, ...]]

    def frames(self, offset: int, length: int) -> tuple[int, ...]:
        """See `Stream.frames`."""
        if not self._offsets:
            return ()
        first = max(bisect_right(self._offsets, offset) - 1, 0)
        last = max(bisect_right(self._offsets, offset + max(length, 1) - 1) - 1, first)
        found: set[int] = set()
        for frame in self._frames[self._first + first : self._first + last + 1].tolist():
            found.update(self._joined.get(frame, (frame,)))
        return tuple(sorted(found))

    def time_ns(self, offset: int) -> int:
        """See `Stream.time_ns`."""
        if not self._offsets:
            return 0
        return int(self._times[self._first + max(bisect_right(self._offsets, offset) - 1, 0)])


Read = Callable[[int, int], bytes]


def gather(pieces: Pieces, read: Read, joined: dict[int, tuple[int, ...]]) -> GatheredStream:
    """The bytes of the pieces, read in as few reads as their places allow."""
    at, lengths = pieces.at, pieces.length
    n, count = 0, len(at)
    parts: list[bytes | memoryview] = []
    while n < count:
        begin, end, last = at[n], at[n] + lengths[n], n + 1
        while last < count and 0 <= at[last] - end <= NEAR and at[last] + lengths[last] - begin <= LONGEST_READ:
            end = at[last] + lengths[last]
            last += 1
        block = read(begin, end - begin)
        if last == n + 1:
            parts.append(block)
        else:
            view = memoryview(block)
            parts += [view[at[i] - begin : at[i] - begin + lengths[i]] for i in range(n, last)]
        n = last
    offsets = [0, *accumulate(lengths)]
    offsets.pop()
    data = parts[0] if len(parts) == 1 and isinstance(parts[0], bytes) else b"".join(parts)
    return GatheredStream(data, pieces.run, pieces.truncated, offsets, pieces.frame, pieces.time_ns, pieces.first, joined)


def one_payload(columns: PayloadColumns, row: int, limit: int, read: Read, joined: dict[int, tuple[int, ...]]) -> GatheredStream:
    """A stream of a single payload, as most datagrams are: `gather` of `in_order`, at a third of the cost."""
    at, size = columns.at.item(row), columns.captured.item(row)
    return GatheredStream(read(at, min(size, limit)), [0], size > limit, [0], columns.frame, columns.time_ns, row, joined)


def compare(stream: GatheredStream, repeats: Sequence[Repeat], read: Read, differ: Callable[[int, int], None]) -> None:
    """Tells `differ(first, second)` of each frame whose copy of some bytes is not the one that was taken."""
    compared = 0
    for place, at, length, frame in repeats:
        compared += length
        if compared > MAX_COMPARED:
            return
        taken, again = stream.data[place : place + length], read(at, length)
        if taken != again:
            size = min(len(taken), len(again))
            unlike = np.flatnonzero(np.frombuffer(taken, np.uint8, size) != np.frombuffer(again, np.uint8, size))
            if len(unlike):
                differ(stream.frames(place + int(unlike[0]), 1)[0], frame)


def in_order(columns: PayloadColumns, low: int, high: int, limit: int, *, datagrams: bool) -> Pieces:
    """Pieces that follow each other as they are: datagrams, or a TCP stream without loss, repeats or disorder.

    They are the rows `low` to `high`, of which only those up to the limit are looked at.
    """
    lengths: list[int] = []
    total, at, block = 0, low, FEW
    while at < high and total < limit:
        for size in columns.captured[at : min(at + block, high)].tolist():
            lengths.append(size)
            total += size
            if total >= limit:
                break
        at, block = low + len(lengths), SWEEP_BLOCK
    truncated = at < high or total > limit
    if total > limit:
        lengths[-1] -= total - limit
    run = [0] * bool(lengths)
    if datagrams:
        run = [0, *accumulate(lengths)]
        run.pop()
    return Pieces(columns.at[low:at].tolist(), lengths, columns.frame, columns.time_ns, low, run, truncated)


class PayloadColumns(Protocol):
    """The rows with payload of all groups, one after another (see `grouping.Groups`)."""

    at: I64
    captured: NDArray[np.uint32]
    frame: NDArray[np.uint32]
    time_ns: I64


@dataclass(slots=True)
class Rows:
    """The rows of one direction that carry payload, in capture order."""

    at: I64
    relative: I64
    """Offset of the first payload byte from the stream's beginning; negative where it lies before the SYN's number."""

    captured: NDArray[np.uint32]
    frame: NDArray[np.uint32]
    time_ns: I64


@dataclass(slots=True)
class _Segment:
    """One segment while the sweep is over it."""

    order: int
    """Place in capture order: the lowest wins."""

    begin: int
    end: int
    at: int
    place: int
    """Offset in the stream's data of its first byte."""

    used: int = 0
    """Bytes that were taken from it."""


def out_of_order(rows: Rows, limit: int) -> tuple[Pieces, list[Repeat]]:
    """Pieces of a TCP stream with loss, repeats, overlaps or disorder, and the segments of which other copies were taken.

    A sweep over the sequence numbers: of the segments that reach over a number, the first one captured gives the byte. Costs
    n log n however the segments lie, and stops at the limit.
    """
    frames, times = rows.frame, rows.time_ns
    open_: list[tuple[int, _Segment]] = []
    seen: list[_Segment] = []
    pieces: list[tuple[int, int, int]] = []  # offset in the input, length, place in capture order
    runs: list[int] = []
    size, position, last, truncated = 0, -1 << 63, None, False
    coming = _by_number(rows)
    following = next(coming, None)
    while following is not None or open_:
        if size >= limit:
            truncated = any(s.end > position for _, s in open_) or following is not None
            break
        if not open_:
            assert following is not None
            if following.begin != position and size not in runs[-1:]:
                runs.append(size)
            position = following.begin
        while following is not None and following.begin <= position:
            following.place = size
            heapq.heappush(open_, (following.order, following))
            seen.append(following)
            following = next(coming, None)
        while open_ and open_[0][1].end <= position:
            heapq.heappop(open_)
        if not open_:
            continue
        first = open_[0][1]
        stop = first.end if following is None else min(first.end, following.begin)
        if position < 0 < stop:
            stop = 0
        take = min(stop - position, limit - size)
        if last is first:
            at, length, order = pieces[-1]
            pieces[-1] = (at, length + take, order)
        else:
            pieces.append((first.at + position - first.begin, take, first.order))
        first.used += take
        last = first
        size, position = size + take, position + take
        if position == 0 and pieces and size != runs[-1]:
            # What came before the SYN's number is no part of the stream: nothing is glued to it.
            runs.append(size)
            last = None
    if runs and runs[-1] == size:
        runs.pop()
    owners = np.array([order for _, _, order in pieces], np.int64)
    made = Pieces(
        [at for at, _, _ in pieces],
        [length for _, length, _ in pieces],
        frames[owners],
        times[owners],
        0,
        runs,
        truncated,
    )
    # One byte is a probe: a keep-alive repeats the byte before the next with any value (RFC 9293 section 3.8.4).
    repeats = [
        Repeat(s.place, s.at, min(s.end - s.begin, size - s.place), int(frames[s.order]))
        for s in seen
        if s.used < s.end - s.begin and s.end - s.begin > 1 and s.place < size
    ]
    return made, repeats


def _by_number(rows: Rows) -> Iterator[_Segment]:
    order = np.lexsort((np.arange(len(rows.at)), rows.relative))
    for block in range(0, len(order), SWEEP_BLOCK):
        some = order[block : block + SWEEP_BLOCK]
        columns = (some, rows.relative[some], rows.captured[some], rows.at[some])
        for n, begin, size, at in zip(*(c.tolist() for c in columns), strict=True):
            if begin == -1 and size == 1:
                continue  # a keep-alive before anything was said
            yield _Segment(n, begin, begin + size, at, 0)


def reader(read_at: Read, joined: bytearray) -> Read:
    """Reads the input, or the buffer of joined datagrams behind virtual offsets. Both are complete by now."""
    if not joined:
        return read_at

    def read(offset: int, length: int) -> bytes:
        if offset >= VIRTUAL:
            return bytes(joined[offset - VIRTUAL : offset - VIRTUAL + length])
        return read_at(offset, length)

    return read
