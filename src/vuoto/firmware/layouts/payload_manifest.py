"""The manifest of an A/B OTA payload (AOSP system/update_engine/update_metadata.proto), with no schema compiler.

Read: what makes the new partitions. Not read: signatures, hash trees, FEC, merge sequences and copy-on-write estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from vuoto.firmware.layouts.protobuf import BrokenMessageError, fields

BLOCK: Final = 4_096
"""The block size where none is given (update_metadata.proto, DeltaArchiveManifest.block_size)."""

MAX_STEPS: Final = 1_500_000
"""Operations and extents of a manifest. Incremental payloads of a whole phone have some hundred thousand; these take 300 MB."""

OPERATIONS: Final[dict[int, str]] = {
    0: "REPLACE",
    1: "REPLACE_BZ",
    2: "MOVE",
    3: "BSDIFF",
    4: "SOURCE_COPY",
    5: "SOURCE_BSDIFF",
    6: "ZERO",
    7: "DISCARD",
    8: "REPLACE_XZ",
    9: "PUFFDIFF",
    10: "BROTLI_BSDIFF",
    11: "ZUCCHINI",
    12: "LZ4DIFF_BSDIFF",
    13: "LZ4DIFF_PUFFDIFF",
    14: "REPLACE_ZSTD",
}
"""Names of `InstallOperation.Type`."""


@dataclass(slots=True, kw_only=True)
class Operation:
    """One step that makes blocks of a new partition."""

    kind: int = 0
    """See `OPERATIONS`."""

    data_offset: int = 0
    """Where its data begins behind the manifest."""

    data_length: int = 0
    """Bytes of data."""

    source: list[tuple[int, int]] = field(default_factory=list)
    """First block and count of what it reads of the old partition."""

    target: list[tuple[int, int]] = field(default_factory=list)
    """First block and count of what it writes."""

    data_sha256: bytes = b""
    """Of its data; empty where none is given."""

    source_sha256: bytes = b""
    """Of the old blocks; empty where none is given."""


@dataclass(slots=True, kw_only=True)
class Partition:
    """One partition that the payload makes."""

    name: str = ""
    """`system`; hostile."""

    size: int = 0
    """Bytes of the new partition."""

    sha256: bytes = b""
    """Of the new partition; empty where none is given."""

    version: str = ""
    """Its build timestamp, for partial updates."""

    old_size: int | None = None
    """Bytes of the old partition, or `None` where the payload is full."""

    operations: list[Operation] = field(default_factory=list)
    """In the order they are applied."""


@dataclass(slots=True, kw_only=True)
class Manifest:
    """What a payload makes."""

    block: int = BLOCK
    """Bytes of a block."""

    minor_version: int = 0
    """0 for a full payload, the version of the delta format elsewhere."""

    max_timestamp: int = 0
    """Build time of the new build, seconds since 1970; 0 where it is not given."""

    security_patch_level: str = ""
    """`2019-02-01`; empty where it is not given."""

    partial: bool = False
    """Whether only some partitions of the device are updated."""

    partitions: list[Partition] = field(default_factory=list)
    """In the order of the manifest."""


class _Count:
    """Counts operations and extents, which take a hundred times their bytes in memory."""

    def __init__(self) -> None:
        self._left = MAX_STEPS

    def one(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise BrokenMessageError(f"it has more than {MAX_STEPS:,} operations and extents")


def read_manifest(data: bytes) -> Manifest:
    """The manifest in `data`. Raises `BrokenMessageError` where it is none."""
    manifest, count = Manifest(), _Count()
    for number, value in fields(data):
        if number == 13 and isinstance(value, bytes):
            manifest.partitions.append(_partition(value, count))
        elif number == 18 and isinstance(value, bytes):
            manifest.security_patch_level = _text(value)
        elif isinstance(value, int):
            if number == 3:
                manifest.block = value
            elif number == 12:
                manifest.minor_version = value
            elif number == 14:
                manifest.max_timestamp = value
            elif number == 16:
                manifest.partial = bool(value)
    if manifest.block not in {512, 1_024, 2_048, 4_096, 8_192, 16_384, 65_536}:
        raise BrokenMessageError(f"its blocks have {manifest.block} bytes")
    return manifest


def _partition(data: bytes, count: _Count) -> Partition:
    partition = Partition()
    for number, value in fields(data):
        if not isinstance(value, bytes):
            continue
        if number == 1:
            partition.name = _text(value)
        elif number == 6:
            partition.old_size, _ = _info(value)
        elif number == 7:
            partition.size, partition.sha256 = _info(value)
        elif number == 8:
            count.one()
            partition.operations.append(_operation(value, count))
        elif number == 17:
            partition.version = _text(value)
    return partition


def _info(data: bytes) -> tuple[int, bytes]:
    size, digest = 0, b""
    for number, value in fields(data):
        if number == 1 and isinstance(value, int):
            size = value
        elif number == 2 and isinstance(value, bytes):
            digest = value
    return size, digest


def _operation(data: bytes, count: _Count) -> Operation:
    operation = Operation()
    for number, value in fields(data):
        if isinstance(value, int):
            if number == 1:
                operation.kind = value
            elif number == 2:
                operation.data_offset = value
            elif number == 3:
                operation.data_length = value
        elif number in {4, 6}:
            count.one()
            (operation.source if number == 4 else operation.target).append(_extent(value))
        elif number == 8:
            operation.data_sha256 = value
        elif number == 9:
            operation.source_sha256 = value
    return operation


def _extent(data: bytes) -> tuple[int, int]:
    start = count = 0
    for number, value in fields(data):
        if isinstance(value, int):
            if number == 1:
                start = value
            elif number == 2:
                count = value
    return start, count


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
