"""Random access into deflate and gzip data without unpacking it to disk (RFC 1951, RFC 1952).

The stream is unpacked in pieces; the state of the decompressor is kept every few pieces, so that a read far ahead or back begins
at the nearest kept state instead of at the start.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from vuoto.firmware.content import Blob
from vuoto.firmware.layouts.stretches import Recent, Tell

if TYPE_CHECKING:
    from zlib import _Decompress

PIECE: Final = 1 << 20
"""Bytes unpacked at a time."""

STATE_EVERY: Final = 4
"""Pieces between kept states. A state holds some 45 kB: 25 MB for an image of 2 GB, and a read costs at most 4 MB of
unpacking."""

HELD: Final = 4 << 20
"""Bytes of unpacked pieces held."""

RATIO: Final = 1_032
"""The most that deflate can make of a byte: 258 bytes from two bits."""

_FEED: Final = 1 << 16


class InflatedBlob:
    """The `size` bytes that `length` bytes of deflate data at `offset` of `blob` unpack to.

    `wbits` is zlib's: -15 for raw deflate, 31 for gzip. Data that ends early or is damaged reads as zeros from there, and is
    told. A declared size that deflate could not reach is cut.
    """

    __slots__ = ("_blob", "_decoder", "_end", "_feed", "_next", "_offset", "_recent", "_states", "_tell", "_wbits", "size")

    def __init__(self, blob: Blob, offset: int, length: int, size: int, tell: Tell, *, wbits: int = -15) -> None:
        self._blob = blob
        self._offset = offset
        self._end = min(offset + max(length, 0), blob.size)
        self._tell = tell
        most = max(self._end - offset, 0) * RATIO
        if size > most:
            tell(f"declares {size:,} bytes, more than its data can unpack to")
        self.size = min(size, most)
        self._recent = Recent(HELD)
        self._wbits = wbits
        self._decoder: _Decompress | None = None  # a state has 7 kB, and an archive can have 200,000 members
        self._feed = offset
        self._next = 0
        self._states: dict[int, tuple[_Decompress, int]] = {}

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        end = min(offset + length, self.size)
        pieces: list[bytes] = []
        for index in range(offset // PIECE, (end - 1) // PIECE + 1):
            piece = self._piece(index)
            begin = index * PIECE
            pieces.append(piece[max(offset - begin, 0) : end - begin])
        return b"".join(pieces)

    def _piece(self, index: int) -> bytes:
        return self._recent.get(index, lambda: self._unpacked(index))

    def _unpacked(self, index: int) -> bytes:
        if self._decoder is None:
            self._decoder = zlib.decompressobj(self._wbits)
            self._states[0] = self._decoder.copy(), self._offset
        nearest = max(i for i in range(index - index % STATE_EVERY, -1, -STATE_EVERY) if i in self._states)
        if not nearest <= self._next <= index:
            state, self._feed = self._states[nearest]
            self._decoder, self._next = state.copy(), nearest
        piece = b""
        while self._next <= index:
            piece = self._step(self._decoder, min(PIECE, self.size - self._next * PIECE))
            self._next += 1
            if self._next % STATE_EVERY == 0 and self._next not in self._states:
                self._states[self._next] = self._decoder.copy(), self._feed
        return piece

    def _step(self, decoder: _Decompress, size: int) -> bytes:
        made: list[bytes] = []
        have = 0
        while have < size and not decoder.eof:
            fed = decoder.unconsumed_tail
            if not fed:
                fed = self._blob.read_at(self._feed, min(_FEED, self._end - self._feed))
                self._feed += len(fed)
            before = decoder.copy()
            try:
                piece = decoder.decompress(fed, size - have)
            except zlib.error:
                made.append(_up_to_the_damage(before, fed, size - have))
                have += len(made[-1])
                self._tell("its deflate data is damaged; it reads as zeros from there")
                break
            if not piece and not fed:
                self._tell("its deflate data is cut off; it reads as zeros from there")
                break
            made.append(piece)
            have += len(piece)
        if have < size and decoder.eof:
            self._tell("unpacks to fewer bytes than it declares; the rest reads as zeros")
        return b"".join([*made, bytes(size - have)])


def _up_to_the_damage(decoder: _Decompress, fed: bytes, size: int) -> bytes:
    """What a decompressor that failed on `fed` makes of it byte by byte: zlib gives nothing of a call that fails."""
    made = bytearray()
    for at in range(len(fed)):
        try:
            made += decoder.decompress(fed[at : at + 1], size - len(made))
        except zlib.error:
            break
        if len(made) >= size:
            break
    return bytes(made)
