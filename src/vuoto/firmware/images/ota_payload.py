"""A/B OTA payloads, `payload.bin`: Chrome OS and Android update_engine's format, major version 2 (`payload_metadata.h`).

Partitions are read in place: an operation is carried out when its blocks are asked for. Incremental payloads need the old build's
partitions (`Opening.old`). Not read: PUFFDIFF, ZUCCHINI and LZ4DIFF patches, major version 1; signatures are not verified.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from vuoto.firmware.content import Blob, Entry, Image, WindowBlob
from vuoto.firmware.image import BrokenImageError, ImageFormat, Opening
from vuoto.firmware.layouts.paths import safe_path
from vuoto.firmware.layouts.payload_manifest import OPERATIONS, Manifest, Operation, Partition, read_manifest
from vuoto.firmware.layouts.payload_operations import MAX_OPERATION, UnreadOperationError, carry_out
from vuoto.firmware.layouts.protobuf import BrokenMessageError
from vuoto.firmware.layouts.stretches import MadeBlob, Recent, Stretch, StretchesBlob

MAX_MANIFEST: Final = 32 << 20
"""Bytes of manifest read. Those of full system images have some 2 MB."""

MAX_PARTITION: Final = 1 << 40
"""Bytes of one partition; see `vuoto.firmware.layouts.sparse.MAX_BYTES`."""

HELD: Final = 32 << 20
"""Bytes of carried-out operations held: sixteen of 2 MiB, so that files that lie side by side are read without repeating one."""

_HEADER: Final = struct.Struct(">4sQQI")


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    return 100 if head.startswith(b"CrAU") else 0


def _open(blob: Blob, opening: Opening) -> Image:
    raw = blob.read_at(0, _HEADER.size)
    if len(raw) < _HEADER.size:
        raise BrokenImageError("its header is cut off")
    _, version, length, signature = _HEADER.unpack(raw)
    if version != 2:
        raise BrokenImageError(f"it has the major version {version}, and 2 is read")
    if length > min(MAX_MANIFEST, blob.size):
        raise BrokenImageError("its manifest is cut off or larger than is read")
    try:
        manifest = read_manifest(blob.read_at(_HEADER.size, length))
    except BrokenMessageError as error:
        raise BrokenImageError(f"its manifest is damaged: {error}") from error
    base = _HEADER.size + length + signature
    data = WindowBlob(blob, base, max(blob.size - base, 0))
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: _entries(manifest, data, opening),
        properties=_properties(manifest),
        problems=opening.problems,
    )


def _properties(manifest: Manifest) -> dict[str, str]:
    kinds = sorted({op.kind for p in manifest.partitions for op in p.operations})
    rows = {
        "payload": "incremental" if _is_incremental(manifest) else "full",
        "minor_version": str(manifest.minor_version),
        "operations": " ".join(OPERATIONS.get(kind, str(kind)) for kind in kinds),
        "max_timestamp": str(manifest.max_timestamp) if manifest.max_timestamp else "",
        "security_patch_level": manifest.security_patch_level,
        "partial_update": "true" if manifest.partial else "",
    }
    rows |= {f"sha256.{p.name}": p.sha256.hex() for p in manifest.partitions}
    rows |= {f"version.{p.name}": p.version for p in manifest.partitions}
    return {key: value for key, value in rows.items() if value}


def _is_incremental(manifest: Manifest) -> bool:
    return any(p.old_size is not None for p in manifest.partitions)


def _entries(manifest: Manifest, data: Blob, opening: Opening) -> Iterator[Entry]:
    seen: set[str] = set()
    recent = Recent(HELD)
    for partition in manifest.partitions:
        name, climbed = safe_path(partition.name)
        name = name.replace("/", "_")
        if climbed or not name or name in seen:
            opening.note(f"the partition {partition.name[:200]!r} has no usable name, or stands twice; it is not read")
            continue
        seen.add(name)
        if partition.size > MAX_PARTITION:
            opening.note(f"the partition {name!r} claims {partition.size:,} bytes; it is not read")
            continue
        yield Entry(
            path=f"{name}.img",
            kind="file",
            size=partition.size,
            open=partial(_content, name, partition, manifest.block, data, recent, opening),
            partition=name,
        )


def _content(name: str, partition: Partition, block: int, data: Blob, recent: Recent, opening: Opening) -> Blob:
    old = opening.old.get(name)
    stretches: list[Stretch] = []
    for index, operation in enumerate(partition.operations):
        if OPERATIONS.get(operation.kind) in {"ZERO", "DISCARD"}:
            continue  # what no stretch covers reads as zeros
        size = sum(count for _, count in operation.target) * block
        if size > MAX_OPERATION:
            opening.note(f"an operation of {name} writes {size:,} bytes, more than is read; they read as zeros")
            continue
        made = MadeBlob(size, recent, (name, index), _making(name, operation, size, block, data, old, opening))
        place = 0
        for start, count in operation.target:
            if count:
                stretches.append(Stretch(start * block, count * block, made, place))
            place += count * block
    return StretchesBlob(partition.size, stretches, lambda what: opening.note(f"the partition {name} {what}"))


def _making(
    name: str, operation: Operation, size: int, block: int, data: Blob, old: Blob | None, opening: Opening
) -> Callable[[], bytes]:
    def tell(what: str) -> None:
        opening.note(f"an operation of {name} {what}")

    def make() -> bytes:
        try:
            return carry_out(operation, size, block, data, old, tell)
        except UnreadOperationError as error:
            tell(f"{error}; its blocks read as zeros")
            return bytes(size)

    return make


IMAGE = ImageFormat(name="ota-payload", title="an OTA payload (payload.bin)", recognise=_recognise, open=_open, naming="beside")
