"""gzip (RFC 1952), many members included. Checks each member's CRC-32 and length (`zlib` does)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from vuoto.intake.compression import Compression, Take, unpack_members


class _Member:
    """`zlib.decompressobj` with the face of the other decompressors: it keeps what it was given and could not yet unpack."""

    __slots__ = ("_inflate",)

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = 0) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)


def _recognise(head: bytes) -> bool:
    # RFC 1952 §2.3.1: two magic bytes, and method 8, the only one defined.
    return head.startswith(b"\x1f\x8b\x08")


def _unpack(take: Take) -> Iterator[bytes]:
    return unpack_members(take, _Member, errors=(zlib.error,), is_another=_recognise)


COMPRESSION = Compression(name="gzip", recognise=_recognise, unpack=_unpack)
