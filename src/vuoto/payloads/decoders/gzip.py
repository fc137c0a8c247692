"""gzip (RFC 1952): one or more members. Recognised by its magic number alone, whatever a header claims."""

from __future__ import annotations

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.inflate import inflate


def _recognise(data: bytes, _hint: str) -> int:
    # RFC 1952 §2.3.1: ID1, ID2, CM=8; the upper three flag bits are reserved and must be zero.
    return 100 if data[:3] == b"\x1f\x8b\x08" and len(data) > 10 and data[3] < 0x20 else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    pieces: list[bytes] = []
    left = ask.room
    pos = 0
    problem = ""
    while _recognise(data[pos : pos + 11], "") and not problem:
        got = inflate(data, 31, left, pos)
        pieces.append(got.data)
        left -= len(got.data)
        problem = got.problem
        pos += max(got.used, 1)
    out = b"".join(pieces)
    if not out and problem and "broken" in problem:
        return None
    inner = Inner(out, 0, len(data))
    return Reading(inners=[inner], problems=[f"gzip: {problem}"] if problem else [], whole=True, expanded=len(out))


DECODER = Decoder(name="gzip", reads="binary", recognise=_recognise, open=_open)
