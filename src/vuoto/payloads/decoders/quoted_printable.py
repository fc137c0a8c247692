"""Quoted-printable (RFC 2045 §6.7): `=3D`, `=C3=A9`, soft line breaks. Tried where its marks are frequent or claimed."""

from __future__ import annotations

import binascii
import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_MARK: Final = re.compile(rb"=(?:3D|[2-7][0-9A-F](?:=[2-7][0-9A-F]){5}|[C-F][0-9A-F]=[89AB][0-9A-F]|\r?\n(?=\s*\S))")
_BARE: Final = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|\Z)")
"""An equals sign that is no code: quoted-printable has none."""

_LONG: Final = re.compile(rb"[^\r\n]{68}=\r?\n(?=[^\s])")
"""A line broken where writers break it: 76 characters at most."""
_CODE: Final = re.compile(rb"=[0-9A-F]{2}")
_SOFT: Final = re.compile(rb"[^=\s]=\r?\n(?=[^\s])")
"""A soft line break, which no other syntax has; without one, `a=3D` may as well be a pair."""


def _recognise(data: bytes, hint: str) -> int:
    if b"=" not in data or _MARK.search(data) is None:
        return 0
    if "quoted-printable" in hint:
        return 88
    if _BARE.search(data) is not None:
        return 0
    if _SOFT.search(data):
        # Short lines without a code may as well end with the padding of Base64.
        return 90 if _CODE.search(data) or _LONG.search(data) else 0
    return 66 if b"=3D" in data else 25


def _open(data: bytes, _ask: Ask) -> Reading | None:
    inner = binascii.a2b_qp(data)
    return (
        Reading(inners=[Inner(inner, 0, len(data), sure=False)], whole=_SOFT.search(data) is not None) if inner != data else None
    )


DECODER = Decoder(name="quoted-printable", reads="text", recognise=_recognise, open=_open)
