"""Compressed files of EROFS (Linux, Documentation/filesystems/erofs.rst; fs/erofs/erofs_fs.h): index, and unpacking of clusters.

A file is cut into logical clusters of one block; an index says for each whether a physical cluster of compressed data begins in
it. Read: full, compact and extent indexes, big physical clusters, tail packing, fragments, LZ4, MicroLZMA, deflate, zstd.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vuoto.firmware.layouts.directories import BrokenNodeError
from vuoto.firmware.layouts.erofs_unpacking import MAX_PHYSICAL, MAX_UNPACKED, unpack_cluster

if TYPE_CHECKING:
    from vuoto.firmware.content import Blob
    from vuoto.firmware.layouts.stretches import Recent, Tell


MAX_CLUSTERS: Final = 1 << 20
"""Clusters or chunks of one file: 4 GB in blocks of 4 KiB. What a map of them takes in memory, some 150 MB, is the reason."""

_PLAIN, _HEAD1, _NONHEAD, _HEAD2 = range(4)
_COMPACT_2B, _BIG1, _BIG2, _INLINE, _INTERLACED, _FRAGMENT = (1 << bit for bit in range(6))
_EXTENTS: Final = 1  # in full indexes the first bit
_COUNT: Final = 1 << 11  # in a cluster's distance: it is the count of blocks instead
_ALGORITHMS: Final = ("lz4", "lzma", "deflate", "zstd")
_SHIFTED, _ROTATED, _PACKED, _HOLE = "shifted", "rotated", "packed", "hole"


@dataclass(frozen=True, slots=True)
class ClusterMap:
    """Where the pieces of a compressed file stand. Parallel lists, a row for each physical cluster, by `starts`."""

    size: int
    """Bytes of the file."""

    starts: list[int]
    """Where each begins in the file; it ends where the next begins."""

    places: list[int]
    """Where its data begins in the image, or in the packed inode."""

    lengths: list[int]
    """Bytes of its data."""

    ways: list[str]
    """How it is packed: an algorithm, `shifted` or `rotated` where it is stored plainly, `packed` where it is a fragment,
    `hole`."""


def read_clusters(blob: Blob, begin: int, size: int, block_bits: int, *, compact: bool) -> ClusterMap:
    """The map of a compressed file of `size` bytes whose index header stands at `begin` of `blob`. Raises `BrokenNodeError`."""
    head = blob.read_at(begin, 8)
    if len(head) < 8:
        raise BrokenNodeError("has its index behind the end of the image")
    fragment, advise, algorithms, bits = struct.unpack("<IHBB", head)
    if bits & 0x80:  # the whole file is a fragment
        place = int.from_bytes(head, "little") & (1 << 63) - 1
        return ClusterMap(size, [0], [place], [size], [_PACKED])
    bits = (bits & 15) + block_bits
    if not compact and advise & _EXTENTS:
        return _read_extents(blob, begin, size, (bits, block_bits), advise)
    if bits > 14 and compact:
        raise BrokenNodeError("has compact indexes of clusters larger than 16 KiB, which no mkfs writes")
    total = (size + (1 << bits) - 1) >> bits
    if total * 2 > blob.size:
        raise BrokenNodeError(f"claims {size:,} bytes, more than the image has an index for")
    read = _read_compact if compact else _read_full
    rows, end = read(blob, begin + 8, total, bits, advise)
    found = _map(rows, size, block_bits, bits, advise, algorithms)
    if found.starts and advise & _FRAGMENT:
        # The tail stands in the packed inode. Full indexes keep the upper half of the place where the tail's block would be.
        found.places[-1] = fragment if compact else fragment | found.places[-1] >> block_bits << 32
        found.ways[-1] = _PACKED
    elif found.starts and advise & _INLINE and fragment >> 16:
        found.places[-1], found.lengths[-1] = end, fragment >> 16
    return found


_Row = tuple[int, int, int]
"""Kind of a logical cluster; where in it the physical cluster begins, or its distance field; where the data begins, in blocks."""


def _read_full(blob: Blob, begin: int, total: int, bits: int, advise: int) -> tuple[list[_Row], int]:
    del bits, advise
    raw = blob.read_at(begin + 8, total * 8)  # eight bytes are left free, as the first mkfs did
    if len(raw) < total * 8:
        raise BrokenNodeError("has its index behind the end of the image")
    rows: list[_Row] = []
    for kind, offset, value in struct.iter_unpack("<HHI", raw):
        rows.append((kind & 3, value & 0xFFFF if kind & 3 == _NONHEAD else offset, value))
    return rows, begin + 8 + total * 8


def _read_compact(blob: Blob, begin: int, total: int, bits: int, advise: int) -> tuple[list[_Row], int]:
    """Packs of two clusters in 8 bytes up to a boundary of 32, then of sixteen in 32 bytes where allowed, then of two."""
    first = (32 - begin % 32) // 4 & 7
    middle = (total - first) // 16 * 16 if advise & _COMPACT_2B and total > first and bits <= 12 else 0
    length = total * 4 - middle * 2
    raw = blob.read_at(begin, length + 8)  # the last pack of two may be half used
    rows: list[_Row] = []
    place = 0
    for count, width, group in ((min(first, total), 8, 2), (middle, 32, 16), (max(total - first - middle, 0), 8, 2)):
        for _ in range((count + group - 1) // group):
            pack = raw[place : place + width]
            if len(pack) < width:
                raise BrokenNodeError("has its index behind the end of the image")
            rows.extend(_unpacked(pack, group, bits, big=bool(advise & _BIG1)))
            place += width
    return rows[:total], begin + (length + 7 & ~7)


def _unpacked(pack: bytes, group: int, bits: int, *, big: bool) -> list[_Row]:
    """The clusters of a pack: fields of offset or distance and kind, and behind them the block that heads count from."""
    low = max(bits, 12)
    each = (len(pack) - 4) * 8 // group
    value = int.from_bytes(pack[:-4], "little")
    block = int.from_bytes(pack[-4:], "little")
    mask = (1 << low) - 1
    rows: list[_Row] = []
    uncounted = False
    for _ in range(group):
        offset, kind = value & mask, value >> low & 3
        value >>= each
        if kind != _NONHEAD:
            # A head's blocks are counted in the cluster behind it, or it is one block. Without big clusters every head is one
            # block, and the pack names the block before its first.
            block += uncounted or not big
            uncounted = big
        elif big and offset & _COUNT:
            block += offset & ~_COUNT
            uncounted = False
        rows.append((kind, offset, block))
    return rows


def _map(rows: list[_Row], size: int, block_bits: int, bits: int, advise: int, algorithms: int) -> ClusterMap:
    result = ClusterMap(size, [], [], [], [])
    reached = -1
    total = len(rows)
    for index, (kind, offset, block) in enumerate(rows):
        if kind == _NONHEAD:
            continue
        start = index << bits | offset
        if offset >> bits or start <= reached or (reached < 0 and start):
            raise BrokenNodeError("has an index whose clusters do not follow one another")
        if start >= size:
            break
        reached = start
        count = 1
        if advise & (_BIG1 if kind == _HEAD1 else _BIG2) and index + 1 < total and rows[index + 1][0] == _NONHEAD:
            count = rows[index + 1][1] & ~_COUNT
        if kind == _PLAIN:
            way = _ROTATED if advise & _INTERLACED else _SHIFTED
        else:
            number = algorithms & 15 if kind == _HEAD1 else algorithms >> 4
            if number >= len(_ALGORITHMS):
                raise BrokenNodeError(f"is compressed by the unknown algorithm {number}")
            way = _ALGORITHMS[number]
        result.starts.append(start)
        result.places.append(block << block_bits)
        result.lengths.append(min(count << block_bits, MAX_PHYSICAL))
        result.ways.append(way)
    if rows and not result.starts:
        raise BrokenNodeError("has an index without a first cluster")
    return result


def _read_extents(blob: Blob, begin: int, size: int, bits: tuple[int, int], advise: int) -> ClusterMap:
    """The extent index of Linux 6.15: a record of 4 to 32 bytes for each physical cluster; short ones imply where it begins."""
    width = 4 << (advise >> 1 & 3)
    cluster, block = bits
    count = (size + (1 << cluster) - 1) >> cluster
    if width > 8:
        count = int.from_bytes(blob.read_at(begin, 4) + blob.read_at(begin + 6, 2), "little")
    if count > MAX_CLUSTERS:
        raise BrokenNodeError("has a larger index than is read")
    at = (begin + 8 + width - 1) // width * width
    place = int.from_bytes(blob.read_at(at, 8), "little")
    raw = blob.read_at(at + (8 if width == 4 else 0), count * width) if count * width <= blob.size else b""
    if len(raw) < count * width or not count:
        raise BrokenNodeError("has its index behind the end of the image")
    found = ClusterMap(size, [], [], [], [])
    for index in range(count):
        row = struct.unpack_from(f"<{min(width // 4, 5)}I", raw, index * width)
        length = row[0] & (MAX_PHYSICAL << 1) - 1
        if width == 4:
            start, here, place = index << cluster, place, place + length
        else:
            here = row[1] | (row[2] << 32 if width > 8 else 0)
            start = index << cluster if width == 8 else row[3] | (row[4] << 32 if width > 16 else 0)
        if (found.starts and start <= found.starts[-1]) or (not found.starts and start) or start >= size:
            raise BrokenNodeError("has an index whose clusters do not follow one another")
        way = _extent_way(row[0] >> 28, here | length, (1 << block) - 1, rotated=bool(advise & _INTERLACED)) if length else _HOLE
        if index + 1 == count and advise & _FRAGMENT:
            here, way = row[0] | (here << 32 if width > 4 else 0), _PACKED
        found.starts.append(start)
        found.places.append(here)
        found.lengths.append(min(length, MAX_PHYSICAL))
        found.ways.append(way)
    return found


def _extent_way(form: int, place: int, mask: int, *, rotated: bool) -> str:
    if form == 0:
        return _ROTATED if rotated and not place & mask else _SHIFTED
    if form > len(_ALGORITHMS):
        raise BrokenNodeError(f"is compressed by the unknown algorithm {form - 1}")
    return _ALGORITHMS[form - 1]


class ClustersBlob:
    """The content of a compressed file; physical clusters are unpacked on demand and held in `recent`, which files share.

    One that is damaged reads as zeros, and is told.
    """

    __slots__ = ("_blob", "_block", "_map", "_packed", "_recent", "_tell", "size")

    def __init__(self, blob: Blob, clusters: ClusterMap, packed: Blob | None, block: int, recent: Recent, tell: Tell) -> None:
        self.size = clusters.size
        self._blob = blob
        self._map = clusters
        self._packed = packed
        self._block = block
        self._recent = recent
        self._tell = tell

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        end = min(offset + length, self.size)
        starts = self._map.starts
        index = bisect_right(starts, offset) - 1
        pieces: list[bytes] = []
        while index < len(starts) and starts[index] < end:
            start = starts[index]
            stop = starts[index + 1] if index + 1 < len(starts) else self.size
            pieces.append(self._piece(index, start, stop, max(offset, start), min(end, stop)))
            index += 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _piece(self, index: int, start: int, stop: int, begin: int, end: int) -> bytes:
        place, length, way = self._map.places[index], self._map.lengths[index], self._map.ways[index]
        if way == _PACKED:
            piece = self._packed.read_at(place + begin - start, end - begin) if self._packed else b""
        elif way == _HOLE:
            return bytes(end - begin)
        elif stop - start > MAX_UNPACKED:
            piece = b""
        elif way in {_SHIFTED, _ROTATED}:
            # A plain cluster has no more bytes than the blocks it fills.
            piece = self._plain(place, length, way, start, stop)[begin - start : end - start]
        else:
            key = (place, length, stop - start)
            whole = self._recent.get(key, lambda: unpack_cluster(self._blob.read_at(place, length), way, stop - start))
            piece = whole if end - begin == len(whole) else whole[begin - start : end - start]
        if len(piece) < end - begin:
            self._tell("has a damaged or missing cluster; it reads as zeros")
            piece += bytes(end - begin - len(piece))
        return piece

    def _plain(self, place: int, length: int, way: str, start: int, stop: int) -> bytes:
        raw = self._blob.read_at(place, min(length, stop - start) if way == _SHIFTED else length)
        turn = start % self._block
        return (raw[turn:] + raw[:turn])[: stop - start] if way == _ROTATED else raw
