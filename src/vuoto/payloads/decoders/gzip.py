"""gzip (RFC 1952): one or more members. Recognised by its magic number alone, whatever a header claims."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.inflate import inflate

_MAGIC: Final = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]", re.DOTALL)
_HEAD: Final = 64 * 1024
"""Bytes searched for a stream behind a home-made head."""


def _recognise(data: bytes, _hint: str) -> int:
    # RFC 1952 §2.3.1: ID1, ID2, CM=8; the upper three flag bits are reserved and must be zero.
    if data[:3] == b"\x1f\x8b\x08" and len(data) > 10 and data[3] < 0x20:
        return 100
    return 25 if _MAGIC.search(data, 0, _HEAD) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    first = _MAGIC.search(data, 0, _HEAD)
    if first is None:
        return None
    pieces: list[bytes] = []
    left = ask.room
    pos = start = first.start()
    problem = ""
    while _MAGIC.match(data, pos) and not problem:
        got = inflate(data, 31, left, pos)
        pieces.append(got.data)
        left -= len(got.data)
        problem = got.problem
        pos += max(got.used, 1)
    out = b"".join(pieces)
    if not out and problem and "broken" in problem:
        return None
    if start and not out:
        return None
    inner = Inner(out, start, min(pos, len(data)) - start if start else len(data), sure=not start or not problem)
    problems = [f"gzip: {problem}"] if problem else []
    return Reading(inners=[inner], problems=problems, whole=not start, embedded=start > 0, expanded=len(out))


DECODER = Decoder(name="gzip", reads="binary", recognise=_recognise, open=_open)
