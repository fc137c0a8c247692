"""The chunked transfer coding: RFC 9112 §7.1, read tolerantly: extensions, odd spaces, missing line ends, sizes that lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

_HEX: Final = b"0123456789abcdefABCDEF"

_MAX_SIZE_LINE = 4096
"""Bytes of a size line with its extensions; longer ones are no chunk."""

_MAX_SIZE_DIGITS = 16
"""Hexadecimal digits: 64 bits."""

MAX_CHUNKS = 65_536
"""Chunks joined in one body: one-byte chunks would cost a tuple of 100 bytes each. What follows is kept as it stands."""


@dataclass(slots=True)
class Chunked:
    """A body with its coding taken off."""

    body: bytes
    spans: tuple[tuple[int, int, int], ...]
    """`(offset in body, offset in stream, length)`; also where there is only one."""

    stop: int
    """Offset after the last chunk that could be read (after the zero chunk's line where it came)."""

    trouble: str | None
    """What is broken, or `None`."""

    ended: bool = field(default=False, kw_only=True)
    """Whether the zero chunk came; trailers follow at `stop`."""


def read_chunked(data: bytes, at: int, end: int) -> Chunked:
    """Joins the chunks from `data[at]`, not beyond `end`."""
    pieces: list[bytes] = []
    spans: list[tuple[int, int, int]] = []
    got = 0
    trouble: str | None = None
    while at < end:
        if len(pieces) >= MAX_CHUNKS:
            trouble = f"more than {MAX_CHUNKS} chunks in one body; what follows was read as it stands"
            break
        line_end = data.find(b"\n", at, min(end, at + _MAX_SIZE_LINE))
        size = _size(data[at:line_end]) if line_end >= 0 else None
        if size is None:
            trouble = "a chunk size is not a hexadecimal number; what follows was read as it stands"
            break
        if size == 0:
            return Chunked(b"".join(pieces), tuple(spans), line_end + 1, trouble, ended=True)
        start = line_end + 1
        stop = min(start + size, end)
        if stop > start:
            pieces.append(data[start:stop])
            spans.append((got, start, stop - start))
            got += stop - start
        if start + size > end:
            return Chunked(b"".join(pieces), tuple(spans), end, "a chunked body ends before its last chunk")
        if data.startswith(b"\r\n", stop):
            at = stop + 2
        elif data.startswith(b"\n", stop):
            at = stop + 1
        else:
            at = stop
            trouble = "a chunk is not followed by a line end" if stop < end else trouble
    if at >= end and trouble is None:
        trouble = "a chunked body ends before its last chunk"
    return Chunked(b"".join(pieces), tuple(spans), at, trouble)


def _size(line: bytes) -> int | None:
    words = line.partition(b";")[0].split(None, 1)
    if not words or len(words[0]) > _MAX_SIZE_DIGITS or words[0].strip(_HEX):
        return None
    return int(words[0], 16)
