"""zlib (RFC 1950). Recognised by its two header bytes, which carry their own check; kept if it decompresses."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.inflate import inflate

_COMMON: Final = re.compile(rb"x[\x01\x5e\x9c\xda]")
_HEAD: Final = 4096
"""Bytes searched for a stream behind a home-made head."""
_MAX_PLACES: Final = 8
"""Places tried there: two bytes are there by chance once in 16 KB."""


def _is_head(data: bytes) -> bool:
    """RFC 1950 §2.2: CM=8, CINFO<=7, no preset dictionary, and the two bytes as a number divisible by 31."""
    return data[0] & 0x0F == 8 and data[0] >> 4 <= 7 and not data[1] & 0x20 and (data[0] << 8 | data[1]) % 31 == 0


def _recognise(data: bytes, _hint: str) -> int:
    if len(data) < 8:
        return 0
    if not _is_head(data):
        return 24 if _COMMON.search(data, 1, _HEAD) else 0
    return 95 if data[0] == 0x78 else 60


def _open(data: bytes, ask: Ask) -> Reading | None:
    if not _is_head(data):
        return _embedded(data, ask)
    got = inflate(data, 15, ask.room)
    if "broken" in got.problem or not got.data:
        return _embedded(data, ask)
    problems = [f"zlib: {got.problem}"] if got.problem else []
    return Reading(inners=[Inner(got.data, 0, len(data))], problems=problems, whole=True, expanded=len(got.data))


def _embedded(data: bytes, ask: Ask) -> Reading | None:
    for count, found in enumerate(_COMMON.finditer(data, 1, _HEAD)):
        if count >= _MAX_PLACES:
            break
        got = inflate(data, 15, ask.room, found.start())
        if got.ended and got.data:
            inner = Inner(got.data, found.start(), got.used)
            return Reading(inners=[inner], embedded=True, expanded=len(got.data))
    return None


DECODER = Decoder(name="zlib", reads="binary", recognise=_recognise, open=_open)
