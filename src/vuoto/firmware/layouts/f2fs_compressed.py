"""Compressed files of F2FS (Linux, fs/f2fs/compress.c): clusters whose first address says that the blocks behind are packed."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from vuoto.firmware.content import Blob
from vuoto.firmware.layouts.stretches import Recent, Tell

_BLOCK: Final = 4_096
_PACKED: Final = 0xFFFFFFFE
_HOLES: Final = frozenset((0, 0xFFFFFFFF))
_HEADER: Final = 24  # length, checksum, reserved
_LZ4, _ZSTD = 1, 2


class Cluster(NamedTuple):
    """Some blocks of a file."""

    start: int
    """Where it begins in the file, in bytes."""

    addresses: tuple[int, ...]
    """Addresses of its blocks; where the first is the mark of a packed cluster, of the blocks it is packed in."""


class CompressedBlob:
    """The content of a compressed file. A cluster that is damaged, or packed with LZO, reads as zeros, and is told."""

    __slots__ = ("_algorithm", "_blob", "_clusters", "_recent", "_tell", "_width", "size")

    def __init__(
        self, blob: Blob, size: int, clusters: list[Cluster], width: int, algorithm: int, recent: Recent, tell: Tell
    ) -> None:
        self.size = size
        self._blob = blob
        self._clusters = clusters
        self._width = width * _BLOCK
        self._algorithm = algorithm
        self._recent = recent
        self._tell = tell

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        end = min(offset + length, self.size)
        pieces: list[bytes] = []
        for index in range(offset // self._width, (end - 1) // self._width + 1):
            start = index * self._width
            whole = self._cluster(index).ljust(self._width, b"\0")
            pieces.append(whole[max(offset - start, 0) : end - start])
        return b"".join(pieces)

    def _cluster(self, index: int) -> bytes:
        if index >= len(self._clusters):
            return b""
        addresses = self._clusters[index].addresses
        if addresses[0] != _PACKED:
            return b"".join(bytes(_BLOCK) if address in _HOLES else self._block(address) for address in addresses)
        return self._recent.get(addresses, lambda: self._unpacked(addresses[1:]))

    def _block(self, address: int) -> bytes:
        return self._blob.read_at(address * _BLOCK, _BLOCK).ljust(_BLOCK, b"\0")

    def _unpacked(self, addresses: tuple[int, ...]) -> bytes:
        raw = b"".join(self._block(address) for address in addresses if address not in _HOLES)
        if len(raw) < _HEADER:
            self._tell("has a damaged cluster; it reads as zeros")
            return b""
        (length,) = struct.unpack_from("<I", raw)
        packed = raw[_HEADER : _HEADER + length]
        if self._algorithm == _LZ4:
            made = _lz4(packed, self._width)
        elif self._algorithm == _ZSTD:
            made = _zstd(packed, self._width)
        else:
            self._tell("is compressed with LZO, which is not read; it reads as zeros")
            return b""
        if len(made) < self._width:
            self._tell("has a damaged cluster; it reads as zeros")
        return made


def _lz4(packed: bytes, size: int) -> bytes:
    from lz4.block import LZ4BlockError, decompress

    try:
        made: bytes = decompress(packed, uncompressed_size=size)
    except (LZ4BlockError, MemoryError, ValueError):
        return b""
    return made


def _zstd(packed: bytes, size: int) -> bytes:
    import zstandard

    try:
        return zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(packed).read(size)
    except zstandard.ZstdError:
        return b""
