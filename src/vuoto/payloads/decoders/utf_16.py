"""UTF-16 text (RFC 2781), by its byte order mark or by its pattern of zero bytes. The layer inside is the same text as UTF-8."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_MIN: Final = 12
"""Shortest text recognised by its pattern: six characters."""
_LOOK: Final = 512
"""Bytes looked at for the pattern."""


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
    return 79 if 0 in data[:2] and _order(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    order = _order(data)
    body = data[: len(data) & ~1]
    if not order:
        return None
    try:
        text = body.decode(order)
    except UnicodeDecodeError:
        return None
    marked = text[:1] == "\ufeff"
    return Reading(inners=[Inner(text.lstrip("\ufeff").encode(), 0, len(data), sure=not marked or text.isascii())], whole=True)


DECODER = Decoder(name="utf-16", reads="binary", recognise=_recognise, open=_open)
