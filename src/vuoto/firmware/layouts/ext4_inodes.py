"""ext2, ext3 and ext4 on disk (Linux, Documentation/filesystems/ext4): superblock, groups, inodes, block maps, directories.

Read: extents, block maps, inline data, 64bit, meta_bg, flex_bg, metadata_csum (not checked), shared blocks. Not read: encrypted
and compressed files, the journal (an image that was not cleanly unmounted is read as it stands), extended attributes but inline
data.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob
from vuoto.firmware.image import BrokenImageError, Opening
from vuoto.firmware.layouts.directories import BrokenNodeError, Node
from vuoto.firmware.layouts.stretches import Recent, Stretch, StretchesBlob, Tell

MAX_STRETCHES: Final = 1_000_000
"""Runs of blocks of one file. A file of 4 GB whose every block stands apart has as many."""

READ_AGAIN: Final = 8
"""How often each block of an image may be read as part of a block map, all files together. Files that share their maps, which no
mkfs writes, would cost the square of the image otherwise."""

MAX_TREE_DEPTH: Final = 5
"""Levels of an extent tree (fs/ext4: `EXT4_MAX_EXTENT_DEPTH`)."""

_SUPER_AT: Final = 1_024
_TABLE_HELD: Final = 4 << 20  # inode table blocks; inodes of one directory stand together
_TABLE_PIECE: Final = 1 << 16
_INCOMPAT_META_BG: Final = 0x10
_INCOMPAT_64BIT: Final = 0x80
_INCOMPAT_UNREAD: Final = {0x1: "compression", 0x8: "an external journal"}
_FLAG_ENCRYPTED, _FLAG_EXTENTS, _FLAG_INLINE = 0x800, 0x80000, 0x10000000
_EXTENT_MAGIC: Final = 0xF30A
_XATTR_MAGIC: Final = 0xEA020000


class Ext4:
    """A file system in `blob`. Raises `BrokenImageError` where its superblock is damaged."""

    root = 2
    """The inode of the root directory, by the specification."""

    def __init__(self, blob: Blob, opening: Opening) -> None:
        self._blob = blob
        self._opening = opening
        raw = blob.read_at(_SUPER_AT, 1_024)
        if len(raw) < 1_024:
            raise BrokenImageError("its superblock is cut off")
        u32 = struct.Struct("<I").unpack_from
        u16 = struct.Struct("<H").unpack_from
        self.inodes: int = u32(raw, 0)[0]
        shift: int = u32(raw, 24)[0]
        self._first: int = u32(raw, 20)[0]
        self._blocks_per_group: int = u32(raw, 32)[0]
        self._inodes_per_group: int = u32(raw, 40)[0]
        self._inode_size: int = u16(raw, 88)[0] if u32(raw, 76)[0] else 128
        incompat: int = u32(raw, 96)[0]
        if shift > 6 or not self._inodes_per_group or not self._blocks_per_group:
            raise BrokenImageError("its superblock is damaged")
        self.block: int = 1_024 << shift
        if not 128 <= self._inode_size <= self.block:
            raise BrokenImageError(f"its superblock is damaged (inodes of {self._inode_size} bytes)")
        for bit, what in _INCOMPAT_UNREAD.items():
            if incompat & bit:
                raise BrokenImageError(f"it uses {what}, which is not read")
        blocks: int = u32(raw, 4)[0] | (u32(raw, 336)[0] << 32 if incompat & _INCOMPAT_64BIT else 0)
        if blocks * self.block > blob.size:
            opening.note(
                f"is cut off: it declares {blocks * self.block:,} bytes and has {blob.size:,}",
                "Get the image again from where it was taken",
            )
        self._descriptor: int = max(u16(raw, 254)[0], 32) if incompat & _INCOMPAT_64BIT else 32
        self._meta_bg: int | None = u32(raw, 260)[0] if incompat & _INCOMPAT_META_BG else None
        self.label = raw[120:136].partition(b"\0")[0].decode("utf-8", "backslashreplace")
        self.mounted_at = raw[136:200].partition(b"\0")[0].decode("utf-8", "backslashreplace")
        self.uuid = raw[104:120].hex()
        self._tables: dict[int, int] = {}
        self._recent = Recent(_TABLE_HELD)
        self._maps_left = READ_AGAIN * (blob.size // self.block + 1)

    def node(self, number: int) -> Node:
        """The inode `number`. Raises `BrokenNodeError`."""
        raw = self._inode(number)
        mode, _, low = struct.unpack_from("<HHI", raw, 0)
        (flags,) = struct.unpack_from("<I", raw, 32)
        kind = mode & 0xF000
        size = low | (struct.unpack_from("<I", raw, 108)[0] << 32 if kind in {0x8000, 0x4000} else 0)
        if flags & _FLAG_ENCRYPTED:
            raise BrokenNodeError("is encrypted; it cannot be read without the device")
        if size > self._blob.size:
            # A hole can make a file larger than its image; no maker ships one, and a reader must not be asked for exabytes.
            self._opening.note(f"inode {number} claims {size:,} bytes, more than the image has; it is cut to that")
            size = self._blob.size
        return Node(number=number, mode=mode, size=size, open=lambda: self._content(number, raw, kind, size, flags))

    def names(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """Name and inode of the entries in a directory's bytes; index blocks hold none, and look like an empty entry."""
        place, end = 0, len(data)
        while place + 8 <= end:
            number, length, width = struct.unpack_from("<IHB", data, place)
            # The largest block, 64 KiB, does not fit its 16 bits (fs/ext4/ext4.h, ext4_rec_len_from_disk).
            if length in {0, 0xFFFF} and self.block == 65_536:
                length = 65_536 - place % 65_536
            if length < 8 or length % 4:
                # What stands behind in this block cannot be found; the next block begins anew.
                place += self.block - place % self.block
                self._opening.note("a directory block is damaged; the names behind the damage are not listed")
                continue
            if number and 8 + width <= length and width:
                yield data[place + 8 : place + 8 + width], number
            place += length

    def _inode(self, number: int) -> bytes:
        if not 0 < number <= self.inodes:
            raise BrokenNodeError(f"points to inode {number}, which does not exist")
        group, index = divmod(number - 1, self._inodes_per_group)
        at = self._table(group) + index * self._inode_size
        piece, inside = divmod(at, _TABLE_PIECE)
        held = self._recent.get(piece, lambda: self._blob.read_at(piece * _TABLE_PIECE, _TABLE_PIECE + self.block))
        raw = held[inside : inside + self._inode_size]
        if len(raw) < self._inode_size:
            raise BrokenNodeError("has its inode behind the end of the image")
        return raw

    def _table(self, group: int) -> int:
        """Where the inode table of `group` begins."""
        found = self._tables.get(group)
        if found is not None:
            return found
        per_block = self.block // self._descriptor
        if per_block == 0:
            raise BrokenNodeError("has no group descriptor")
        index = group // per_block
        if self._meta_bg is not None and index >= self._meta_bg:
            # meta_bg: the descriptors of a run of groups stand in the first of them, behind its superblock where it has one.
            first = index * per_block
            start = first * self._blocks_per_group + self._first
            # With clusters of blocks of 1 KiB the first group begins at 0, and its superblock stands at 1 all the same.
            shifted = first == 0 and self._first == 0 and self.block == _SUPER_AT
            at = (start + _has_super(first) + shifted) * self.block + group % per_block * self._descriptor
        else:
            at = (_SUPER_AT // self.block + 1) * self.block + group * self._descriptor
        raw = self._blob.read_at(at, self._descriptor)
        if len(raw) < 32:
            raise BrokenNodeError("has its group descriptor behind the end of the image")
        table: int = struct.unpack_from("<I", raw, 8)[0]
        if len(raw) >= 64:
            table |= struct.unpack_from("<I", raw, 40)[0] << 32
        self._tables[group] = table * self.block
        return table * self.block

    def _content(self, number: int, raw: bytes, kind: int, size: int, flags: int) -> Blob:
        def tell(what: str) -> None:
            self._opening.note(f"inode {number} {what}")

        area = raw[40:100]
        if flags & _FLAG_INLINE:
            if kind == 0x4000:
                # An inline directory begins with its parent's number, then entries: 56 bytes here, the rest in the attribute.
                return BytesBlob(area[4:] + _inline_rest(raw))
            data = BytesBlob(area + _inline_rest(raw))
            return StretchesBlob(size, [Stretch(0, min(data.size, size), data, 0)] if size else (), tell)
        if kind == 0xA000 and size < 60 and not flags & _FLAG_EXTENTS:
            return BytesBlob(area[:size])
        stretches = self._extents(area, size, tell) if flags & _FLAG_EXTENTS else self._mapped(area, size, tell)
        return StretchesBlob(size, stretches, tell)

    def _extents(self, root: bytes, size: int, tell: Tell) -> Iterator[Stretch]:
        pending: list[tuple[bytes, int]] = [(root, MAX_TREE_DEPTH + 1)]
        given = 0
        while pending:
            data, above = pending.pop()
            magic, count, _, depth = struct.unpack_from("<HHHH", data, 0) if len(data) >= 12 else (0, 0, 0, 0)
            # A child lies one level lower than its parent: this is what ends a loop.
            if magic != _EXTENT_MAGIC or depth >= above:
                tell("has a damaged extent tree; what it does not reach reads as zeros")
                continue
            count = min(count, (len(data) - 12) // 12)
            if depth == 0:
                for logical, length, high, low in struct.iter_unpack("<IHHI", data[12 : 12 + count * 12]):
                    # Above 32,768 the extent is allocated and not yet written: it reads as zeros.
                    if not 0 < length <= 32_768 or logical * self.block >= size:
                        continue
                    yield Stretch(logical * self.block, length * self.block, self._blob, (high << 32 | low) * self.block)
                given += count
                if given > MAX_STRETCHES:
                    tell(f"stands in more than {MAX_STRETCHES:,} places; the rest reads as zeros")
                    return
                continue
            for _, low, high, _ in struct.iter_unpack("<IIHH", data[12 : 12 + count * 12]):
                if not self._may_read_map(tell):
                    return
                pending.append((self._blob.read_at((high << 32 | low) * self.block, self.block), depth))

    def _mapped(self, area: bytes, size: int, tell: Tell) -> Iterator[Stretch]:
        """The block map of ext2: twelve blocks, then one block of numbers, one of such blocks, and one of those."""
        per = self.block // 4
        numbers = struct.unpack("<15I", area)
        wanted = (size + self.block - 1) // self.block
        run: tuple[int, int, int] | None = None  # first logical block, first block on disk, count
        # Levels of blocks are walked with a list; a level can name itself, but not more often than the file has blocks.
        pending: list[tuple[int, int]] = [(numbers[12 + level], level + 1) for level in (2, 1, 0)]
        pending += [(number, 0) for number in reversed(numbers[:12])]
        logical = runs = 0
        while pending and logical < wanted:
            number, level = pending.pop()
            if level and number:
                if not self._may_read_map(tell):
                    break
                raw = self._blob.read_at(number * self.block, self.block)
                if len(raw) < self.block:
                    tell("has its block map behind the end of the image; the rest reads as zeros")
                    break
                children = struct.unpack(f"<{per}I", raw)
                pending.extend((child, level - 1) for child in reversed(children))
                continue
            if number and run and run[0] + run[2] == logical and run[1] + run[2] == number:
                run = run[0], run[1], run[2] + 1
            elif number:
                if run:
                    yield self._stretch(run)
                    runs += 1
                    if runs > MAX_STRETCHES:
                        tell(f"stands in more than {MAX_STRETCHES:,} places; the rest reads as zeros")
                        return
                run = logical, number, 1
            logical += per**level
        if run:
            yield self._stretch(run)

    def _may_read_map(self, tell: Tell) -> bool:
        self._maps_left -= 1
        if self._maps_left < 0:
            tell("is mapped by more blocks than the image has; what is not mapped reads as zeros")
        return self._maps_left >= 0

    def _stretch(self, run: tuple[int, int, int]) -> Stretch:
        logical, number, count = run
        return Stretch(logical * self.block, count * self.block, self._blob, number * self.block)


def _has_super(group: int) -> bool:
    """Whether a group has a copy of the superblock (sparse_super): 0, 1 and the powers of 3, 5 and 7."""
    if group <= 1:
        return True
    for base in (3, 5, 7):
        power = base
        while power < group:
            power *= base
        if power == group:
            return True
    return False


def _inline_rest(raw: bytes) -> bytes:
    """The value of the attribute `system.data` in the inode's own space, where inline data goes on (ext4, "Inline Data")."""
    if len(raw) < 132:
        return b""
    begin = 128 + struct.unpack_from("<H", raw, 128)[0]
    if begin + 4 > len(raw) or struct.unpack_from("<I", raw, begin)[0] != _XATTR_MAGIC:
        return b""
    first = place = begin + 4
    while place + 16 <= len(raw) and raw[place : place + 4] != bytes(4):
        width, index, offset, _, size = struct.unpack_from("<BBHII", raw, place)
        if index == 7 and raw[place + 16 : place + 16 + width] == b"data":
            return raw[first + offset : first + offset + size]
        place += 16 + (width + 3 & ~3)
    return b""
