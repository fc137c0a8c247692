"""F2FS on disk (Linux, Documentation/filesystems/f2fs.rst; include/linux/f2fs_fs.h): checkpoint, nodes, inodes, directories.

Read: inline data and directories, extra attributes, flexible inline attributes, files compressed with LZ4 and zstd. Not read:
encrypted files, LZO, extended attributes, what was written after the last checkpoint, several devices, other blocks than 4 KiB.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob
from vuoto.firmware.image import BrokenImageError, Opening
from vuoto.firmware.layouts.directories import MAX_DIRECTORY, BrokenNodeError, Node
from vuoto.firmware.layouts.f2fs_compressed import Cluster, CompressedBlob
from vuoto.firmware.layouts.stretches import Recent, Stretch, StretchesBlob, Tell

MAGIC: Final = 0xF2F52010
BLOCK: Final = 4_096

MAX_BLOCKS: Final = 1 << 20
"""Blocks of one file: 4 GB. Their addresses take some 100 MB in memory."""

READ_AGAIN: Final = 8
"""How often each block of an image may be read for addresses, all files together; see `ext4_inodes.READ_AGAIN`."""

_SUPER_AT: Final = (1_024, 1_024 + BLOCK)
_PER_NAT: Final = 455  # entries of nine bytes in a block
_PER_NODE: Final = 1_018
_PER_INODE: Final = 923
_ADDRESSES_AT: Final = 360
_NODES_AT: Final = _ADDRESSES_AT + 4 * _PER_INODE
_DEFAULT_XATTR: Final = 50
_COMPACT_SUMMARY, _LARGE_BITMAP, _UNMOUNTED = 0x4, 0x400, 0x1
_FEATURE_FLEXIBLE: Final = 0x40
_XATTR, _DATA, _DENTRIES, _EXTRA = 0x1, 0x2, 0x4, 0x20
_ENCRYPTED, _COMPRESSED = 0x4, 0x4  # of i_advise, of i_flags
_HOLES: Final = frozenset((0, 0xFFFFFFFF))
_HELD: Final = 8 << 20
_JOURNAL: Final = 38  # entries of nodes in a summary block's journal
_ROW: Final = struct.Struct("<IH")


class F2fs:
    """A file system in `blob`. Raises `BrokenImageError` where neither superblock nor checkpoint is whole."""

    def __init__(self, blob: Blob, opening: Opening) -> None:
        self._blob = blob
        self._opening = opening
        copies = (blob.read_at(at, 3_072) for at in _SUPER_AT)
        raw = next((r for r in copies if len(r) == 3_072 and r.startswith(MAGIC.to_bytes(4, "little"))), b"")
        if not raw:
            raise BrokenImageError("its superblocks are damaged or cut off")
        u32 = struct.Struct("<I").unpack_from
        bits, self._segment_bits = u32(raw, 16)[0], u32(raw, 20)[0]
        if bits != 12 or not 1 <= self._segment_bits <= 16:
            raise BrokenImageError(f"its blocks have 2^{min(bits, 99)} bytes, and 4,096 are read")
        (blocks,) = struct.unpack_from("<Q", raw, 36)
        if blocks * BLOCK > blob.size:
            opening.note(
                f"is cut off: it declares {blocks * BLOCK:,} bytes and has {blob.size:,}",
                "Get the image again from where it was taken",
            )
        checkpoint, self._nat, self.root = u32(raw, 76)[0], u32(raw, 84)[0], u32(raw, 96)[0]
        self.uuid = raw[108:124].hex()
        self.label = raw[124:1_148].decode("utf-16-le", "replace").partition("\0")[0]
        self._flexible = bool(u32(raw, 2_180)[0] & _FEATURE_FLEXIBLE)
        self._recent = Recent(_HELD)
        self._left = READ_AGAIN * (blob.size // BLOCK + 1)
        self._bitmap, self._moved = self._checkpoint(checkpoint, bool(u32(raw, 1_664)[0]))

    def _checkpoint(self, at: int, payload: bool) -> tuple[bytes, dict[int, int]]:
        """Which node address blocks count, and the node addresses that stand in the journal, of the newer whole checkpoint."""
        best: tuple[int, int, bytes] | None = None
        for start in (at, at + (1 << self._segment_bits)):
            pack = self._block(start)
            version, total = struct.unpack_from("<Q", pack)[0], struct.unpack_from("<I", pack, 136)[0]
            if not 2 <= total <= 1 << self._segment_bits or not version:
                continue
            if self._block(start + total - 1)[:8] == pack[:8] and (best is None or version > best[0]):
                best = version, start, pack
        if best is None:
            raise BrokenImageError("neither of its checkpoints is whole")
        _, start, pack = best
        flags, total, sums = struct.unpack_from("<3I", pack, 132)
        sit_bytes, nat_bytes = struct.unpack_from("<2I", pack, 156)
        offset = 192 + (4 if flags & _LARGE_BITMAP else 0 if payload else sit_bytes)
        bitmap = pack[offset : offset + nat_bytes]
        if flags & _COMPACT_SUMMARY:
            journal = self._block(start + sums)
        else:
            # The summaries of the six kinds of segment, or of the three of data, stand before the last block.
            journal = self._block(start + total - (7 if flags & _UNMOUNTED else 4))[3_584:]
        (count,) = struct.unpack_from("<H", journal)
        rows = (struct.unpack_from("<IBII", journal, 2 + 13 * index) for index in range(min(count, _JOURNAL)))
        return bitmap, {nid: address for nid, _, _, address in rows}

    def node(self, number: int) -> Node:
        """The inode `number`. Raises `BrokenNodeError`."""
        raw = self._node_block(number)
        if struct.unpack_from("<2I", raw, 4_072) != (number, number):
            raise BrokenNodeError(f"points to node {number}, which is no inode")
        mode, advise, inline = struct.unpack_from("<HBB", raw)
        (size,) = struct.unpack_from("<Q", raw, 16)
        if advise & _ENCRYPTED:
            raise BrokenNodeError("is encrypted; it cannot be read without the device")
        if size > MAX_BLOCKS * BLOCK:
            raise BrokenNodeError(f"claims {size:,} bytes, more than is read")
        extra = struct.unpack_from("<H", raw, _ADDRESSES_AT)[0] // 4 if inline & _EXTRA else 0
        xattrs = struct.unpack_from("<H", raw, _ADDRESSES_AT + 2)[0] if self._flexible and extra else 0
        if not xattrs and inline & (_XATTR | _DENTRIES):
            xattrs = _DEFAULT_XATTR  # also where sload.f2fs forgets to write it
        room = _PER_INODE - extra - xattrs
        if room < 1:
            raise BrokenNodeError("has a damaged inode")
        begin = _ADDRESSES_AT + 4 * extra

        def tell(what: str) -> None:
            self._opening.note(f"inode {number} {what}")

        within = raw[begin + 4 : begin + 4 * room]
        if mode & 0xF000 == 0x4000:
            rows = self._inline_names(within) if inline & _DENTRIES else self._names(raw, begin, room, size, tell)
            data = b"".join(_ROW.pack(inode, len(name)) + name for name, inode in rows)
            return Node(number=number, mode=mode, size=len(data), open=lambda: BytesBlob(data))
        if inline & _DATA:
            inside = BytesBlob(within[:size])
            return Node(
                number=number,
                mode=mode,
                size=size,
                open=lambda: StretchesBlob(size, [Stretch(0, inside.size, inside, 0)] if inside.size else [], tell),
            )
        return Node(number=number, mode=mode, size=size, open=lambda: self._content(raw, begin, room, size, tell))

    def names(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """Name and inode of the rows that `node` makes of a directory."""
        place = 0
        while place + _ROW.size <= len(data):
            inode, length = _ROW.unpack_from(data, place)
            yield data[place + _ROW.size : place + _ROW.size + length], inode
            place += _ROW.size + length

    def _inline_names(self, area: bytes) -> Iterator[tuple[bytes, int]]:
        count = len(area) * 8 // (19 * 8 + 1)
        bitmap = (count + 7) // 8
        return _dentries(area, count, len(area) - 19 * count) if bitmap <= len(area) - 19 * count else iter(())

    def _names(self, raw: bytes, begin: int, room: int, size: int, tell: Tell) -> Iterator[tuple[bytes, int]]:
        content = self._content(raw, begin, room, min(size, MAX_DIRECTORY), tell)
        for at in range(0, content.size, BLOCK):
            yield from _dentries(content.read_at(at, BLOCK).ljust(BLOCK, b"\0"), 214, 30)

    def _content(self, raw: bytes, begin: int, room: int, size: int, tell: Tell) -> Blob:
        (flags,) = struct.unpack_from("<I", raw, 80)
        # Algorithm and size of clusters stand in the extra attributes.
        if not (flags & _COMPRESSED and raw[1] & 0xF0 == 0x80 and begin >= _ADDRESSES_AT + 36):
            addresses = self._addresses(raw, begin, room, _PER_NODE, (size + BLOCK - 1) // BLOCK, tell)
            return StretchesBlob(size, self._runs(addresses), tell)
        algorithm, bits = raw[_ADDRESSES_AT + 32], raw[_ADDRESSES_AT + 33]
        if not 1 <= bits <= 8:
            tell("has damaged compression; it reads as zeros")
            return StretchesBlob(size, (), tell)
        # A cluster does not reach from one node into the next.
        width = 1 << bits
        count = (size + BLOCK - 1 >> 12) + width - 1 & -width
        found = list(self._addresses(raw, begin, room & -width, _PER_NODE & -width, count, tell))
        clusters = [Cluster(at << 12, tuple(found[at : at + width])) for at in range(0, len(found), width)]
        return CompressedBlob(self._blob, size, clusters, width, algorithm, self._recent, tell)

    def _runs(self, addresses: Iterator[int]) -> Iterator[Stretch]:
        start = first = count = 0
        for index, address in enumerate(addresses):
            if count and address == first + count:
                count += 1
                continue
            if count:
                yield Stretch(start * BLOCK, count * BLOCK, self._blob, first * BLOCK)
            start, first, count = index, address, int(address not in _HOLES)
        if count:
            yield Stretch(start * BLOCK, count * BLOCK, self._blob, first * BLOCK)

    def _addresses(self, raw: bytes, begin: int, room: int, per: int, wanted: int, tell: Tell) -> Iterator[int]:
        """Addresses of the first `wanted` blocks: in the inode, then in two direct, two indirect, and a double indirect node."""
        given = min(room, wanted)
        yield from struct.unpack_from(f"<{given}I", raw, begin)
        nodes = struct.unpack_from("<5I", raw, _NODES_AT)
        pending = [(nid, level) for nid, level in zip(reversed(nodes), (2, 1, 1, 0, 0), strict=True)]
        while pending and given < wanted:
            nid, level = pending.pop()
            holds = per * _PER_NODE**level
            if not nid:
                few = min(holds, wanted - given)
                yield from (0 for _ in range(few))
                given += few
                continue
            self._left -= 1
            if self._left < 0:
                tell("is mapped by more blocks than the image has; what is not mapped reads as zeros")
                return
            try:
                block = self._node_block(nid)
            except BrokenNodeError as error:
                tell(f"{error}; the rest reads as zeros")
                return
            if level:
                pending.extend((child, level - 1) for child in reversed(struct.unpack_from(f"<{_PER_NODE}I", block)))
                continue
            few = min(per, wanted - given)
            yield from struct.unpack_from(f"<{few}I", block)
            given += few

    def _node_block(self, nid: int) -> bytes:
        address = self._moved.get(nid)
        if address is None:
            index, entry = divmod(nid, _PER_NAT)
            if index >= 8 * len(self._bitmap):
                raise BrokenNodeError(f"points to node {nid}, which does not exist")
            segment, inside = index >> self._segment_bits, index & (1 << self._segment_bits) - 1
            # Each segment of the table has a copy behind it; a bit says which one counts.
            copy = self._bitmap[index >> 3] >> (7 - index % 8) & 1
            place = self._nat + ((2 * segment + copy) << self._segment_bits) + inside
            table = self._recent.get(place, lambda: self._block(place))
            (address,) = struct.unpack_from("<I", table, 9 * entry + 5)
        if address in _HOLES:
            raise BrokenNodeError(f"points to node {nid}, which does not exist")
        raw = self._blob.read_at(address * BLOCK, BLOCK)
        if len(raw) < BLOCK:
            raise BrokenNodeError("has its node behind the end of the image")
        return raw

    def _block(self, number: int) -> bytes:
        return self._blob.read_at(number * BLOCK, BLOCK).ljust(BLOCK, b"\0")


def _dentries(area: bytes, count: int, entries: int) -> Iterator[tuple[bytes, int]]:
    """Name and inode of the entries of a block: a bitmap of slots, entries of 11 bytes from `entries`, names in slots of 8."""
    names = entries + 11 * count
    slot = 0
    while slot < count:
        if not area[slot >> 3] >> slot % 8 & 1:
            slot += 1
            continue
        _, inode, length, _ = struct.unpack_from("<IIHB", area, entries + 11 * slot)
        if inode and 0 < length <= 8 * (count - slot):
            yield area[names + 8 * slot : names + 8 * slot + length], inode
        slot += max((length + 7) // 8, 1)
