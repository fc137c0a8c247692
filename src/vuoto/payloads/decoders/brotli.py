"""Brotli (RFC 7932), which has no magic number: tried where HTTP claims `br`, and on small unknown binary if it ends in sense."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_CLAIM: Final = re.compile(r"(?:^|[^a-z])br(?:$|[^a-z])|brotli")
_MIN: Final = 16
"""Shortest input tried unasked."""
_MAX: Final = 256 * 1024
"""Longest input tried unasked: a larger body would name its coding."""


def _recognise(data: bytes, hint: str) -> int:
    if hint and _CLAIM.search(hint):
        return 90
    return 20 if _MIN <= len(data) <= _MAX else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    import brotli

    stream = brotli.Decompressor()
    out: list[bytes] = []
    size = 0
    problem = ""
    pending = data
    try:
        while not stream.is_finished():
            piece = stream.process(pending, output_buffer_limit=max(1, ask.room - size))
            pending = b""
            if not piece and stream.can_accept_more_data():
                problem = "the compressed stream is cut off"
                break
            out.append(piece)
            size += len(piece)
            if size >= ask.room and not stream.is_finished():
                problem = "it unpacks to more than the bound allows, as a decompression bomb does; only the first bytes were read"
                break
    except brotli.error:
        return None
    claimed = _CLAIM.search(ask.hint) is not None
    if not size or (problem and not claimed):
        return None
    result = b"".join(out)
    problems = [f"brotli: {problem}"] if problem else []
    return Reading(inners=[Inner(result, 0, len(data), sure=False)], problems=problems, whole=True, expanded=size)


DECODER = Decoder(name="brotli", reads="binary", recognise=_recognise, open=_open)
