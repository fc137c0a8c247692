r"""Backslash escapes (`\u0041`, `\x41`, `\"`) in a text that is no JSON document: source code, JSON escaped once too often."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_ESCAPE: Final = re.compile(rb"""\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(["'\\/nrtbf:=]))""")
_WORTH: Final = re.compile(rb"""\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\["/]|[0-9A-Fa-f]\\[:=]""")
_SINGLE: Final = {b"n": "\n", b"r": "\r", b"t": "\t", b"b": "\b", b"f": "\f"}


def _recognise(data: bytes, _hint: str) -> int:
    return 50 if b"\\" in data and _WORTH.search(data) else 0


def _plain(found: re.Match[bytes]) -> bytes:
    code, octet, single = found.groups()
    if single is not None:
        return _SINGLE.get(single, single.decode()).encode()
    # Surrogate halves are written as they are and joined below.
    return chr(int(code or octet, 16)).encode("utf-8", "surrogatepass")


def _open(data: bytes, _ask: Ask) -> Reading | None:
    raw = _ESCAPE.sub(_plain, data)
    try:
        text = raw.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    except UnicodeDecodeError:
        return None
    return Reading(inners=[Inner(text.encode(), 0, len(data))])


DECODER = Decoder(name="escapes", reads="text", recognise=_recognise, open=_open)
