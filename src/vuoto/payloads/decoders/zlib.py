"""zlib (RFC 1950). Recognised by its two header bytes, which carry their own check; kept if it decompresses."""

from __future__ import annotations

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.inflate import inflate


def _recognise(data: bytes, _hint: str) -> int:
    # RFC 1950 §2.2: CM=8, CINFO<=7, no preset dictionary, and the two bytes as a number divisible by 31.
    if len(data) < 8 or data[0] & 0x0F != 8 or data[0] >> 4 > 7 or data[1] & 0x20 or (data[0] << 8 | data[1]) % 31:
        return 0
    return 95 if data[0] == 0x78 else 60


def _open(data: bytes, ask: Ask) -> Reading | None:
    got = inflate(data, 15, ask.room)
    if "broken" in got.problem or not got.data:
        return None
    problems = [f"zlib: {got.problem}"] if got.problem else []
    return Reading(inners=[Inner(got.data, 0, len(data))], problems=problems, whole=True, expanded=len(got.data))


DECODER = Decoder(name="zlib", reads="any", recognise=_recognise, open=_open)
