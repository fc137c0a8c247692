"""xz (https://tukaani.org/xz/xz-file-format.txt), many streams included. Not the older `.lzma`, which has no magic bytes."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from typing import Final

from vuoto.intake.compression import Compression, Take, unpack_members

MEMORY_LIMIT: Final = 256 << 20
"""Most memory for the dictionary, in bytes; `xz -9` needs 65 MiB, a made-up header may claim 4 GiB."""


def _recognise(head: bytes) -> bool:
    return head.startswith(b"\xfd7zXZ\x00")


def _begin() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=MEMORY_LIMIT)


def _unpack(take: Take) -> Iterator[bytes]:
    return unpack_members(take, _begin, errors=(lzma.LZMAError,), is_another=_recognise)


COMPRESSION = Compression(name="xz", recognise=_recognise, unpack=_unpack)
