"""Bytes of known size that are read at places: a file, a window of a file, a member of an archive, a partition."""

from __future__ import annotations

from typing import Protocol


class Blob(Protocol):
    """Bytes that can be read at any place, without a position of their own."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`; fewer only where the blob ends, none outside it."""
        ...


class BytesBlob:
    """A blob over bytes in memory."""

    __slots__ = ("_data", "size")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0:
            return b""
        return self._data[offset : offset + length]


class WindowBlob:
    """A stretch of another blob; never reads outside the stretch, and is cut where the other blob ends."""

    __slots__ = ("_blob", "_offset", "size")

    def __init__(self, blob: Blob, offset: int, length: int) -> None:
        self._blob = blob
        self._offset = max(offset, 0)
        self.size = max(0, min(length, blob.size - self._offset))

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        return self._blob.read_at(self._offset + offset, min(length, self.size - offset))
