"""How the scalar values of binary formats become text."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.decoder import Leaf
from vuoto.payloads.limits import MAX_VALUE
from vuoto.payloads.meaning import text_of

IDENTIFIER_SIZES: Final = frozenset({6, 8, 16, 20, 32})
"""Bytes of a MAC, of a packed-BCD IMEI or an Android id, of a UUID or MD5, of a SHA-1, of a SHA-256: shown as hex."""


def bytes_leaf(name: str, pointer: str, raw: bytes, offset: int, length: int) -> list[Leaf]:
    """The leaf of a binary value: its text where it is text, its hex where it has an identifier's size, else bytes to unwrap."""
    if not raw:
        return []
    text = text_of(raw) if len(raw) <= MAX_VALUE else None
    if text is not None:
        return [Leaf(name, pointer, text, offset, length, raw)]
    if len(raw) in IDENTIFIER_SIZES:
        return [Leaf(name, pointer, raw.hex(), offset, length, raw, syntax="bytes")]
    return [Leaf(name, pointer, None, offset, length, raw)]
