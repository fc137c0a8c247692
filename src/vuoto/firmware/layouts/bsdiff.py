"""Binary patches as update_engine writes them: BSDIFF40 and BSDF2 (AOSP external/bsdiff, `patch_writer.cc`).

A patch is three compressed streams: control triples (bytes to add, bytes to insert, how far to seek in the old data), the
differences to add, and the bytes to insert.
"""

from __future__ import annotations

import bz2
from collections.abc import Callable
from typing import Final

MAX_TRIPLES: Final = 4_000_000
"""Control triples of one patch; each makes bytes of an operation that is bounded itself."""


class BrokenPatchError(ValueError):
    """The patch is damaged, does not fit the old data, or uses a compression that is not read."""


def apply_patch(old: bytes, patch: bytes | memoryview, size: int) -> bytes:
    """The `size` bytes that `patch` makes of `old`. Raises `BrokenPatchError`."""
    import numpy as np

    ways = _ways(patch)
    control_length, diff_length, new_size = (_number(patch[at : at + 8]) for at in (8, 16, 24))
    if new_size != size or control_length < 0 or diff_length < 0 or 32 + control_length + diff_length > len(patch):
        raise BrokenPatchError("its sizes do not fit")
    diff_at, extra_at = 32 + control_length, 32 + control_length + diff_length
    # Hardly a triple makes nothing: what is unpacked of them is bounded by what they are to make.
    control = ways[0](patch[32:diff_at], min(MAX_TRIPLES, size + 1_024) * 24)
    diff = ways[1](patch[diff_at:extra_at], size)
    extra = ways[2](patch[extra_at:], size)
    # NumPy adds bytes modulo 256, which is what the format asks for.
    source = np.frombuffer(old, dtype=np.uint8)
    changes = np.frombuffer(diff, dtype=np.uint8)
    result = np.zeros(size, dtype=np.uint8)
    made = old_at = diff_done = extra_done = 0
    for place in range(0, len(control) - 23, 24):
        add, insert, seek = (_number(control[at : at + 8]) for at in (place, place + 8, place + 16))
        if add < 0 or insert < 0 or made + add + insert > size or diff_done + add > len(diff) or extra_done + insert > len(extra):
            raise BrokenPatchError("it makes more bytes than it declares")
        result[made : made + add] = changes[diff_done : diff_done + add]
        # Where the old position lies outside the old data, the difference stands alone.
        begin, end = max(old_at, 0), min(old_at + add, len(old))
        if begin < end:
            result[made + begin - old_at : made + end - old_at] += source[begin:end]
        made, diff_done, old_at = made + add, diff_done + add, old_at + add
        result[made : made + insert] = np.frombuffer(extra[extra_done : extra_done + insert], dtype=np.uint8)
        made, extra_done, old_at = made + insert, extra_done + insert, old_at + seek
        if made == size and not add and not insert:
            break
    if made != size:
        raise BrokenPatchError("it ends early")
    return result.tobytes()


def patched_size(patch: bytes | memoryview) -> int:
    """How many bytes the patch says it makes. Raises `BrokenPatchError`."""
    if len(patch) < 32:
        raise BrokenPatchError("it is cut off")
    size = _number(patch[24:32])
    if size < 0:
        raise BrokenPatchError("its sizes do not fit")
    return size


def _ways(patch: bytes | memoryview) -> tuple[Callable[[bytes | memoryview, int], bytes], ...]:
    magic = bytes(patch[:8])
    if magic == b"BSDIFF40":
        return (_bz2, _bz2, _bz2)
    if magic.startswith(b"BSDF2") and len(patch) >= 32 and max(magic[5:]) < len(_COMPRESSIONS):
        return tuple(_COMPRESSIONS[kind] for kind in magic[5:])
    raise BrokenPatchError("it is no BSDIFF40 or BSDF2 patch")


def _number(raw: bytes | memoryview) -> int:
    """Eight bytes, little-endian, the highest bit the sign (not two's complement)."""
    value = int.from_bytes(raw, "little")
    return -(value & (1 << 63) - 1) if value >> 63 else value


def _plain(data: bytes | memoryview, limit: int) -> bytes:
    return bytes(data[:limit])


def _bz2(data: bytes | memoryview, limit: int) -> bytes:
    if not data:
        return b""
    try:
        return bz2.BZ2Decompressor().decompress(data, limit)
    except (OSError, ValueError) as error:
        raise BrokenPatchError("its bzip2 data is damaged") from error


def _brotli(data: bytes | memoryview, limit: int) -> bytes:
    import brotli

    decoder = brotli.Decompressor()
    pieces: list[bytes] = []
    have = 0
    try:
        piece = decoder.process(bytes(data), output_buffer_limit=limit + 1)
        while piece and have <= limit:
            pieces.append(piece)
            have += len(piece)
            piece = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=limit + 1)
    except brotli.error as error:
        raise BrokenPatchError("its brotli data is damaged") from error
    return b"".join(pieces)[:limit]


_COMPRESSIONS: Final[tuple[Callable[[bytes | memoryview, int], bytes], ...]] = (_plain, _bz2, _brotli)
