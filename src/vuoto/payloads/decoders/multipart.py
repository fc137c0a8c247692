"""Multipart bodies (RFC 2046 §5.1, RFC 7578): each part with its name, file name and own headers.

The boundary is taken from the first line, not from the header that may lie. What a part holds is opened in its turn.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.limits import MAX_VALUE
from vuoto.payloads.meaning import text_of

_START: Final = re.compile(rb"\s*--([^\r\n]{1,200})\r?\n(?=[A-Za-z\-]{1,64}:|\r?\n)")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_PARAMETER: Final = re.compile(rb'(?i)\b(name|filename)\*?=(?:"([^"]*)"|([^;\s]+))')
_HEADER: Final = re.compile(rb"(?im)^(content-[a-z\-]{1,40}):[ \t]*([^\r\n]*)")
_MAX_PARTS: Final = 4096
"""Parts read: browsers and apps send a handful."""
_MAX_HEAD: Final = 16 * 1024
"""Bytes of one part's headers."""


def _recognise(data: bytes, _hint: str) -> int:
    if data[:256].lstrip()[:2] != b"--":
        return 0
    return 97 if _START.match(data, 0, 1024) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    first = _START.match(data, 0, 1024)
    if first is None:
        return None
    delimiter = b"--" + first.group(1).rstrip()
    reading = Reading(whole=True)
    pos = first.start(1) - 2
    for number in range(_MAX_PARTS):
        pos = data.find(b"\n", pos)
        if pos < 0:
            break
        pos += 1
        following = data.find(b"\n" + delimiter, pos - 1)
        end = following if following >= 0 else len(data)
        content_end = end - 1 if following > 0 and data[end - 1 : end] == b"\r" else end
        _part(reading, data, pos, max(content_end, pos), number)
        if following < 0:
            break
        pos = following + 1 + len(delimiter)
        if data[pos : pos + 2] == b"--":
            break
    else:
        reading.problems.append("multipart: more parts than the bound allows; the rest was not read")
    return reading


def _part(reading: Reading, data: bytes, start: int, end: int, number: int) -> None:
    if data[start : start + 1] == b"\n" or data[start : start + 2] == b"\r\n":
        head, body = b"", data.find(b"\n", start, end) + 1
    else:
        blank = _HEAD_END.search(data, start, min(end, start + _MAX_HEAD))
        if blank is None:
            return
        head, body = data[start : blank.start()], blank.end()
    name = ""
    for found in _PARAMETER.finditer(head):
        raw = found.group(2) if found.group(2) is not None else found.group(3)
        value = raw.decode("utf-8", "replace")
        if found.group(1).lower() == b"name":
            name = value
        elif value:
            which = 2 if found.group(2) is not None else 3
            reading.leaves.append(Leaf("filename", f"{number}/filename", value, start + found.start(which), len(raw)))
    hints = b" ".join(value for _, value in _HEADER.findall(head)).lower().decode("latin-1")
    content = data[body:end]
    if content:
        text = text_of(content) if len(content) <= MAX_VALUE else None
        reading.leaves.append(Leaf(name, name or str(number), text, body, end - body, content, hints))


DECODER = Decoder(name="multipart", reads="any", recognise=_recognise, open=_open)
