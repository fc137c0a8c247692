"""MessagePack (github.com/msgpack/msgpack, spec.md), with positions: maps or arrays in sequence that fill the bytes."""

from __future__ import annotations

import struct
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Reading
from vuoto.payloads.items import Item, walk

_NUMBERS: Final = {
    0xCA: (">f", 4),
    0xCB: (">d", 8),
    0xCC: (">B", 1),
    0xCD: (">H", 2),
    0xCE: (">I", 4),
    0xCF: (">Q", 8),
    0xD0: (">b", 1),
    0xD1: (">h", 2),
    0xD2: (">i", 4),
    0xD3: (">q", 8),
}
_SIZED: Final = {
    0xC4: 1,
    0xC5: 2,
    0xC6: 4,
    0xD9: 1,
    0xDA: 2,
    0xDB: 4,
    0xC7: 1,
    0xC8: 2,
    0xC9: 4,
    0xDC: 2,
    0xDD: 4,
    0xDE: 2,
    0xDF: 4,
}


def _head(data: bytes, pos: int) -> Item | None:
    code = data[pos]
    at = pos + 1
    if code < 0x80:
        return Item("number", code, pos, 1)
    if code < 0x90:
        return Item("map", code & 0xF, at, 0)
    if code < 0xA0:
        return Item("array", code & 0xF, at, 0)
    if code < 0xC0:
        return Item("text", 0, at, code & 0x1F)
    if code >= 0xE0:
        return Item("number", code - 256, pos, 1)
    if code in {0xC0, 0xC2, 0xC3}:
        return Item("none", 0, at, 0)
    if code in _NUMBERS:
        form, width = _NUMBERS[code]
        if at + width > len(data):
            return None
        return Item("number", struct.unpack(form, data[at : at + width])[0], at, width)
    if 0xD4 <= code <= 0xD8:  # fixext: a type byte, then 1 to 16 bytes
        return Item("bytes", 0, at + 1, 1 << (code - 0xD4))
    width = _SIZED.get(code, 0)
    if not width or at + width > len(data):
        return None
    size = int.from_bytes(data[at : at + width], "big")
    at += width
    if code in {0xDC, 0xDD}:
        return Item("array", size, at, 0)
    if code in {0xDE, 0xDF}:
        return Item("map", size, at, 0)
    if code >= 0xD9:
        return Item("text", 0, at, size)
    return Item("bytes", 0, at + (1 if code >= 0xC7 else 0), size)


def _recognise(data: bytes, hint: str) -> int:
    first = data[0] if data else 0
    if not (0x81 <= first <= 0x9F or 0xDC <= first <= 0xDF) or len(data) < 4:
        return 0
    return 78 if "msgpack" in hint or "messagepack" in hint else 51


def _open(data: bytes, ask: Ask) -> Reading | None:
    return walk(data, _head, ask.name)


DECODER = Decoder(name="msgpack", reads="any", recognise=_recognise, open=_open)
