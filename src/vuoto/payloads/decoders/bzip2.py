"""bzip2 (Seward, bzip2 1.0.8), recognised by its magic number and that of its first block."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.decompress import decompress

_MAGIC: Final = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
"""The block size, then a block (pi) or the end of an empty stream (its square root)."""


def _recognise(data: bytes, _hint: str) -> int:
    return 100 if data[:3] == b"BZh" and _MAGIC.match(data) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    import bz2

    out, problem = decompress(bz2.BZ2Decompressor(), data, ask.room, OSError)
    if not out:
        return None
    problems = [f"bzip2: {problem}"] if problem else []
    return Reading(inners=[Inner(out, 0, len(data))], problems=problems, whole=True, expanded=len(out))


DECODER = Decoder(name="bzip2", reads="any", recognise=_recognise, open=_open)
