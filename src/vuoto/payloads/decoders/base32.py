"""Base32 (RFC 4648 §6), as a whole text, in either case, with or without padding. Kept only if what comes out means something."""

from __future__ import annotations

import base64
import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_WHOLE: Final = re.compile(rb"\s*(?:[A-Z2-7]{16,}|[a-z2-7]{16,})(?:\r?\n[A-Za-z2-7]+)*={0,6}\s*\Z")
_DIGIT: Final = re.compile(rb"[2-7=]")
_SPACES: Final = re.compile(rb"\s+")


def _recognise(data: bytes, _hint: str) -> int:
    # A word in capitals is of the alphabet too; bytes encoded have a digit in 16 characters nearly always.
    return 40 if len(data) >= 16 and _WHOLE.match(data) and _DIGIT.search(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    blob = _SPACES.sub(b"", data).rstrip(b"=").upper()
    try:
        inner = base64.b32decode(blob + b"=" * (-len(blob) % 8))
    except ValueError:
        return None
    return Reading(inners=[Inner(inner, 0, len(data), sure=False)], whole=True) if inner else None


DECODER = Decoder(name="base32", reads="text", tokens=True, recognise=_recognise, open=_open)
