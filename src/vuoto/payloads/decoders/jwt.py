"""JSON Web Tokens in compact form (RFC 7519 §3, RFC 7515 §7.1), alone or inside a text (`Bearer …`).

Header and payload are opened; the signature, or an encrypted token's body (RFC 7516), is left.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.blobs import base64_bytes
from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.limits import MAX_RUNS

_TOKEN: Final = re.compile(rb"(?<![A-Za-z0-9_\-])(ey[A-Za-z0-9_\-]{8,})\.([A-Za-z0-9_\-]*)\.[A-Za-z0-9_\-.]*")


def _recognise(data: bytes, _hint: str) -> int:
    if b"ey" not in data:
        return 0
    found = _TOKEN.search(data)
    if found is None:
        return 0
    return 82 if found.end() - found.start() == len(data) else 79


def _open(data: bytes, _ask: Ask) -> Reading | None:
    reading = Reading()
    for count, found in enumerate(_TOKEN.finditer(data)):
        if count >= MAX_RUNS:
            break
        head = base64_bytes(found.group(1))
        if head is None or head[:1] != b"{" or head.rstrip()[-1:] != b"}":
            continue
        for part, pointer in ((1, "header"), (2, "payload")):
            inner = base64_bytes(found.group(part))
            if inner:
                begin, end = found.span(part)
                # A payload may be compressed (`"zip"`); that of an encrypted token is a key, and means nothing.
                reading.inners.append(Inner(inner, begin, end - begin, pointer=pointer, sure=inner[:1] == b"{"))
        reading.whole = (found.end() - found.start()) * 2 >= len(data)
    return reading if reading.inners else None


DECODER = Decoder(name="jwt", reads="text", tokens=True, recognise=_recognise, open=_open)
