"""Blobs put together from pieces of others: the blocks of a file, a partition, a sparse image."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Final, NamedTuple

from vuoto.firmware.content import Blob

CUT_OFF: Final = "is cut off: blocks lie behind the end of the image; they read as zeros"
"""What is told of bytes that are missing."""

Tell = Callable[[str], None]
"""Takes what is wrong, in words."""


class Stretch(NamedTuple):
    """A run of bytes of the whole and where they stand."""

    start: int
    """Where it begins in the whole."""

    length: int
    """Bytes; at least one."""

    blob: Blob
    """Where the bytes stand."""

    offset: int
    """Where they begin there."""


class StretchesBlob:
    """Bytes that stand in several places. What no stretch covers, or lies behind the end of its blob, reads as zeros.

    `stretches` may overlap and come in any order; of two that overlap, the one that begins first keeps its bytes. Bytes that are
    missing are told to `tell`, once.
    """

    __slots__ = ("_starts", "_stretches", "_tell", "size")

    def __init__(self, size: int, stretches: Iterable[Stretch], tell: Tell) -> None:
        self.size = size
        self._tell = tell
        self._stretches = _in_order(stretches, size)
        self._starts = [stretch.start for stretch in self._stretches]

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        end = min(offset + length, self.size)
        index = max(bisect_right(self._starts, offset) - 1, 0)
        pieces: list[bytes] = []
        place = offset
        while place < end:
            if index == len(self._stretches):
                pieces.append(bytes(end - place))
                break
            start, size, blob, at = self._stretches[index]
            if place >= start + size:
                index += 1
                continue
            if place < start:
                gap = min(start, end) - place
                pieces.append(bytes(gap))
                place += gap
                continue
            want = min(start + size, end) - place
            piece = blob.read_at(at + place - start, want)
            if len(piece) < want:
                self._tell(CUT_OFF)
                piece += bytes(want - len(piece))
            pieces.append(piece)
            place += want
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _in_order(stretches: Iterable[Stretch], size: int) -> list[Stretch]:
    result: list[Stretch] = []
    reached = 0
    for start, length, blob, offset in sorted(stretches, key=lambda s: s.start):
        skip = max(reached - start, 0)
        kept = min(length - skip, size - start - skip)
        if kept > 0:
            result.append(Stretch(start + skip, kept, blob, offset + skip))
            reached = start + skip + kept
    return result


class Recent:
    """Unpacked pieces that were used last, at most `limit` bytes of them and always the newest one."""

    __slots__ = ("_held", "_limit", "_pieces")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._pieces: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The piece called `key`, made where it is not held."""
        found = self._pieces.get(key)
        if found is not None:
            self._pieces.move_to_end(key)
            return found
        made = make()
        self._pieces[key] = made
        self._held += len(made)
        while self._held > self._limit and len(self._pieces) > 1:
            _, dropped = self._pieces.popitem(last=False)
            self._held -= len(dropped)
        return made


class MadeBlob:
    """Bytes of known size that are made when they are first read, and held in a `Recent` that many share."""

    __slots__ = ("_key", "_make", "_recent", "size")

    def __init__(self, size: int, recent: Recent, key: Hashable, make: Callable[[], bytes]) -> None:
        self.size = size
        self._recent = recent
        self._key = key
        self._make = make

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        return self._recent.get(self._key, self._make)[offset : min(offset + length, self.size)]
