"""HTML and XML character references (`&quot;`, `&#34;`, `&#x22;`) in a text that is not markup itself."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_REFERENCE: Final = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|quot|amp|lt|gt|apos|nbsp);")


def _recognise(data: bytes, _hint: str) -> int:
    return 70 if b"&" in data and _REFERENCE.search(data) and data.lstrip()[:1] != b"<" else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    import html

    text = html.unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace")
    return Reading(inners=[Inner(text, 0, len(data))], whole=True) if text != data else None


DECODER = Decoder(name="entities", reads="text", recognise=_recognise, open=_open)
