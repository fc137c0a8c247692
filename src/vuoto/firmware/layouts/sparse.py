"""Android sparse images (AOSP system/core/libsparse/sparse_format.h): a list of chunks that write, fill or skip blocks."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from vuoto.firmware.content import Blob
from vuoto.firmware.layouts.stretches import CUT_OFF, Stretch, StretchesBlob, Tell

MAGIC: Final = 0xED26FF3A

MAX_BYTES: Final = 1 << 40
"""Bytes of the unpacked image. No phone has a terabyte of system; a header of 28 bytes can claim 2^64."""

MAX_CHUNKS: Final = 1_000_000
"""Chunks read; a super image of 16 GB has some thousand. A million takes some 200 MB of memory."""

_HEADER: Final = struct.Struct("<IHHHHIIII")
_CHUNK: Final = struct.Struct("<HHII")
_RAW, _FILL, _DONT_CARE, _CRC32 = 0xCAC1, 0xCAC2, 0xCAC3, 0xCAC4
_NUMBERED: Final = re.compile(r"(.+?)[._-]?(?:sparse)?chunk[._-]?(\d{1,5})", re.IGNORECASE | re.DOTALL)


class FilledBlob:
    """A pattern of four bytes, repeated."""

    __slots__ = ("_pattern", "size")

    def __init__(self, pattern: bytes, size: int) -> None:
        self._pattern = pattern
        self.size = size

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        length = min(length, self.size - offset)
        turn = offset % 4
        return (self._pattern * ((turn + length + 3) // 4))[turn : turn + length]


@dataclass(frozen=True, slots=True)
class SparseFile:
    """What one sparse file writes."""

    size: int
    """Bytes of the image it unpacks to."""

    stretches: list[Stretch]
    """The bytes it writes; what it skips is not among them."""


def read_sparse(blob: Blob, tell: Tell) -> SparseFile | None:
    """The chunks of a sparse file, up to where it is damaged; `None` where not even its header stands."""
    raw = blob.read_at(0, _HEADER.size)
    if len(raw) < _HEADER.size:
        return None
    magic, major, _minor, header, chunk_header, block, blocks, chunks, _crc = _HEADER.unpack(raw)
    if magic != MAGIC or major != 1 or header < _HEADER.size or chunk_header < _CHUNK.size or not block or block % 4:
        return None
    size = block * blocks
    if size > MAX_BYTES:
        tell(f"claims {size:,} bytes unpacked; only the first {MAX_BYTES:,} are read")
        size = MAX_BYTES
    return SparseFile(size, list(_stretches(blob, header, chunk_header, block, size, chunks, tell)))


def _stretches(blob: Blob, place: int, header: int, block: int, size: int, chunks: int, tell: Tell) -> Iterator[Stretch]:
    start = 0
    for _ in range(min(chunks, MAX_CHUNKS)):
        raw = blob.read_at(place, _CHUNK.size)
        if len(raw) < _CHUNK.size:
            tell("is cut off; the rest reads as zeros")
            return
        kind, _, count, total = _CHUNK.unpack(raw)
        length = count * block
        data = place + header
        if kind == _RAW and total == header + length:
            if data + length > blob.size:
                tell(CUT_OFF)
            if length:
                yield Stretch(start, length, blob, data)
        elif kind == _FILL and total == header + 4:
            pattern = blob.read_at(data, 4)
            if pattern.strip(b"\0") and len(pattern) == 4 and length:
                yield Stretch(start, length, FilledBlob(pattern, length), 0)
        elif kind not in {_DONT_CARE, _CRC32} or total < header:
            tell("holds a chunk that is none; the rest reads as zeros")
            return
        start += 0 if kind == _CRC32 else length
        place += total
        if start > size:
            tell("holds more blocks than it declares")
            return
    if start < size:
        tell("holds fewer blocks than it declares; the rest reads as zeros")


def join_sparse(blobs: Iterable[Blob], tell: Tell) -> Blob | None:
    """The image that sparse files make together, each skipping what the others write; `None` where one of them is none."""
    files: list[SparseFile] = []
    for blob in blobs:
        found = read_sparse(blob, tell)
        if found is None:
            return None
        files.append(found)
    if not files:
        return None
    return StretchesBlob(max(f.size for f in files), (s for f in files for s in f.stretches), tell)


def chunk_number(name: str) -> tuple[str, int] | None:
    """`super.img_sparsechunk.3` → `("super.img", 3)`; `None` where a name is not that of a part."""
    match = _NUMBERED.fullmatch(name)
    return (match[1], int(match[2])) if match else None
