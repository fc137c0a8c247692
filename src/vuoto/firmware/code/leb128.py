"""LEB128 numbers, one at a time, and whole stretches of unsigned ones at once.

Source: "Dalvik executable format", LEB128: at most five bytes; seven bits each, lowest first, the high bit set where more follow.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

LONGEST: Final = 5


def uleb128(data: bytes, at: int) -> tuple[int, int]:
    """The number at `at` and the offset behind it. Raises `IndexError` beyond the end."""
    value = 0
    for shift in range(0, 7 * LONGEST, 7):
        octet = data[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:
            break
    return value & 0xFFFFFFFF, at


def sleb128(data: bytes, at: int) -> tuple[int, int]:
    """As `uleb128`, of which the highest bit that is written is the sign."""
    value, behind = uleb128(data, at)
    sign = 1 << min(7 * (behind - at), 32) - 1
    return (value ^ sign) - sign, behind


def values_between(octets: U8, starts: I64, ends: I64) -> I64:
    """The numbers whose first and last bytes are given. A number of more than five bytes is read as its first five."""
    width = ends - starts
    last = len(octets) - 1
    values = (octets[starts] & 0x7F).astype(np.int64)
    for byte in range(1, LONGEST):
        rows = np.flatnonzero(width >= byte)
        if not len(rows):
            break
        values[rows] |= (octets[np.minimum(starts[rows] + byte, last)] & 0x7F).astype(np.int64) << (7 * byte)
    return values & 0xFFFFFFFF
