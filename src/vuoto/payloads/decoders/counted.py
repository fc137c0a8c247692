"""Strings behind their length in decimal: netstrings (cr.yp.to, Netstrings) and bencode (BitTorrent BEP 3), in one pass.

`4:imei,15:3520…,` and `d4:imei15:3520…e`. A string that looks like a name names the next one. Only bytes that are nothing but
such strings, integers and the marks of lists are read, so that a time (`12:30`) is none.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.limits import MAX_PARTS, MAX_VALUE
from vuoto.payloads.meaning import text_of

_START: Final = re.compile(rb"[dl]{0,8}[1-9]\d{0,4}:")
_ITEM: Final = re.compile(rb"[dle]|i-?\d{1,20}e|(\d{1,5}):|[,\r\n]")
_NAME: Final = re.compile(r"[A-Za-z_$][\w.$-]{1,47}")
_FEWEST: Final = 2
"""Strings: one alone may be a number, a colon and chance."""


def _recognise(data: bytes, _hint: str) -> int:
    return 66 if _START.match(data) and len(data) >= 8 else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    leaves: list[Leaf] = []
    strings = pos = 0
    name = ""
    while pos < len(data):
        found = _ITEM.match(data, pos)
        if found is None or strings > MAX_PARTS:
            return None
        pos = found.end()
        if found.group(1) is None:
            name = "" if found.group()[:1] in b"dlei" else name
            continue
        begin = pos
        pos += int(found.group(1))
        if pos > len(data):
            return None
        strings += 1
        raw = data[begin:pos]
        text = text_of(raw) if 0 < len(raw) <= MAX_VALUE else None
        if text is not None and not name and _NAME.fullmatch(text):
            name = text
            continue
        if raw:
            leaves.append(Leaf(name or ask.name, f"{strings}/{name}" if name else str(strings), text, begin, len(raw), raw))
        name = ""
    return Reading(leaves=leaves, whole=True) if strings >= _FEWEST and leaves else None


DECODER = Decoder(name="counted", reads="any", recognise=_recognise, open=_open)
