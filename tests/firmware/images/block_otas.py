"""Writes block-based OTAs: the list, the new data, the patches."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Sequence

from firmware.images.makers import BLOCK, bsdiff

Pairs = Sequence[tuple[int, int]]


def ranges(pairs: Pairs) -> str:
    numbers = [str(number) for pair in pairs for number in pair]
    return ",".join([str(len(numbers)), *numbers])


def blocks(data: bytes, pairs: Pairs) -> bytes:
    return b"".join(data[begin * BLOCK : end * BLOCK] for begin, end in pairs)


def full(image: bytes, *, version: int = 4) -> tuple[bytes, bytes]:
    """The list and the new data of a whole partition: its blocks out of order, zeros left out, all erased at first."""
    count = len(image) // BLOCK
    filled = [index for index in range(count) if image[index * BLOCK : (index + 1) * BLOCK].strip(b"\0")]
    empty = [(index, index + 1) for index in range(count) if index not in filled]
    order = [(index, index + 1) for index in (*filled[1::2], *filled[::2])]
    lines = [str(version), str(len(filled)), *(["0", "0"] if version > 1 else []), f"erase {ranges([(0, count)])}"]
    lines += [f"new {ranges(sorted(order[at : at + 3]))}" for at in range(0, len(order), 3)]
    lines += [f"zero {ranges(empty)}"] if empty else []
    data = b"".join(blocks(image, sorted(order[at : at + 3])) for at in range(0, len(order), 3))
    return "\n".join([*lines, ""]).encode(), data


def sha1(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()


def imgdiff(old: bytes, new: bytes, at: int, end: int, new_at: int, new_end: int) -> bytes:
    """A patch of raw bytes, a deflate stream that stands at `at:end` of the old and `new_at:new_end` of the new, and the rest."""
    inner, outer = zlib.decompress(old[at:end], -15), zlib.decompress(new[new_at:new_end], -15)
    rest = bsdiff(old[end:], new[new_end:])
    patch = bsdiff(inner, outer)
    head = 12 + 4 + 4 + new_at + 4 + 60 + 4 + 24
    return (
        b"IMGDIFF2"
        + struct.pack("<I", 3)
        + struct.pack("<II", 3, new_at)
        + new[:new_at]
        + struct.pack("<I5Q5i", 2, at, end - at, head, len(inner), len(outer), 6, 8, -15, 8, 0)
        + struct.pack("<I3Q", 0, end, len(old) - end, head + len(patch))
        + patch
        + rest
    )
