r"""Text inside binary that nobody can parse: runs of printable characters, named by the short run before them.

Also strings behind their own length (`\x04imei\x0f3520…`). What follows the magic number of a compressed stream is left to that
decoder. The last resort, linear in the bytes.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.limits import MAX_PARTS, MAX_TEXT, MAX_VALUE

_RUN: Final = re.compile(rb"(?:[\x20-\x7e\t\r\n]|[\xc3-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}){2,}+")
# Possessive: a run of 20 MB would else leave 1.8 GB of places to go back to, for a match that never goes back.
_LABEL: Final = re.compile(rb"[A-Za-z_$][A-Za-z0-9_.$\-]{1,31}[=:]?")
_COMPRESSED: Final = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|\x28\xb5\x2f\xfd")
_MIN: Final = 6
"""Shortest run that is a value without a label: four random bytes are printable once in fifty times, six once in 400."""
_SHORTEST: Final = 4
"""Shortest value behind a label or its own length."""
_WIDE: Final = 6
"""How much longer a run must be whose characters are not all ASCII: noise is valid UTF-8 more often than printable ASCII."""
_GROWS: Final = (4096, 65536)
"""Sizes past which a run must be two longer each: a megabyte of noise has 1,600 runs of six."""
_MARKS: Final = 3
"""Printable bytes behind a counted name that tell the type of the value and of its length."""
_BREAKS: Final = b"\t\n\r"
"""Lengths that are a tab or an end of a line: a run begins with them, and no text does."""
_TEXT_HEAD: Final = 0x60
_LONGEST_SHORT: Final = 23
"""Head of an empty text string of CBOR, and the longest whose length is a part of its head."""
_NEAR: Final = 8
"""Bytes between a label and its value: a length of up to four bytes, a type or a number of the value, padding to four bytes."""


def _recognise(_data: bytes, _hint: str) -> int:
    return 5


def _open(data: bytes, ask: Ask) -> Reading | None:
    leaves = runs(data, 0, len(data), ask.name)
    return Reading(leaves=leaves) if leaves else None


def runs(data: bytes, begin: int, end: int, name: str) -> list[Leaf]:
    """The runs in `data[begin:end]`, up to a compressed stream; `name` is what those without a label are called."""
    reading = Reading()
    end = min(end, MAX_TEXT)
    packed = _COMPRESSED.search(data, begin, end)
    end = packed.start() if packed is not None else end
    grown = sum(1 for size in _GROWS if len(data) > size)
    shortest = _MIN + 2 * grown
    label = b""
    label_end = -100
    for found in _RUN.finditer(data, begin, end):
        counted_label = False
        for start, stop, counted in _strings(data, found.start(), found.end()):
            if counted_label and not counted and found.end() - label_end <= _MARKS:
                break  # not the whole run again: behind a counted name stand only the marks of a type, as UBJSON has them
            piece = data[start:stop].strip()
            size = len(piece)
            named = bool(label) and start - label_end <= _NEAR
            is_label = _LABEL.fullmatch(piece) is not None and (counted or size >= 3 + grown)
            if is_label and not (named and size >= _MIN):
                label, label_end, counted_label = piece.rstrip(b"=:"), stop, counted
                if size < shortest or counted:
                    continue
            elif named and size >= _SHORTEST:
                _append(reading, label.decode("ascii"), data, start, stop)
                label = b""
                continue
            if size >= (_SHORTEST if counted else shortest if piece.isascii() else shortest + _WIDE):
                _append(reading, name, data, start, stop)
        if len(reading.leaves) > MAX_PARTS:
            break
    return reading.leaves


def _append(reading: Reading, name: str, data: bytes, start: int, stop: int) -> None:
    piece = data[start:stop]
    begin = start + len(piece) - len(piece.lstrip())
    piece = piece.strip()
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return  # a length cut a character in two: it was none
    if text:
        value = text if len(piece) <= MAX_VALUE else None
        reading.leaves.append(Leaf(name, f"@{begin}", value, begin, len(piece), piece))


def _strings(data: bytes, start: int, end: int) -> list[tuple[int, int, bool]]:
    """The strings of one printable run: `(start, end, whether its length stood before it)`.

    A length may itself be printable (36 is `$`, 32 a space), so a run may begin with one, or hold several strings.
    """
    for scale in (1, 2):  # Avro writes lengths twice as large (zigzag)
        result = _tiles(data, start, end, scale)
        if result is not None:
            return result
    heads = _heads(data, start, end)
    if heads is not None:
        return heads
    first = data[start]
    if end - start > 8 and first in (end - start - 1, 2 * (end - start - 1)):
        return [(start + 1, end, True)]  # explains the whole run, so it comes before a byte that explains its beginning
    if first in _BREAKS and end - start - 2 == first:  # and the mark of the next value's type behind it, as Java's `t`
        return [(start + 1, end - 1, True)]
    size = data[start - 1] if start else 0
    if not 2 <= size <= end - start:
        return [(start, end, False)]
    # The byte before was perhaps no length: the run as a whole speaks too.
    return [(start, start + size, True), (start + size, end, False), (start, end, False)]


def _tiles(data: bytes, start: int, end: int, scale: int) -> list[tuple[int, int, bool]] | None:
    """The strings of a run that is nothing but strings, each behind its length times `scale`; `None` where it is not."""
    result: list[tuple[int, int, bool]] = []
    pos = start
    while pos < end:
        size, odd = divmod(data[pos - 1] if pos else 0, scale)
        if odd or not 2 <= size <= end - pos:
            return None
        result.append((pos, pos + size, True))
        pos += size + 1
    return result


def _heads(data: bytes, start: int, end: int) -> list[tuple[int, int, bool]] | None:
    """The strings of a run that is nothing but text strings of CBOR, as in a map behind a home-made head; `None` where it is not.

    The head of a text of up to 23 bytes is 0x60 and its length, a letter (RFC 8949 §3.1).
    """
    result: list[tuple[int, int, bool]] = []
    pos = start
    while pos < end:
        size = data[pos] - _TEXT_HEAD
        if not 1 <= size <= _LONGEST_SHORT or pos + 1 + size > end:
            return None
        result.append((pos + 1, pos + 1 + size, True))
        pos += 1 + size
    return result if len(result) > 1 else None


DECODER = Decoder(name="text", reads="binary", recognise=_recognise, open=_open)
