"""Patches of files that hold deflate data (AOSP bootable/recovery, `applypatch/imgdiff.h`, `imgpatch.cpp`; format IMGDIFF2).

A patch is a row of chunks: patched as it stands, patched after inflating and deflated again with the parameters that are given,
or written as it is. Whether deflating gives the same bytes as on the device depends on its zlib; the caller compares the digest.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from vuoto.firmware.layouts.bsdiff import BrokenPatchError, apply_patch, patched_size

MAX_CHUNKS: Final = 100_000
"""Chunks of one patch; an APK has one or two for each member."""

MAX_INFLATED: Final = 512 << 20
"""Bytes that all chunks of a patch inflate to."""

_NORMAL, _DEFLATE, _RAW = 0, 2, 3


def apply_image_patch(old: bytes, patch: bytes, size: int) -> bytes:
    """The `size` bytes that `patch` makes of `old`. Raises `BrokenPatchError`."""
    if not patch.startswith(b"IMGDIFF2") or len(patch) < 12:
        raise BrokenPatchError("it is no IMGDIFF2 patch")
    (count,) = struct.unpack_from("<I", patch, 8)
    if count > MAX_CHUNKS:
        raise BrokenPatchError("it has more chunks than are read")
    made = bytearray()
    place, left = 12, MAX_INFLATED
    view = memoryview(patch)
    try:
        for _ in range(count):
            (kind,) = struct.unpack_from("<I", patch, place)
            place += 4
            if kind == _NORMAL:
                start, length, offset = struct.unpack_from("<3Q", patch, place)
                place += 24
                made += _patched(old[start : start + length], view[offset:], size - len(made))
            elif kind == _DEFLATE:
                (expanded,) = struct.unpack_from("<Q", patch, place + 24)
                left -= expanded
                if left < 0:
                    raise BrokenPatchError("its chunks inflate to more than is read")
                made += _deflated(old, view, place, size - len(made))
                place += 60
            elif kind == _RAW:
                (length,) = struct.unpack_from("<I", patch, place)
                made += patch[place + 4 : place + 4 + length]
                place += 4 + length
            else:
                raise BrokenPatchError(f"it has a chunk of the unknown kind {kind}")
            if len(made) > size:
                raise BrokenPatchError("it makes more bytes than it declares")
    except struct.error as error:
        raise BrokenPatchError("its chunks are cut off") from error
    if len(made) != size:
        raise BrokenPatchError("it makes fewer bytes than it declares")
    return bytes(made)


def _patched(old: bytes, patch: memoryview, most: int) -> bytes:
    size = patched_size(patch)
    if size > most:
        raise BrokenPatchError("it makes more bytes than it declares")
    return apply_patch(old, patch, size)


def _deflated(old: bytes, patch: memoryview, place: int, most: int) -> bytes:
    start, length, offset, expanded, target = struct.unpack_from("<5Q", patch, place)
    level, method, window, memory, strategy = struct.unpack_from("<5i", patch, place + 40)
    # Deflate makes at least one byte of 1,032.
    if method != zlib.DEFLATED or target > most * 1_032:
        raise BrokenPatchError("a chunk is deflated by another method, or makes more bytes than it declares")
    try:
        plain = zlib.decompressobj(-15).decompress(old[start : start + length], expanded) if expanded else b""
        engine = zlib.compressobj(level, method, window, memory, strategy)
    except (zlib.error, ValueError) as error:
        raise BrokenPatchError("a chunk's deflate data or parameters are damaged") from error
    packed = engine.compress(_patched(plain, patch[offset:], target)) + engine.flush()
    if len(packed) > most:
        raise BrokenPatchError("it makes more bytes than it declares")
    return packed
