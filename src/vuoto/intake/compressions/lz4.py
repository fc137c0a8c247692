"""LZ4 frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md), many included; not the legacy frame."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.intake.compression import Compression, Take, unpack_members


def _recognise(head: bytes) -> bool:
    return head.startswith(b"\x04\x22\x4d\x18")


def _unpack(take: Take) -> Iterator[bytes]:
    from lz4.frame import LZ4FrameDecompressor

    # The binding raises RuntimeError for every damage, and ValueError or MemoryError for some made-up sizes.
    return unpack_members(take, LZ4FrameDecompressor, errors=(RuntimeError, ValueError, MemoryError), is_another=_recognise)


COMPRESSION = Compression(name="lz4", recognise=_recognise, unpack=_unpack)
