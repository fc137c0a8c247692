"""CBOR (RFC 8949), with positions: maps or arrays, also in sequence (RFC 8742), of definite or indefinite length.

Tags are passed over. Not read: the chunks of an indefinite-length string as one string; each is a value of its own.
"""

from __future__ import annotations

import struct

from vuoto.payloads.decoder import Ask, Decoder, Reading
from vuoto.payloads.items import UNBOUNDED, Item, walk


def _head(data: bytes, pos: int) -> Item | None:
    first = data[pos]
    major, info = first >> 5, first & 0x1F
    at = pos + 1
    value = info
    if 24 <= info <= 27:
        width = 1 << (info - 24)
        if at + width > len(data):
            return None
        value = int.from_bytes(data[at : at + width], "big")
        at += width
    elif info == 31:
        if first == 0xFF:
            return Item("break", 0, at, 0)
        value = UNBOUNDED
    elif info > 27:
        return None
    if value == UNBOUNDED and major not in {2, 3, 4, 5}:
        return None
    if major == 0:
        return Item("number", value, pos, at - pos)
    if major == 1:
        return Item("number", -1 - value, pos, at - pos)
    if major in {2, 3}:
        if value == UNBOUNDED:
            return Item("array", UNBOUNDED, at, 0)
        return Item("bytes" if major == 2 else "text", 0, at, value)
    if major in {4, 5}:
        return Item("array" if major == 4 else "map", value, at, 0)
    if major == 6:
        return Item("tag", value, at, 0)
    return _simple(data, pos, info, at)


def _simple(data: bytes, pos: int, info: int, at: int) -> Item:
    if info == 25:
        return Item("number", struct.unpack(">e", data[pos + 1 : at])[0], pos + 1, 2)
    if info == 26:
        return Item("number", struct.unpack(">f", data[pos + 1 : at])[0], pos + 1, 4)
    if info == 27:
        return Item("number", struct.unpack(">d", data[pos + 1 : at])[0], pos + 1, 8)
    return Item("none", 0, at, 0)


def _recognise(data: bytes, hint: str) -> int:
    first = data[0] if data else 0
    tagged = data[:3] == b"\xd9\xd9\xf7"  # §3.4.6 self-described CBOR
    if len(data) < 4 or not (tagged or 0x81 <= first <= 0x9F or 0xA1 <= first <= 0xBF):
        return 0
    return 78 if "cbor" in hint else 52


def _open(data: bytes, ask: Ask) -> Reading | None:
    return walk(data, _head, ask.name)


DECODER = Decoder(name="cbor", reads="any", recognise=_recognise, open=_open)
