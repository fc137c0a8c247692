"""`application/x-www-form-urlencoded` (WHATWG URL §5): `a=1&b=2`, percent decoded, `+` as space. By its looks, not its label."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Reading
from vuoto.payloads.pairs import read_pairs

_KEY: Final = rb"(?!\[)[A-Za-z0-9_$@!*~.\-\[\]%+:,]{1,128}"
_FORM: Final = re.compile(rb"\s*&?" + _KEY + rb"=[^\s&=]*(?:=[^&\s]*)?(?:&|\s*\Z)")
_SPACED: Final = re.compile(rb"\s*" + _KEY + rb"=[^&\r\n]*&" + _KEY + rb"=")
_OTHER: Final = re.compile(rb"[;|,~^\t ]\s{0,4}[A-Za-z_][A-Za-z0-9_.\-]{0,63}[=:]")
_BLOBS: Final = re.compile(rb"[^&=]{0,256}+(?<=[A-Za-z0-9+/_\-]{12})={1,2}[|;,:.~^\s]|\s*[A-Za-z0-9+/_\-]{12,}={1,2}[|;,:.~^\s]")
_PADDED: Final = re.compile(rb"[^&=]*+(?<=[A-Za-z0-9+/_\-]{4})={1,6}\s*\Z")


def _recognise(data: bytes, hint: str) -> int:
    if b"=" not in data:
        return 0
    if _PADDED.match(data) and len(data) >= 12 and b"&" not in data:
        return 0  # Base64 with its padding, not a name without a value
    if b"&" not in data and (_OTHER.search(data) or _BLOBS.match(data)):
        return 0  # pairs, but separated by something else: a home-made format
    if _FORM.match(data):
        return 85 if b"&" in data or "form" in hint else 65
    return 60 if _SPACED.match(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    end = len(data.rstrip())
    start = len(data) - len(data.lstrip())
    leaves = read_pairs(data, start, end)
    named = sum(1 for leaf in leaves if leaf.name)
    if not named or named * 2 < len(leaves):
        return None
    return Reading(leaves=leaves, whole=True)


DECODER = Decoder(name="form", reads="text", recognise=_recognise, open=_open)
