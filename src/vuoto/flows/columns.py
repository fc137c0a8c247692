"""The array types of the room, and big-endian numbers read at many offsets of a window at once."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

I64: TypeAlias = NDArray[np.int64]
U64: TypeAlias = NDArray[np.uint64]
Mask: TypeAlias = NDArray[np.bool_]


class Octets:
    """The bytes of one window, read as big-endian numbers at arrays of offsets.

    The wider views step by one byte, so a four-byte number is one gather and not four. Every offset handed in must leave room
    for the number; callers check lengths first, because a captured frame may end anywhere.
    """

    __slots__ = ("_u16", "_u32", "_u64", "data")

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self.data = np.ascontiguousarray(data)
        size = len(self.data)
        self._u16 = np.ndarray((max(0, size - 1),), np.dtype(">u2"), self.data, 0, (1,))
        self._u32 = np.ndarray((max(0, size - 3),), np.dtype(">u4"), self.data, 0, (1,))
        self._u64 = np.ndarray((max(0, size - 7),), np.dtype(">u8"), self.data, 0, (1,))

    def u8(self, at: I64) -> I64:
        """One byte at each offset."""
        return self.data[at].astype(np.int64)

    def u16(self, at: I64) -> I64:
        """Two bytes at each offset."""
        return self._u16[at].astype(np.int64)

    def u32(self, at: I64) -> I64:
        """Four bytes at each offset."""
        return self._u32[at].astype(np.int64)

    def u64(self, at: I64) -> U64:
        """Eight bytes at each offset."""
        return self._u64[at].astype(np.uint64)
