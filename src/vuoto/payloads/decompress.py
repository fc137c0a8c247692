"""Decompression by an object of the standard library (`bz2`, `lzma`), bounded, keeping what came out before it broke."""

from __future__ import annotations

from typing import Protocol


class Decompressor(Protocol):
    """What `bz2.BZ2Decompressor` and `lzma.LZMADecompressor` have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream said that it ended."""

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes:
        """At most `max_length` bytes more; what of `data` was not needed for them is kept for the next call."""


def decompress(stream: Decompressor, data: bytes, room: int, broken: type[Exception]) -> tuple[bytes, str]:
    """The output, about `room` bytes at most, and what went wrong, `""` for nothing. `broken` is what the stream raises."""
    out: list[bytes] = []
    size = 0
    pending = data
    try:
        while not stream.eof and size < room:
            piece = stream.decompress(pending, max(1, room - size))
            pending = b""
            out.append(piece)
            size += len(piece)
            if not piece:
                return b"".join(out), "the compressed stream is cut off"
    except broken:
        return b"".join(out), "the compressed stream is broken"
    if stream.eof:
        return b"".join(out), ""
    return b"".join(out), "it unpacks to more than the bound allows, as a decompression bomb does; only the first bytes were read"
