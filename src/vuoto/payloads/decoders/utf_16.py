"""UTF-16 text (RFC 2781), by its byte order mark or by its pattern of zero bytes. The layer inside is the same text as UTF-8.

Also behind a home-made head and between binary fields.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_MIN: Final = 12
"""Shortest text recognised by its pattern: six characters."""
_LOOK: Final = 512
"""Bytes looked at for the pattern."""


_HEAD: Final = 16 * 1024
"""Bytes searched for text between binary fields."""
_MOST: Final = 16
"""Texts read there."""
_RUNS: Final = (
    ("utf-16-le", re.compile(rb"(?:[\x20-\x7e\t\r\n]\x00){12,}+")),
    ("utf-16-be", re.compile(rb"(?:\x00[\x20-\x7e\t\r\n]){12,}+")),
)
"""Twelve characters of ASCII or more, each with its zero byte: numbers of two bytes are rarely all so small."""


def _order(data: bytes) -> str:
    if data[:2] == b"\xff\xfe":
        return "utf-16-le"
    if data[:2] == b"\xfe\xff":
        return "utf-16-be"
    head = data[: min(_LOOK, len(data) & ~1)]
    if len(head) < _MIN:
        return ""
    even, odd = head[::2], head[1::2]
    # Mostly ASCII or Latin text: nearly all upper bytes are zero and no lower byte is.
    if odd.count(0) * 10 >= len(odd) * 9 and not even.count(0):
        return "utf-16-le"
    if even.count(0) * 10 >= len(even) * 9 and not odd.count(0):
        return "utf-16-be"
    return ""


def _recognise(data: bytes, _hint: str) -> int:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") and len(data) >= 4:
        return 90
    if 0 in data[:2] and _order(data):
        return 79
    return 24 if any(run.search(data, 0, _HEAD) for _, run in _RUNS) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    order = _order(data)
    body = data[: len(data) & ~1]
    if not order:
        return _between(data)
    try:
        text = body.decode(order)
    except UnicodeDecodeError:
        return None
    marked = text[:1] == "\ufeff"
    return Reading(inners=[Inner(text.lstrip("\ufeff").encode(), 0, len(data), sure=not marked or text.isascii())], whole=True)


def _between(data: bytes) -> Reading | None:
    """Texts between binary fields, in the byte order in which there is more of it."""
    found = [
        (order, [m.span() for m, _ in zip(run.finditer(data, 0, _HEAD), range(_MOST), strict=False)]) for order, run in _RUNS
    ]
    order, spans = max(found, key=lambda one: sum(end - start for start, end in one[1]))
    inners = [Inner(data[start:end].decode(order).encode(), start, end - start, sure=False) for start, end in spans]
    return Reading(inners=inners, embedded=True) if inners else None


DECODER = Decoder(name="utf-16", reads="binary", recognise=_recognise, open=_open)
