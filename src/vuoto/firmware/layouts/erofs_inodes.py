"""EROFS on disk (Linux, Documentation/filesystems/erofs.rst; fs/erofs/erofs_fs.h): superblock, inodes, directories, plain data.

Read: compact and extended inodes, plain, inline and chunk-based files, and compressed ones (`erofs_clusters`). Not read: data on
extra devices, the meta box of Linux 6.17, extended attributes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob, WindowBlob
from vuoto.firmware.image import BrokenImageError, Opening
from vuoto.firmware.layouts.directories import BrokenNodeError, Node
from vuoto.firmware.layouts.erofs_clusters import MAX_CLUSTERS, ClustersBlob, read_clusters
from vuoto.firmware.layouts.stretches import Recent, Stretch, StretchesBlob, Tell

MAGIC: Final = 0xE0F5E1E2

MAX_FILE: Final = 16 << 30
"""Bytes of one file. Nothing in a system is larger; compressed zeros could claim more."""

_PER_BYTE: Final = 1 << 15
"""Bytes of a file for a byte of image: the shortest index takes two bytes for a block of up to 64 KiB."""

CLUSTERS_PER_BLOCK: Final = 64
"""Clusters that all files together may have for each block of the image. Compression by more than 64 is not met in a system;
files that share their index, which no mkfs writes, would cost the square of the image otherwise."""

_SUPER_AT: Final = 1_024
_SLOT: Final = 32  # inodes are counted in units of their smallest size
_HELD: Final = 8 << 20
"""Bytes of unpacked clusters held: eight of the largest that mkfs makes by default."""

_TABLE_HELD: Final = 2 << 20
_TABLE_PIECE: Final = 1 << 16
_PLAIN, _FULL, _INLINE, _COMPACT, _CHUNKED = range(5)
_UNREAD: Final = {0x100: "a meta box (Linux 6.17)"}
_HOLE: Final = -1  # a plain file without blocks
_48BIT: Final = 0x80


class Erofs:
    """A file system in `blob`. Raises `BrokenImageError` where its superblock is damaged or asks for what is not read."""

    def __init__(self, blob: Blob, opening: Opening) -> None:
        self._blob = blob
        self._opening = opening
        raw = blob.read_at(_SUPER_AT, 144)
        if len(raw) < 128:
            raise BrokenImageError("its superblock is cut off")
        raw = raw.ljust(144, b"\0")
        self._bits: int = raw[12]
        if not 9 <= self._bits <= 16:
            raise BrokenImageError("its superblock is damaged")
        self.block: int = 1 << self._bits
        incompat: int = struct.unpack_from("<I", raw, 80)[0]
        for bit, what in _UNREAD.items():
            if incompat & bit:
                raise BrokenImageError(f"it uses {what}, which is not read")
        wide_root: int = struct.unpack_from("<Q", raw, 112)[0]
        # With 48-bit addresses the short root number is the upper part of the count of blocks, if the long one is set.
        self._wide = bool(incompat & _48BIT)
        self.root: int = wide_root if self._wide and wide_root else struct.unpack_from("<H", raw, 14)[0]
        self.built: int = struct.unpack_from("<Q", raw, 24)[0]
        blocks: int = struct.unpack_from("<I", raw, 36)[0] | (
            struct.unpack_from("<H", raw, 14)[0] << 32 if self._wide and wide_root else 0
        )
        self._meta: int = struct.unpack_from("<I", raw, 40)[0] * self.block
        self.uuid = raw[48:64].hex()
        self.label = raw[64:80].partition(b"\0")[0].decode("utf-8", "backslashreplace")
        directory: int = raw[90]
        self._directory_block = self.block << directory if directory <= 4 else self.block
        self._packed_nid: int = struct.unpack_from("<Q", raw, 96)[0] if incompat & 0x20 else 0
        if blocks * self.block > blob.size:
            opening.note(
                f"is cut off: it declares {blocks * self.block:,} bytes and has {blob.size:,}",
                "Get the image again from where it was taken",
            )
        self._recent = Recent(_HELD)
        self._tables = Recent(_TABLE_HELD)
        self._packed: Blob | None = None
        self._clusters_left = MAX_CLUSTERS + CLUSTERS_PER_BLOCK * (blob.size >> self._bits)

    def node(self, number: int) -> Node:
        """The inode `number`. Raises `BrokenNodeError`."""
        at = self._meta + number * _SLOT
        raw = self._table(at, 64)
        if len(raw) < 32 or (raw[0] & 1 and len(raw) < 64):
            raise BrokenNodeError(f"points to inode {number}, which lies behind the end of the image")
        form, xattrs, mode = struct.unpack_from("<HHH", raw, 0)
        extended = form & 1
        size: int = struct.unpack_from("<Q" if extended else "<I", raw, 8)[0]
        layout = form >> 1 & 7
        if size > min(MAX_FILE, self._blob.size * _PER_BYTE):
            raise BrokenNodeError(f"claims {size:,} bytes, more than the image can hold; it is not read")
        behind = at + (64 if extended else 32) + (12 + (xattrs - 1) * 4 if xattrs else 0)
        (value,) = struct.unpack_from("<I", raw, 16)
        # The upper 16 bits stand where the count of links was, in compact inodes only of files that say they have one link.
        upper: int = struct.unpack_from("<H", raw, 6)[0] if extended or (form & 0x10 and mode & 0xF000 != 0x4000) else 0
        first = value if layout == _CHUNKED else value | upper << 32
        if layout == _PLAIN and first in {0xFFFFFFFF, 0xFFFFFFFFFFFF}:
            first = _HOLE

        def tell(what: str) -> None:
            self._opening.note(f"inode {number} {what}")

        def content() -> Blob:
            try:
                return self._content(number, layout, size, first, behind, tell)
            except BrokenNodeError as error:
                tell(f"{error}; it reads as zeros")
                return StretchesBlob(size, (), tell)

        return Node(number=number, mode=mode, size=size, open=content)

    def names(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """Name and inode of the entries in a directory's bytes: in each block first the entries, then their names."""
        for begin in range(0, len(data), self._directory_block):
            block = data[begin : begin + self._directory_block]
            if len(block) < 12:
                continue
            count = struct.unpack_from("<H", block, 8)[0] // 12
            if not 0 < count <= len(block) // 12:
                self._opening.note("a directory block is damaged; its names are not listed")
                continue
            rows = [struct.unpack_from("<QH", block, index * 12) for index in range(count)]
            ends = [offset for _, offset in rows[1:]] + [len(block)]
            for (number, offset), end in zip(rows, ends, strict=True):
                name = block[offset:end].partition(b"\0")[0] if offset < end else b""
                if name:
                    yield name, number

    def _table(self, at: int, length: int) -> bytes:
        """`length` bytes of metadata, through the pieces that were read last."""
        piece, inside = divmod(at, _TABLE_PIECE)
        held = self._tables.get(piece, lambda: self._blob.read_at(piece * _TABLE_PIECE, _TABLE_PIECE + 64))
        return held[inside : inside + length]

    def _content(self, number: int, layout: int, size: int, first: int, behind: int, tell: Tell) -> Blob:
        if not size:
            return BytesBlob(b"")
        if layout in {_FULL, _COMPACT}:
            self._spend(size >> self._bits)
            clusters = read_clusters(self._blob, (behind + 7) & ~7, size, self._bits, compact=layout == _COMPACT)
            packed = self._packed_file(number) if "packed" in clusters.ways else None
            return ClustersBlob(self._blob, clusters, packed, self.block, self._recent, tell)
        if layout == _PLAIN and first == _HOLE:
            return self._within(size, [], tell)
        if layout == _PLAIN:
            return self._within(size, [Stretch(0, size, self._blob, first << self._bits)], tell)
        if layout == _INLINE:
            # All blocks but the last stand together; the last stands behind its inode.
            whole = (size - 1) >> self._bits << self._bits
            tail = Stretch(whole, size - whole, self._blob, behind)
            return self._within(size, [Stretch(0, whole, self._blob, first << self._bits), tail], tell)
        if layout == _CHUNKED:
            return self._chunked(size, first, behind, tell)
        raise BrokenNodeError(f"has the unknown layout {layout}")

    def _within(self, size: int, stretches: list[Stretch], tell: Tell) -> Blob:
        if len(stretches) == 1 and stretches[0].offset + size <= self._blob.size:
            return WindowBlob(self._blob, stretches[0].offset, size)
        return StretchesBlob(size, stretches, tell)

    def _chunked(self, size: int, form: int, behind: int, tell: Tell) -> Blob:
        bits = self._bits + (form & 0x1F)
        width = 8 if form & 0x20 else 4
        total = (size + (1 << bits) - 1) >> bits
        self._spend(total)
        begin = (behind + width - 1) // width * width
        if total * width > self._blob.size:
            raise BrokenNodeError(f"claims {size:,} bytes, more than the image has an index for")
        raw = self._blob.read_at(begin, total * width)
        if len(raw) < total * width:
            raise BrokenNodeError("has its chunk index behind the end of the image")
        stretches: list[Stretch] = []
        rows = struct.iter_unpack("<HHI", raw) if width == 8 else ((0, 0, number) for (number,) in struct.iter_unpack("<I", raw))
        for index, (upper, device, block) in enumerate(rows):
            place = block | upper << 32 if form & 0x40 else block
            if block == 0xFFFFFFFF and (upper == 0xFFFF or not form & 0x40):
                continue  # a hole
            if device:
                tell("has data on another device, which is not read; it reads as zeros")
                continue
            stretches.append(Stretch(index << bits, min(1 << bits, size - (index << bits)), self._blob, place << self._bits))
        return StretchesBlob(size, stretches, tell)

    def _spend(self, clusters: int) -> None:
        self._clusters_left -= clusters
        if clusters > MAX_CLUSTERS or self._clusters_left < 0:
            raise BrokenNodeError("has a larger index than is read")

    def _packed_file(self, number: int) -> Blob | None:
        """The file that holds the fragments of others."""
        if not self._packed_nid or number == self._packed_nid:
            return None
        if self._packed is None:
            self._packed = self.node(self._packed_nid).open()
        return self._packed
