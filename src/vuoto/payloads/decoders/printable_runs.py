r"""Text inside binary that nobody can parse: runs of printable characters, named by the short run before them, and strings behind their own
length (`\x04imei\x0f3520…`), and compressed or JSON documents behind a home-made head.

The last resort, linear in the bytes.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Leaf, Reading
from vuoto.payloads.limits import MAX_PARTS, MAX_TEXT, MAX_VALUE

_RUN: Final = re.compile(rb"(?:[\x20-\x7e\t\r\n]|[\xc3-\xf4][\x80-\xbf]{1,3}){2,}")
_LABEL: Final = re.compile(rb"[A-Za-z_$][A-Za-z0-9_.$\-]{1,31}[=:]?")
_COMPRESSED: Final = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|\x28\xb5\x2f\xfd|x[\x01\x5e\x9c\xda]")
_MIN: Final = 6
"""Shortest run that is a value without a label: four random bytes are printable once in fifty times, six once in 400."""
_NEAR: Final = 4
"""Bytes between a label and its value: a length of up to four bytes, or a type and a length."""
_MAX_EMBEDDED: Final = 64
"""Places tried for a compressed document inside one binary."""


def _recognise(_data: bytes, _hint: str) -> int:
    return 5


def _open(data: bytes, ask: Ask) -> Reading | None:
    reading = Reading()
    for count, found in enumerate(_COMPRESSED.finditer(data, 1, MAX_TEXT)):
        if count >= _MAX_EMBEDDED:
            break
        reading.inners.append(Inner(data[found.start() :], found.start(), len(data) - found.start(), sure=False))
        break
    label = b""
    label_end = -100
    for found in _RUN.finditer(data, 0, MAX_TEXT):
        for start, stop, counted in _strings(data, found.start(), found.end()):
            piece = data[start:stop].strip()
            named = start - label_end <= _NEAR and bool(label)
            if _LABEL.fullmatch(piece) and (counted or not named) and len(piece) <= 32:
                if not named or len(piece) < _MIN:
                    label, label_end = piece.rstrip(b"=:"), stop
                    if len(piece) < _MIN or counted:
                        continue
            if named or counted or len(piece) >= _MIN:
                _append(reading, label.decode("ascii") if named else ask.name, data, start, stop)
            if named:
                label, label_end = b"", -100
        if len(reading.leaves) > MAX_PARTS:
            break
    return reading if reading.leaves or reading.inners else None


def _append(reading: Reading, name: str, data: bytes, start: int, stop: int) -> None:
    piece = data[start:stop]
    begin = start + len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if piece:
        value = piece.decode("utf-8", "replace") if len(piece) <= MAX_VALUE else None
        reading.leaves.append(Leaf(name, f"@{begin}", value, begin, len(piece), piece))


def _strings(data: bytes, start: int, end: int) -> list[tuple[int, int, bool]]:
    """The strings of one printable run: `(start, end, whether its length stood before it)`.

    A length may itself be printable (36 is `$`, 32 a space), so a run may begin with one, or hold several strings.
    """
    result: list[tuple[int, int, bool]] = []
    size = data[start - 1] if start else 0
    pos = start
    if not 2 <= size <= end - start:
        first = data[start]
        if end - start > 8 and first == end - start - 1:
            return [(start + 1, end, True)]
        return [(start, end, False)]
    while pos < end:
        if not 2 <= size <= end - pos:
            result.append((pos, end, False))
            break
        result.append((pos, pos + size, True))
        pos += size
        if pos < end:
            size = data[pos]
            if not 2 <= size <= end - pos - 1:
                if end - pos >= 2:
                    result.append((pos, end, False))
                break
            pos += 1
    return result


DECODER = Decoder(name="text", reads="binary", recognise=_recognise, open=_open)
