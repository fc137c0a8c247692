"""One member of a zip archive: its content, read as Android reads it (see `zip_reader`)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob, WindowBlob

MAX_MEMBER: Final = 1 << 30
"""Bytes that `blob` inflates into memory. Larger members (images in factory zips) are stored, or are taken in `chunks`."""

MOST_INFLATED: Final = 1032
"""Bytes of content that a byte of deflate can give (RFC 1951: 258 bytes for two bits)."""

STORED: Final = 0
DEFLATED: Final = 8

_STEP: Final = 1 << 20
_HEAD_COST: Final = 512  # bytes that the tables of a deflate block may take before its first letter


@dataclass(frozen=True, slots=True)
class Extracted:
    """What reading a member gave."""

    data: bytes
    """The content, cut at the limit or where it could no longer be read."""

    problem: str | None
    """Why `data` is not the whole content, or `None` where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member as the central directory lists it."""

    name: str
    """The name as stored; bytes that are not UTF-8 as `\\xNN`. Hostile: see `safe`."""

    size: int
    """Bytes of content as the central directory says."""

    compressed_size: int
    """Bytes of data as the central directory says."""

    method: int
    """The compression method in the central directory: 0 stored, 8 deflated; other numbers are told as they stand."""

    offset: int
    """Where the data begins in the archive, behind the local header."""

    crc: int
    """CRC-32 of the content as the central directory says."""

    span: int
    """Bytes of the archive that reading may take from `offset` on: the larger of what the two headers say."""

    readable: bool = True
    """False where the member shares its data with more than `MAX_SHARED` others, or lies outside the archive."""

    source: Blob = field(repr=False, compare=False)
    """The archive."""

    @property
    def safe(self) -> bool:
        """Whether the name may be used as a relative path: not empty, absolute or climbing, no NUL, backslash or drive."""
        parts = self.name.split("/")
        return bool(self.name) and not (parts[0] == "" or ".." in parts or set(self.name) & set("\0\\") or self.name[1:2] == ":")

    @property
    def stored(self) -> bool:
        """Whether the data is the content: declared so, or not deflated and taken so as Android does (see `extract`)."""
        return self.method != DEFLATED and not self._deflated_in_disguise()

    def read(self, limit: int) -> bytes:
        """At most `limit` bytes of content; what could be read where the member is broken."""
        return self.extract(limit).data

    def extract(self, limit: int) -> Extracted:
        """At most `limit` bytes of content, and why that is not all. Never raises.

        An unknown method is read as Android's asset reader does, stored; where the data is one whole deflate stream of the
        declared size, as older Androids did, inflated.
        """
        pieces: list[bytes] = []
        taken = 0
        problem = None
        for piece, what in self._pieces(_STEP):
            problem = what or problem
            if taken + len(piece) > limit:
                return Extracted(b"".join([*pieces, piece[: limit - taken]]), f"is larger than the {limit} bytes that are read")
            pieces.append(piece)
            taken += len(piece)
        return Extracted(b"".join(pieces), problem)

    def head(self, length: int) -> bytes:
        """At most `length` bytes from the beginning, without inflating more; fewer where the member is broken."""
        if not self.readable:
            return b""
        if self.method != DEFLATED:
            return self.source.read_at(self.offset, min(length, self.span))
        begin = self.source.read_at(self.offset, min(self.span, 2 * length + _HEAD_COST))
        try:
            return zlib.decompressobj(-15).decompress(begin, length)
        except zlib.error:
            return b""

    def chunks(self, size: int = _STEP) -> Iterator[bytes]:
        """The content in pieces of at most `size` bytes, in bounded memory; ends where the member can no longer be read."""
        for piece, _ in self._pieces(size):
            if piece:
                yield piece

    def blob(self) -> Blob:
        """The content as a blob: a window of the archive where stored, else inflated into memory up to `MAX_MEMBER`."""
        if self.readable and self.stored:
            return WindowBlob(self.source, self.offset, self.size)
        return BytesBlob(self.read(MAX_MEMBER))

    def _pieces(self, size: int) -> Iterator[tuple[bytes, str | None]]:
        if not self.readable:
            yield b"", "has no data of its own in the archive"
        elif self.stored:
            yield from self._stored(size)
        else:
            yield from self._inflated(size)

    def _stored(self, size: int) -> Iterator[tuple[bytes, str | None]]:
        for place in range(0, self.size, size):
            want = min(size, self.size - place)
            piece = self.source.read_at(self.offset + place, want)
            yield piece, None if len(piece) == want else "ends before its declared size"
            if len(piece) < want:
                return

    def _inflated(self, size: int) -> Iterator[tuple[bytes, str | None]]:
        inflate = zlib.decompressobj(-15)
        place, end = self.offset, self.offset + self.span
        given = 0
        while not inflate.eof:
            waiting = inflate.unconsumed_tail
            if not waiting:
                waiting = self.source.read_at(place, min(_STEP, end - place))
                place += len(waiting)
            try:
                piece = inflate.decompress(waiting, size)
            except zlib.error:
                yield b"", "holds damaged deflate data"
                return
            if not piece and not waiting:
                yield b"", "ends inside its deflate data"
                return
            given += len(piece)
            yield piece, None
        if given != self.size:
            yield b"", f"inflates to {given} bytes where {self.size} are declared"

    def _deflated_in_disguise(self) -> bool:
        if self.method == STORED or self.compressed_size == self.size or not self.readable:
            return False
        inflate = zlib.decompressobj(-15)
        place, end, given = self.offset, self.offset + self.compressed_size, 0
        while not inflate.eof and given <= self.size:
            waiting = inflate.unconsumed_tail or self.source.read_at(place, min(_STEP, end - place))
            place += 0 if inflate.unconsumed_tail else len(waiting)
            try:
                piece = inflate.decompress(waiting, _STEP)
            except zlib.error:
                return False
            if not piece and not waiting:
                return False
            given += len(piece)
        return inflate.eof and given == self.size
