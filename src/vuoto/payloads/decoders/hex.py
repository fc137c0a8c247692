"""Hexadecimal bytes (RFC 4648 §8) in either case, as a whole text or as long runs inside one.

Plain, `0x…`, with `:`, `-` or spaces between bytes. Kept only if what comes out means something: a hash or a MAC address stays
the text it is.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.limits import MAX_RUNS, MAX_TEXT

_WHOLE: Final = re.compile(rb"\s*(?:0[xX])?(?:[0-9A-Fa-f]{2}[\r\n]*){9,}+\s*\Z")
_SPACED: Final = re.compile(rb"\s*(?:0[xX])?[0-9A-Fa-f]{2}(?:(?:[:\- ,]|, )(?:0[xX])?[0-9A-Fa-f]{2}){8,}+\s*\Z")
_RUN: Final = re.compile(rb"(?<![0-9A-Za-z])(?:0[xX])?((?:[0-9A-Fa-f]{2}){12,}+)(?![0-9A-Za-z])")
_PREFIX: Final = re.compile(rb"0[xX]")
_JUNK: Final = re.compile(rb"[^0-9A-Fa-f]+")


def _recognise(data: bytes, _hint: str) -> int:
    if len(data) < 18:
        return 0
    if _WHOLE.match(data) or _SPACED.match(data):
        return 65
    return 30 if len(data) >= 24 and _RUN.search(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    if _WHOLE.match(data) or _SPACED.match(data):
        digits = _JUNK.sub(b"", _PREFIX.sub(b"", data))
        return Reading(inners=[Inner(bytes.fromhex(digits.decode()), 0, len(data), sure=False)], whole=True)
    reading = Reading()
    for count, found in enumerate(_RUN.finditer(data, 0, MAX_TEXT)):
        if count >= MAX_RUNS:
            break
        begin, end = found.span(1)
        reading.inners.append(Inner(bytes.fromhex(found.group(1).decode()), begin, end - begin, sure=False))
    return reading if reading.inners else None


DECODER = Decoder(name="hex", reads="text", tokens=True, recognise=_recognise, open=_open)
