"""Unpacks one physical cluster of EROFS: LZ4, MicroLZMA, deflate, zstd (Linux, fs/erofs/decompressor*.c)."""

from __future__ import annotations

import zlib
from typing import Final

MAX_PHYSICAL: Final = 1 << 20
"""Bytes of a physical cluster (`Z_EROFS_PCLUSTER_MAX_SIZE`)."""

MAX_UNPACKED: Final = 12 << 20
"""Bytes that a physical cluster unpacks to (`Z_EROFS_PCLUSTER_MAX_DSIZE`)."""


def unpack_cluster(data: bytes, way: str, size: int) -> bytes:
    """The first `size` bytes that a physical cluster unpacks to; fewer where it is damaged.

    The data stands at the end of its blocks, and no algorithm's data begins with a zero byte. A cluster that several files share
    can unpack to more than is asked for.
    """
    packed = data.lstrip(b"\0")
    if way == "lz4":
        return _lz4(packed, data, size)
    if way == "deflate":
        try:
            return zlib.decompressobj(-15).decompress(packed, size)
        except zlib.error:
            return b""
    if way == "lzma":
        return _micro_lzma(packed, size)
    import zstandard

    try:
        return zstandard.ZstdDecompressor(max_window_size=MAX_UNPACKED).stream_reader(packed).read(size)
    except zstandard.ZstdError:
        return b""


def _lz4(packed: bytes, data: bytes, size: int) -> bytes:
    from lz4.block import LZ4BlockError, decompress

    try:
        whole: bytes = decompress(packed, uncompressed_size=size)
    except (LZ4BlockError, MemoryError, ValueError):
        whole = b""
    if len(whole) == size:
        return whole
    # It unpacks to more than is asked for, or, in images older than Linux 5.3, stands at the start of its blocks with padding
    # behind.
    return max(_lz4_begun(packed, size), _lz4_begun(data, size), key=len)


def _lz4_begun(data: bytes, size: int) -> bytes:
    """The first `size` bytes of an LZ4 block (lz4_Block_format.md), up to where it is damaged; slow, for the few that need it."""
    made = bytearray()
    place, end = 0, len(data)
    while place < end and len(made) < size:
        token = data[place]
        place += 1
        count = token >> 4
        if count == 15:
            while place < end and data[place] == 255:
                count += 255
                place += 1
            count += data[place] if place < end else 0
            place += 1
        made += data[place : place + count]
        place += count
        if place + 2 > end or len(made) >= size:
            break
        distance = data[place] | data[place + 1] << 8
        place += 2
        count = (token & 15) + 4
        if token & 15 == 15:
            while place < end and data[place] == 255:
                count += 255
                place += 1
            count += data[place] if place < end else 0
            place += 1
        if not 0 < distance <= len(made):
            break
        count = min(count, size - len(made))
        begin = len(made) - distance
        pattern = made[begin : begin + count]
        made += (pattern * (count // len(pattern) + 1))[:count]
    return bytes(made[:size])


def _micro_lzma(packed: bytes, size: int) -> bytes:
    """MicroLZMA (xz, lzma/container.h): LZMA1 without header, whose first byte, always zero, holds the inverted properties."""
    import lzma

    if len(packed) < 5:
        return b""
    properties = packed[0] ^ 0xFF
    if properties > (4 * 5 + 4) * 9 + 8:
        return b""
    rest, lc = divmod(properties, 9)
    pb, lp = divmod(rest, 5)
    if lc + lp > 4:
        return b""
    try:
        decoder = lzma.LZMADecompressor(
            format=lzma.FORMAT_RAW,
            filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 8 * MAX_PHYSICAL, "lc": lc, "lp": lp, "pb": pb}],
        )
        return decoder.decompress(b"\0" + packed[1:], size)
    except (lzma.LZMAError, MemoryError):
        return b""
