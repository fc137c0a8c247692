"""Base64 in all dialects (RFC 4648 §4 and §5, RFC 2045 §6.8), as a whole text or as blobs inside a longer one.

Standard or URL-safe, without padding, with line breaks; `Basic …`, `data:…;base64,…`, `a|b|c`. Base64 has no magic number: what
comes out must mean something (text, or bytes that another decoder proves), else it is dropped.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.blobs import base64_bytes
from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.limits import MAX_RUNS, MAX_TEXT

_WHOLE: Final = re.compile(rb"\s*[A-Za-z0-9+/_\-]{4,}(?:[\r\n]+[ \t]*[A-Za-z0-9+/_\-]+)*+={0,2}\s*\Z")
# A line that begins with two hyphens is a multipart boundary, though hyphens are of the URL-safe alphabet.
_RUN: Final = re.compile(rb"[A-Za-z0-9+/_\-]{12,}(?:\r?\n(?!--)[A-Za-z0-9+/_\-]+)*+={0,2}")
_SCHEME: Final = re.compile(rb"(?:[Bb]asic|[Tt]oken|[Bb]earer|[A-Za-z0-9/+.;=\-]{0,80}base64,)\s*(?=[A-Za-z0-9+/_\-]{8})")
_BLOB: Final = re.compile(rb"[A-Za-z0-9+/_\-]+(?:\r?\n(?!--)[A-Za-z0-9+/_\-]+)*+={0,2}\s*")
_NAMED_LINE: Final = re.compile(rb"(?:^|\n)[A-Za-z][A-Za-z0-9_. \-]{0,40}[:=][^\r\n]{4,200}\r?\n")
"""A line that is whole: the name of a blob is followed by the blob, not by the end of the line."""
_AROUND: Final = 16 * 1024
"""Bytes before and behind a blob that are looked at for such lines."""
_MIN: Final = 12
"""Shortest blob tried without a claim: twelve characters decode to nine bytes, the least that can mean something."""


def _mixed(blob: bytes) -> bool:
    """Whether it uses more than one kind of character, as encoded bytes do; words, numbers and lower-case hex do not."""
    upper = lower = digit = False
    for code in blob[:256]:
        if 65 <= code <= 90:
            upper = True
        elif 97 <= code <= 122:
            lower = True
        elif 48 <= code <= 57:
            digit = True
    return upper and (lower or digit)


def _has_lines(data: bytes, blobs: list[Inner]) -> bool:
    """Whether lines with a name and a value stand around the blobs, as in a mail with an attachment: others read those."""
    at = 0
    for blob in blobs:
        if _NAMED_LINE.search(data, at, min(blob.offset, at + _AROUND)) is not None:
            return True
        at = blob.offset + blob.length
    return _NAMED_LINE.search(data, at, at + _AROUND) is not None


def _recognise(data: bytes, _hint: str) -> int:
    if len(data) < _MIN:
        return 0
    if _WHOLE.match(data):
        return 70 if _mixed(data) else 0
    if _SCHEME.search(data, 0, 256):
        return 45
    return 30 if len(data) >= 16 and _RUN.search(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    if _WHOLE.match(data):
        inner = base64_bytes(data)
        return Reading(inners=[Inner(inner, 0, len(data), sure=False)], whole=True) if inner else None
    reading = Reading()
    claim = _SCHEME.search(data, 0, 256)
    done = -1
    blob = _BLOB.match(data, claim.end()) if claim is not None else None
    if blob is not None:
        inner = base64_bytes(blob.group())
        if inner:
            begin, end = blob.span()
            reading.inners.append(Inner(inner, begin, end - begin, sure=False))
            done = begin
            if end == len(data):
                reading.whole = True
                return reading
    for count, found in enumerate(_RUN.finditer(data, 0, MAX_TEXT)):
        if count >= MAX_RUNS:
            break
        if found.start() == done or not _mixed(found.group()):
            continue
        inner = base64_bytes(found.group())
        if inner:
            begin, end = found.span()
            reading.inners.append(Inner(inner, begin, end - begin, sure=False))
    reading.whole = sum(inner.length for inner in reading.inners) * 5 >= len(data) * 4 and not _has_lines(data, reading.inners)
    return reading if reading.inners else None


DECODER = Decoder(name="base64", reads="text", tokens=True, recognise=_recognise, open=_open)
