"""Decompression in steps, bounded, keeping what came out before a stream broke. RFC 1950, 1951, 1952."""

from __future__ import annotations

import zlib
from typing import Final, NamedTuple

_STEP: Final = 16 * 1024
"""Input bytes per step: what is lost when a stream breaks is at most what one step gives."""


class Inflated(NamedTuple):
    """What came out."""

    data: bytes
    """The output, at most what was allowed."""

    used: int
    """Input bytes that belonged to the stream."""

    problem: str
    """`""`, or what went wrong."""

    ended: bool
    """Whether the stream said it ended."""


def inflate(data: bytes, wbits: int, room: int, start: int = 0) -> Inflated:
    """Decompress one deflate stream (`wbits` as in `zlib`) from `start`, at most `room` bytes of output."""
    stream = zlib.decompressobj(wbits)
    out: list[bytes] = []
    left = room
    pos = start
    pending = b""
    problem = ""
    while not stream.eof:
        if not pending:
            if pos >= len(data):
                problem = "the compressed stream is cut off"
                break
            pending = data[pos : pos + _STEP]
            pos += len(pending)
        try:
            piece = stream.decompress(pending, max(left, 1))
        except zlib.error:
            problem = "the compressed stream is broken"
            break
        out.append(piece[:left])
        left -= len(piece)
        pending = stream.unconsumed_tail
        if left <= 0 and not stream.eof:
            problem = "it unpacks to more than the bound allows, as a decompression bomb does; only the first bytes were read"
            break
    return Inflated(b"".join(out), pos - start - len(stream.unused_data), problem, stream.eof)
