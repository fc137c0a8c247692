"""The Cookie header (RFC 6265 §4.2.1): `name=value; name=value`, values percent decoded as browsers' scripts write them."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Reading
from vuoto.payloads.pairs import read_pairs

_COOKIE: Final = re.compile(rb"[A-Za-z0-9_!#$%&'*+.^`|~\-]{1,256}=")


def _recognise(data: bytes, hint: str) -> int:
    return 90 if hint == "cookie" and _COOKIE.match(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    leaves = [leaf for leaf in read_pairs(data, 0, len(data), separators=b";") if leaf.name]
    return Reading(leaves=leaves, whole=True) if leaves else None


DECODER = Decoder(name="cookie", reads="text", recognise=_recognise, open=_open)
