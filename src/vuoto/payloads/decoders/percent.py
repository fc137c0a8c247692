"""Percent encoding (RFC 3986 §2.1) of a whole text: a value encoded twice, or JSON sent percent encoded without a name."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.meaning import text_of
from vuoto.payloads.pairs import unquote_bytes

_CODE: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_JUNK: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def _recognise(data: bytes, _hint: str) -> int:
    return 55 if b"%" in data and _CODE.search(data) and not _JUNK.search(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    # A space is never percent encoding's own; `+` stands for it where no %20 does.
    inner = unquote_bytes(data, plus=b"%20" not in data and b"%2B" not in data and b" " not in data and b"%22" in data)
    sure = text_of(inner) is not None
    return Reading(inners=[Inner(inner, 0, len(data), sure=sure)])


DECODER = Decoder(name="percent", reads="text", recognise=_recognise, open=_open)
