"""Zstandard (RFC 8878), many frames and skippable frames included. Needs at most a 128 MiB window, as `zstd` itself does.

The library's reader bounds what it gives at a time but does not tell a frame that ended from one that was cut off, so the frames'
block headers are followed beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.intake.compression import PIECE_BYTES, READ_BYTES, BrokenCompressionError, Compression, Take

_FRAME: Final = b"\x28\xb5\x2f\xfd"
_SKIPPABLE: Final = b"\x2a\x4d\x18"
"""RFC 8878 §3.1.2: the last three of the four magic bytes; the first is 0x50 to 0x5f."""

_DICTIONARY_ID_BYTES: Final = (0, 1, 2, 4)
_CONTENT_SIZE_BYTES: Final = (0, 2, 4, 8)


def _recognise(head: bytes) -> bool:
    return head.startswith(_FRAME) or (len(head) >= 8 and head[1:4] == _SKIPPABLE and head[0] & 0xF0 == 0x50)


class _FrameWalk:
    """Follows headers through the compressed bytes (RFC 8878 §3.1.1), to say at the end whether a frame is open."""

    __slots__ = ("_checksum", "_rest", "_skip", "_state")

    def __init__(self) -> None:
        self._state = "frame"
        self._rest = b""
        self._skip = 0
        self._checksum = 0

    @property
    def between_frames(self) -> bool:
        return self._state == "frame" and not self._rest and not self._skip

    def follow(self, data: bytes) -> None:
        data = self._rest + data
        at = 0
        while self._state != "lost":
            step = min(self._skip, len(data) - at)
            self._skip -= step
            at += step
            need = 3 if self._state == "block" else self._header_size(data[at : at + 5])
            if self._skip or len(data) - at < need:
                break
            self._header(data[at : at + need])
            at += need
        self._rest = b"" if self._state == "lost" else data[at:]

    def _header_size(self, head: bytes) -> int:
        if len(head) < 5 or head[:4] != _FRAME:
            return 8
        # §3.1.1.1: a window descriptor unless the frame is a single segment, then dictionary id, then content size.
        descriptor = head[4]
        single = descriptor >> 5 & 1
        size = _CONTENT_SIZE_BYTES[descriptor >> 6] or single
        return 5 + (1 - single) + _DICTIONARY_ID_BYTES[descriptor & 3] + size

    def _header(self, head: bytes) -> None:
        if self._state == "block":
            # §3.1.1.2: last-block flag, two bits of type, 21 bits of size; a run-length block (type 1) holds one byte.
            word = int.from_bytes(head, "little")
            self._skip = 1 if word >> 1 & 3 == 1 else word >> 3
            if word & 1:
                self._skip += self._checksum
                self._state = "frame"
        elif head[:4] == _FRAME:
            self._checksum = 4 if head[4] >> 2 & 1 else 0
            self._state = "block"
        elif _recognise(head):
            self._skip = int.from_bytes(head[4:8], "little")
        else:
            self._state = "lost"  # the library reports it


class _Source:
    """What the library reads from."""

    __slots__ = ("_take", "walk")

    def __init__(self, take: Take) -> None:
        self._take = take
        self.walk = _FrameWalk()

    def read(self, size: int) -> bytes:
        data = self._take(size)
        self.walk.follow(data)
        return data


def _unpack(take: Take) -> Iterator[bytes]:
    import zstandard

    source = _Source(take)
    reader = zstandard.ZstdDecompressor().stream_reader(source, read_size=READ_BYTES, read_across_frames=True)  # type: ignore[arg-type]  # wants only read()
    while True:
        try:
            # `read1` gives what one step unpacked, so that nothing is lost when the next step meets damage.
            piece = reader.read1(PIECE_BYTES)
        except (zstandard.ZstdError, MemoryError) as error:
            raise BrokenCompressionError(f"the data is damaged ({error})") from error
        if not piece:
            break
        yield piece
    if not source.walk.between_frames:
        raise BrokenCompressionError("the data is cut off")


COMPRESSION = Compression(name="zstd", recognise=_recognise, unpack=_unpack)
