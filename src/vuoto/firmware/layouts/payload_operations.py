"""What one operation of an OTA payload writes (AOSP system/update_engine, `payload_consumer`), made on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob
from vuoto.firmware.layouts.bsdiff import BrokenPatchError, apply_patch
from vuoto.firmware.layouts.payload_manifest import OPERATIONS, Operation
from vuoto.firmware.layouts.unpacked import unpack

MAX_OPERATION: Final = 256 << 20
"""Bytes that one operation writes. Full payloads use 2 MiB; deltas patch a file at a time, and the largest files of a system
reach 150 MB."""


class UnreadOperationError(Exception):
    """The operation cannot be carried out. The text says why, after "an operation of system "."""


def carry_out(operation: Operation, size: int, block: int, data: Blob, old: Blob | None, tell: Callable[[str], None]) -> bytes:
    """The `size` bytes that `operation` writes; `data` is what stands behind the manifest, `old` the old partition.

    A checksum that does not hold is told to `tell`, and the bytes are given all the same. Raises `UnreadOperationError`.
    """
    name = OPERATIONS.get(operation.kind, f"of the unknown kind {operation.kind}")
    raw = b""
    if operation.data_length:
        if operation.data_length > MAX_OPERATION:
            raise UnreadOperationError(f"({name}) has {operation.data_length:,} bytes of data, more than is read")
        raw = data.read_at(operation.data_offset, operation.data_length)
        if len(raw) < operation.data_length:
            raise UnreadOperationError(f"({name}) has its data behind the end of the payload")
        if operation.data_sha256 and hashlib.sha256(raw).digest() != operation.data_sha256:
            tell(f"({name}) has data that does not match its SHA-256")
    if name in {"ZERO", "DISCARD"}:
        return bytes(size)
    if name in _REPLACING:
        made = raw if name == "REPLACE" else _unpacked(name, raw, size)
        if len(made) > size:
            raise UnreadOperationError(f"({name}) makes more bytes than the blocks it writes")
        # Fewer are allowed: the last block of a partition's file is padded.
        return made + bytes(size - len(made))
    if name in {"SOURCE_COPY", "SOURCE_BSDIFF", "BROTLI_BSDIFF"}:
        source = _source(name, operation, block, old, tell)
        if name == "SOURCE_COPY":
            if len(source) != size:
                raise UnreadOperationError(f"({name}) copies {len(source):,} bytes to {size:,}")
            return source
        try:
            return apply_patch(source, raw, size)
        except BrokenPatchError as error:
            raise UnreadOperationError(f"({name}) has a patch that cannot be applied: {error}") from error
    raise UnreadOperationError(f"is a {name} patch, which is not read: use a full OTA of the same build")


def _unpacked(name: str, raw: bytes, size: int) -> bytes:
    made, wrong = unpack(BytesBlob(raw), _REPLACING[name], limit=size)
    if wrong:
        raise UnreadOperationError(f"({name}): {wrong}")
    return made


def _source(name: str, operation: Operation, block: int, old: Blob | None, tell: Callable[[str], None]) -> bytes:
    if old is None:
        raise UnreadOperationError(
            f"({name}) builds on the old build, which was not given: give the image of the old build as well"
        )
    total = sum(count for _, count in operation.source) * block
    if total > MAX_OPERATION:
        raise UnreadOperationError(f"({name}) reads {total:,} bytes of the old build, more than is read")
    source = b"".join(old.read_at(start * block, count * block) for start, count in operation.source)
    if len(source) < total:
        raise UnreadOperationError(f"({name}) reads behind the end of the old partition: it belongs to another build")
    if operation.source_sha256 and hashlib.sha256(source).digest() != operation.source_sha256:
        tell(f"({name}) builds on old blocks that do not match their SHA-256: the old image belongs to another build")
    return source


_REPLACING: Final[dict[str, str]] = {
    "REPLACE": "",
    "REPLACE_BZ": "bzip2",
    "REPLACE_XZ": "xz",
    "REPLACE_ZSTD": "zstd",
}
