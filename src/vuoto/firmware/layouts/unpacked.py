"""Compressed streams, unpacked within a bound: gzip, LZ4 (legacy too), zstd, xz, lzma, bzip2, brotli.

Several that follow one another are read as the first alone, but for gzip, as `cat` makes them.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from vuoto.firmware.content import Blob, Spool

UNPACKED_BYTES: Final = 512 << 20
"""Bytes unpacked into memory. Ramdisks are tens of megabytes; recovery ramdisks of some makers reach 150."""

LEGACY_BLOCK: Final = 8 << 20
"""LZ4's legacy frame: every block but the last unpacks to this (lz4_Frame_format.md, "Legacy frame")."""

_FEED: Final = 1 << 18
_PIECE: Final = 1 << 20

_MAGICS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x02\x21\x4c\x18", "lz4-legacy"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x5d\x00\x00", "lzma"),
)


def compression_of(head: bytes) -> str | None:
    """The compression whose magic number `head` begins with, or `None`."""
    return next((name for magic, name in _MAGICS if head.startswith(magic)), None)


def unpacked_blob(blob: Blob, compression: str, spool: Spool, tell: Callable[[str], None]) -> Blob:
    """What `blob` unpacks to, kept in `spool`: what comes before damage, or before the spool is full, which is told."""

    def pieces() -> Iterator[bytes]:
        left = spool.limit
        try:
            for piece in _WAYS[compression](blob):
                yield piece[:left]
                left -= len(piece)
                if left < 0:
                    tell(f"unpacks to more than {spool.limit:,} bytes; only these are read")
                    return
        except _Damage as error:
            tell(f"has {compression} data that {error}; what came before is read")

    return spool.keep(pieces())


def unpack(blob: Blob, compression: str, limit: int = UNPACKED_BYTES) -> tuple[bytes, str | None]:
    """What `blob` unpacks to, at most `limit` bytes, and what is wrong with it; what came well before the damage is given."""
    pieces: list[bytes] = []
    have = 0
    try:
        for piece in _WAYS[compression](blob):
            pieces.append(piece[: limit - have])
            have += len(piece)
            if have > limit:
                return b"".join(pieces), f"unpacks to more than {limit:,} bytes; only these are read"
    except _Damage as error:
        return b"".join(pieces), f"its {compression} data {error}"
    return b"".join(pieces), None


class _Damage(Exception):  # noqa: N818 - a way out of a generator of this module, never seen outside
    pass


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


def _pushed(begin: Callable[[], _Decoder], errors: tuple[type[Exception], ...]) -> Callable[[Blob], Iterator[bytes]]:
    def way(blob: Blob) -> Iterator[bytes]:
        decoder = begin()
        fed = 0
        while not decoder.eof:
            data = b""
            if decoder.needs_input:
                data = blob.read_at(fed, _FEED)
                fed += len(data)
                if not data:
                    raise _Damage("is cut off")
            try:
                piece = decoder.decompress(data, _PIECE)
            except errors as error:
                raise _Damage("is damaged") from error
            yield piece

    return way


def _gzip(blob: Blob) -> Iterator[bytes]:
    decoder = zlib.decompressobj(31)
    fed = 0
    while True:
        data = decoder.unconsumed_tail
        if decoder.eof:
            # Another member may follow; anything else is padding.
            fed -= len(decoder.unused_data)
            if blob.read_at(fed, 3) != b"\x1f\x8b\x08":
                return
            decoder, data = zlib.decompressobj(31), b""
        if not data:
            data = blob.read_at(fed, _FEED)
            fed += len(data)
        try:
            piece = decoder.decompress(data, _PIECE)
        except zlib.error as error:
            raise _Damage("is damaged") from error
        if not data and not piece:
            raise _Damage("is cut off")
        yield piece


def _zstd(blob: Blob) -> Iterator[bytes]:
    """One frame; what follows it is padding. A frame that is cut off ends without a word, but most declare their size."""
    import zstandard

    # 128 MiB is what `zstd` itself accepts without --long.
    reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
        _Pulled(blob),  # type: ignore[arg-type] # it only ever calls read()
    )
    given = 0
    try:
        declared = zstandard.frame_content_size(blob.read_at(0, 18))
        while piece := reader.read(_PIECE):
            given += len(piece)
            yield piece
    except zstandard.ZstdError as error:
        raise _Damage("is damaged") from error
    if given < declared:
        raise _Damage("is cut off")


class _Pulled:
    """The blob as the `read` that zstandard pulls from."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        data = self._blob.read_at(self._at, _FEED if size < 0 else size)
        self._at += len(data)
        return data


def _lz4_frame(blob: Blob) -> Iterator[bytes]:
    from lz4.frame import LZ4FrameDecompressor

    return _pushed(LZ4FrameDecompressor, (RuntimeError, ValueError, MemoryError))(blob)


def _lz4_legacy(blob: Blob) -> Iterator[bytes]:
    from lz4.block import LZ4BlockError, decompress

    place = 4
    while place + 4 <= blob.size:
        (length,) = struct.unpack("<I", blob.read_at(place, 4))
        place += 4
        if length == 0x184C2102:  # another frame follows
            continue
        # Kernel builds append the unpacked size; padding follows too. Neither is a block that fits.
        if length == 0 or place + length > blob.size or length > LEGACY_BLOCK + LEGACY_BLOCK // 255 + 16:
            return
        try:
            yield decompress(blob.read_at(place, length), uncompressed_size=LEGACY_BLOCK)
        except (LZ4BlockError, MemoryError) as error:
            raise _Damage("is damaged") from error
        place += length


def _brotli(blob: Blob) -> Iterator[bytes]:
    import brotli

    decoder = brotli.Decompressor()
    fed = 0
    data = b""
    while not decoder.is_finished():
        if decoder.can_accept_more_data():
            data = blob.read_at(fed, _FEED)
            fed += len(data)
            if not data:
                raise _Damage("is cut off")
        else:
            data = b""
        try:
            piece = decoder.process(data, output_buffer_limit=_PIECE)
        except brotli.error as error:
            raise _Damage("is damaged") from error
        yield piece


_WAYS: Final[dict[str, Callable[[Blob], Iterator[bytes]]]] = {
    "gzip": _gzip,
    "lz4-legacy": _lz4_legacy,
    "lz4": _lz4_frame,
    "zstd": _zstd,
    "xz": _pushed(lambda: lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=1 << 28), (lzma.LZMAError, MemoryError)),
    "lzma": _pushed(lambda: lzma.LZMADecompressor(format=lzma.FORMAT_ALONE, memlimit=1 << 28), (lzma.LZMAError, MemoryError)),
    "bzip2": _pushed(bz2.BZ2Decompressor, (OSError, ValueError)),
    "brotli": _brotli,
}
