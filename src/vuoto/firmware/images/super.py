"""super images: several partitions in one, by LP metadata (AOSP system/core/fs_mgr/liblp/include/liblp/metadata_format.h).

Reads the primary and the backup geometry, and of the metadata slots the first that is whole. Not read: a super that spans several
block devices (its extents on others read as zeros, with a `Problem`).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from vuoto.firmware.content import Blob, Entry, Image
from vuoto.firmware.image import BrokenImageError, ImageFormat, Opening
from vuoto.firmware.layouts.paths import without_slot
from vuoto.firmware.layouts.stretches import Stretch, StretchesBlob

SECTOR: Final = 512

MAX_METADATA: Final = 1 << 18
"""Bytes of the tables of one metadata slot. AOSP reserves 64 KiB."""

MAX_PARTITIONS: Final = 512
"""Partitions read. Phones have some twenty for each slot; with the bound above it keeps shared extents from costing quadratic
work."""

MAX_SLOTS: Final = 16
"""Metadata slots looked at; devices have two or three."""

MAX_PARTITION: Final = 1 << 40
"""Bytes of one partition; see `vuoto.firmware.layouts.sparse.MAX_BYTES`."""

_GEOMETRY_MAGIC: Final = 0x616C4467
_HEADER_MAGIC: Final = 0x414C5030
_GEOMETRY_AT: Final = (4_096, 8_192, 0)  # primary, backup, and where lpmake puts it in images without data
_RESERVED: Final = 4_096  # the first block is left for a boot sector
_GEOMETRY_BYTES: Final = 4_096
_GEOMETRY: Final = struct.Struct("<II32sIII")
_HEADER: Final = struct.Struct("<IHHI32sI32s12I")
_PARTITION: Final = struct.Struct("<36sIIII")
_EXTENT: Final = struct.Struct("<QIQI")
_LINEAR, _ZERO = 0, 1
_DAMAGED: Final = "Get the image again from where it was taken"


@dataclass(frozen=True, slots=True)
class _Partition:
    name: str
    extents: list[tuple[int, int, int, int]]
    """Sectors, kind, where the data begins in sectors, and on which device."""


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    magic = _GEOMETRY_MAGIC.to_bytes(4, "little")
    return 100 if any(head.startswith(magic, at) for at in _GEOMETRY_AT) else 0


def _open(blob: Blob, opening: Opening) -> Image:
    partitions, slot = _metadata(blob, opening)
    used = {p.name for p in partitions if p.extents}
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: _entries(blob, partitions, used, opening),
        properties={"metadata_slot": str(slot), "partitions": " ".join(sorted(p.name for p in partitions))},
        problems=opening.problems,
    )


def _metadata(blob: Blob, opening: Opening) -> tuple[tuple[_Partition, ...], int]:
    found = False
    for at in _GEOMETRY_AT:
        raw = blob.read_at(at, _GEOMETRY.size)
        if len(raw) < _GEOMETRY.size:
            continue
        magic, length, digest, most, slots, _block = _GEOMETRY.unpack(raw)
        if magic != _GEOMETRY_MAGIC:
            continue
        found = True
        blanked = raw[:8] + bytes(32) + raw[40:]
        if length != _GEOMETRY.size or hashlib.sha256(blanked).digest() != digest:
            opening.note(f"the geometry at byte {at} does not match its checksum; the next copy is tried", _DAMAGED)
            continue
        first = _GEOMETRY_BYTES if at == 0 else _RESERVED + 2 * _GEOMETRY_BYTES
        slots = min(slots, MAX_SLOTS)
        # The primary slots stand first, then a backup of each.
        for index in range(slots if at == 0 else 2 * slots):
            partitions = _slot(blob, first + index * most, most)
            if partitions is not None:
                if index:
                    opening.note(f"metadata slot 0 is damaged or empty; slot {index % slots} was read", _DAMAGED)
                return partitions, index % slots
    raise BrokenImageError("no copy of its metadata is whole" if found else "it has no geometry")


def _slot(blob: Blob, at: int, most: int) -> tuple[_Partition, ...] | None:
    raw = blob.read_at(at, 256)
    if len(raw) < _HEADER.size:
        return None
    magic, major, _minor, header, digest, tables, tables_digest, *rows = _HEADER.unpack_from(raw)
    if magic != _HEADER_MAGIC or major != 10 or not _HEADER.size <= header <= len(raw) or tables > min(most, MAX_METADATA):
        return None
    if hashlib.sha256(raw[:12] + bytes(32) + raw[44:header]).digest() != digest:
        return None
    data = blob.read_at(at + header, tables)
    if hashlib.sha256(data).digest() != tables_digest:
        return None
    extents: list[tuple[int, int, int, int]] = [_EXTENT.unpack_from(data, place) for place in _rows(data, rows[3:6], _EXTENT)]
    partitions: list[_Partition] = []
    for place in _rows(data, rows[0:3], _PARTITION)[:MAX_PARTITIONS]:
        name, _attributes, first, count, _group = _PARTITION.unpack_from(data, place)
        label = name.partition(b"\0")[0].decode("ascii", "backslashreplace").replace("/", "_")
        partitions.append(_Partition(label, extents[first : first + count]))
    return tuple(partitions)


def _rows(data: bytes, table: list[int], form: struct.Struct) -> range:
    """Where the rows of a table begin, as far as it is there."""
    offset, count, width = table
    if width < form.size:
        return range(0)
    return range(offset, min(offset + count * width, len(data) - form.size + 1), width)


def _entries(blob: Blob, partitions: tuple[_Partition, ...], used: set[str], opening: Opening) -> Iterator[Entry]:
    seen: set[str] = set()
    for partition in partitions:
        name = partition.name
        if name in seen or not name:
            opening.note(f"the partition {name!r} stands twice or has no name; it is not read again")
            continue
        seen.add(name)
        if not partition.extents:
            continue
        plain = without_slot(name)
        # Where both slots hold something, the slot stays in the name, or the two would be taken for one.
        both = {plain + "_a", plain + "_b"} <= used
        size = sum(extent[0] for extent in partition.extents) * SECTOR
        if size > MAX_PARTITION:
            opening.note(f"the partition {name!r} claims {size:,} bytes; it is not read")
            continue
        yield Entry(
            path=f"{name}.img",
            kind="file",
            size=size,
            open=partial(_content, blob, partition, size, opening),
            partition=name if both else plain,
        )


def _content(blob: Blob, partition: _Partition, size: int, opening: Opening) -> Blob:
    stretches: list[Stretch] = []
    start = 0
    for sectors, kind, data, source in partition.extents:
        length = sectors * SECTOR
        if kind == _LINEAR and source == 0 and length:
            stretches.append(Stretch(start, length, blob, data * SECTOR))
        elif kind == _LINEAR and length:
            opening.note(f"the partition {partition.name!r} lies partly on another block device; that part reads as zeros")
        elif kind != _ZERO:
            opening.note(f"the partition {partition.name!r} has an extent of the unknown kind {kind}; it reads as zeros")
        start += length
    return StretchesBlob(size, stretches, lambda what: opening.note(f"the partition {partition.name!r} {what}"))


IMAGE = ImageFormat(name="super", title="a super image", recognise=_recognise, open=_open, naming="beside")
