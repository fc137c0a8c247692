"""`name=value` pairs with percent encoding, as forms and queries write them (WHATWG URL §5.1), with each value's position."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from vuoto.payloads.decoder import Leaf
from vuoto.payloads.limits import MAX_PARTS, MAX_VALUE
from vuoto.payloads.meaning import text_of


def unquote(data: bytes, *, plus: bool = False) -> str:
    """Percent decoded, once; `plus` also makes `+` a space. Not UTF-8: Latin-1."""
    raw = unquote_bytes(data, plus=plus)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def unquote_bytes(data: bytes, *, plus: bool = False) -> bytes:
    """The same as bytes."""
    if plus and b"+" in data:
        data = data.replace(b"+", b" ")
    return unquote_to_bytes(data) if b"%" in data else data


def read_pairs(data: bytes, start: int, end: int, separators: bytes = b"&") -> list[Leaf]:
    """The pairs in `data[start:end]`. `+` is a space unless the value is Base64 whose `+` nobody encoded."""
    leaves: list[Leaf] = []
    pos = start
    while pos < end and len(leaves) <= MAX_PARTS:
        stop = end
        for separator in separators:
            found = data.find(separator, pos, stop)
            if found >= 0:
                stop = found
        equals = data.find(b"=", pos, stop)
        if equals < 0:
            if stop > pos:
                leaves.append(_leaf("", data, pos, stop))
        else:
            name = unquote(data[pos:equals], plus=True).strip() if equals - pos <= 1024 else ""
            leaves.append(_leaf(name, data, equals + 1, stop))
        pos = stop + 1
    return [leaf for leaf in leaves if leaf.length]


_BASE64: Final = re.compile(rb"(?:[A-Za-z0-9/+\r\n]|%0[AaDd]|%2[FfBb])++(?:=|%3[Dd]){0,2}(?:%0[AaDd])*")

_WORDS: Final = re.compile(rb"(?:[A-Z]?[a-z]+|[A-Z]+|[0-9]+)(?:\++(?:[A-Z]?[a-z]+|[A-Z]+|[0-9]+))+")
"""Words and numbers with plus signs between them: spaces, though the alphabet is Base64's."""


def _leaf(name: str, data: bytes, start: int, end: int) -> Leaf:
    if end - start > MAX_VALUE:
        piece = data[start:end]
        raw = unquote_bytes(piece, plus=_BASE64.fullmatch(piece) is None)
        return Leaf(name, name, None, start, end - start, raw)
    piece = data[start:end]
    if b"%" not in piece and b"+" not in piece:
        try:
            return Leaf(name, name, piece.decode(), start, end - start)
        except UnicodeDecodeError:
            return Leaf(name, name, piece.decode("latin-1"), start, end - start)
    plus = b"+" in piece and not (len(piece) >= 16 and _BASE64.fullmatch(piece) and not _WORDS.fullmatch(piece))
    raw = unquote_bytes(piece, plus=plus)
    text = text_of(raw)
    if text is None:
        return Leaf(name, name, raw.decode("latin-1"), start, end - start, raw)
    return Leaf(name, name, text, start, end - start, None if text.isascii() else raw)
