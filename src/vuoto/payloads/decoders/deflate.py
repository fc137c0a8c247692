"""Raw deflate (RFC 1951), without a magic number: tried where HTTP claims it, and on unknown binary if it ends in sense."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.inflate import inflate

_MIN: Final = 16
"""Shortest input tried unasked: a deflate block of a few bytes ends by chance."""

_TRAILER: Final = 8
"""Bytes that may follow the stream (a checksum and a length, as in gzip without its header)."""


def _recognise(data: bytes, hint: str) -> int:
    if len(data) < 4:
        return 0
    if "deflate" in hint:
        return 90
    # RFC 1951 §3.2.3: BTYPE 11 is reserved. §3.2.4: a stored block says its length twice, the second time complemented.
    if not data[0] & 6:
        return 60 if len(data) >= 8 and data[0] < 2 and all(data[n] ^ data[n + 2] == 0xFF for n in (1, 2)) else 0
    return 30 if len(data) >= _MIN and (data[0] >> 1) & 3 in (1, 2) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    got = inflate(data, -15, ask.room)
    claimed = "deflate" in ask.hint
    bomb = "bound" in got.problem
    if (
        not got.data
        or "broken" in got.problem
        or not (got.ended or bomb or claimed)
        or (got.ended and len(data) - got.used > _TRAILER)
    ):
        return None
    inner = Inner(got.data, 0, len(data), sure=False)
    problems = [f"deflate: {got.problem}"] if got.problem and (claimed or bomb) else []
    return Reading(inners=[inner], problems=problems, whole=True, expanded=len(got.data))


DECODER = Decoder(name="deflate", reads="binary", recognise=_recognise, open=_open)
