"""UTF-32 text (Unicode 15 §3.10), by its byte order mark or by three zero bytes of four; inside is the same text as UTF-8."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_LITTLE: Final = re.compile(rb"(?:\xff\xfe\x00\x00)?(?:[\t\r\n\x20-\x7e]\x00\x00\x00){6}")
_BIG: Final = re.compile(rb"(?:\x00\x00\xfe\xff)?(?:\x00\x00\x00[\t\r\n\x20-\x7e]){6}")


def _order(data: bytes) -> str:
    if _LITTLE.match(data):
        return "utf-32-le"
    return "utf-32-be" if _BIG.match(data) else ""


def _recognise(data: bytes, _hint: str) -> int:
    return 93 if (data[2:4] == b"\x00\x00" or data[:2] == b"\x00\x00") and _order(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    order = _order(data)
    if not order:
        return None
    try:
        text = data[: len(data) & ~3].decode(order)
    except UnicodeDecodeError:
        return None
    return Reading(inners=[Inner(text.lstrip("\ufeff").encode(), 0, len(data))], whole=True)


DECODER = Decoder(name="utf-32", reads="binary", recognise=_recognise, open=_open)
