"""Varint-delimited protobuf messages in sequence (`writeDelimitedTo`), as event loggers send them; all must be messages."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading
from vuoto.payloads.wire import fields, varint

_MAX_MESSAGES: Final = 4096
"""Messages read of one body."""


def _recognise(data: bytes, _hint: str) -> int:
    if len(data) < 6:
        return 0
    length, begin = varint(data, 0, min(len(data), 5))
    if begin < 0 or not 4 <= length <= len(data) - begin:
        return 0
    return 35 if data[begin] & 7 in {0, 1, 2, 5} and data[begin] >= 8 else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    reading = Reading()
    pos = 0
    while pos < len(data):
        length, begin = varint(data, pos, min(len(data), pos + 5))
        if begin < 0 or length > len(data) - begin or len(reading.inners) >= _MAX_MESSAGES:
            return None
        if length:
            if fields(data, begin, begin + length) is None:
                return None
            reading.inners.append(Inner(data[begin : begin + length], begin, length, sure=False))
        pos = begin + length
    return reading if reading.inners else None


DECODER = Decoder(name="delimited", reads="any", recognise=_recognise, open=_open)
