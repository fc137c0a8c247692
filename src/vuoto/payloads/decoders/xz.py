"""xz and LZMA (tukaani.org, xz-file-format 1.2.1; the older `.lzma` header of the LZMA SDK), recognised by their headers."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.decompress import decompress

_XZ: Final = b"\xfd7zXZ\x00"
_ALONE: Final = re.compile(rb"\x5d\x00\x00[\x00-\x80][\x00-\x04](?:\xff{8}|.{4}\x00{4})\x00", re.DOTALL)
"""Properties of the default encoder (lc 3, lp 0, pb 2), a dictionary up to 64 MB, a size that is unknown or below 4 GB, and the
first byte of the range coder, which is zero."""
_MEMORY: Final = 96 << 20
"""A dictionary of 64 MB, the largest that presets write, and the decoder itself; more is memory at a stranger's wish."""


def _recognise(data: bytes, _hint: str) -> int:
    if data[:6] == _XZ:
        return 100
    return 82 if data[:1] == b"\x5d" and _ALONE.match(data) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    import lzma

    xz = data[:6] == _XZ
    stream = lzma.LZMADecompressor(lzma.FORMAT_XZ if xz else lzma.FORMAT_ALONE, memlimit=_MEMORY)
    out, problem = decompress(stream, data, ask.room, lzma.LZMAError)
    if not out or (problem and not xz):
        return None
    problems = [f"xz: {problem}"] if problem else []
    return Reading(inners=[Inner(out, 0, len(data), sure=xz)], problems=problems, whole=True, expanded=len(out))


DECODER = Decoder(name="xz", reads="binary", recognise=_recognise, open=_open)
