"""BSON (bsonspec.org, version 1.1), with positions: documents that fill their stated length exactly.

One, several in sequence, or one behind a short head. Object ids, binary and the rest are bytes of an identifier's size or
nobody's data. Not read: code with scope, decimal128.
"""

from __future__ import annotations

import struct
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.json_reader import escape, labels, named
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH, MAX_VALUE
from vuoto.payloads.meaning import text_of
from vuoto.payloads.scalars import bytes_leaf

_TYPES: Final = frozenset((*range(0x01, 0x14), 0x7F, 0xFF))
_FIXED: Final = {0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x11: 8, 0x13: 16, 0x7F: 0, 0xFF: 0}
"""Bytes of the values that are passed over: undefined, object id, boolean, date, null, timestamp, decimal, the extreme keys."""
_NUMBERS: Final = {0x01: "<d", 0x10: "<i", 0x12: "<q"}
_LONGEST_NAME: Final = 256
_SHORTEST: Final = 16
"""Bytes of a document with one short text: a shorter one may be chance behind a head."""
_LONGEST_HEAD: Final = 32
"""Bytes before it: OP_MSG has 21, OP_INSERT 21 and a name."""


def _recognise(data: bytes, _hint: str) -> int:
    if len(data) < 8:
        return 0
    size = int.from_bytes(data[:4], "little")
    if not 8 <= size <= len(data) or data[size - 1] or data[4] not in _TYPES:
        return 45 if not data[-1] and _behind_head(data) else 0
    return 86 if size == len(data) else 45


def _behind_head(data: bytes) -> int:
    """Where a document begins that the rest of the data is, behind a short head as of MongoDB's OP_MSG; 0 where there is none."""
    if data[-1] or len(data) - _SHORTEST < 1:
        return 0
    for pos in range(1, min(_LONGEST_HEAD, len(data) - _SHORTEST) + 1):
        if int.from_bytes(data[pos : pos + 4], "little") == len(data) - pos and data[pos + 4] in _TYPES:
            return pos
    return 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    reading = _sequence(data, 0, ask)
    if reading is None and (begin := _behind_head(data)):
        reading = _sequence(data, begin, ask)
    return reading


def _sequence(data: bytes, begin: int, ask: Ask) -> Reading | None:
    """The documents from `begin` to the end of the data; `None` where something there is none."""
    leaves: list[Leaf] = []
    pos, number = begin, 0
    while pos < len(data):
        size = int.from_bytes(data[pos : pos + 4], "little")
        if not 5 <= size <= len(data) - pos or data[pos + size - 1]:
            return None
        prefix = f"/{number}" if pos > begin or size < len(data) - begin else ""
        if not _document(data, pos, pos + size, prefix, ask.name, leaves):
            return None
        pos += size
        number += 1
    return Reading(leaves=leaves, whole=not begin) if leaves else None


def _document(data: bytes, start: int, stop: int, prefix: str, own: str, leaves: list[Leaf]) -> bool:
    stack: list[tuple[int, str, str, str]] = []  # of the documents around: (end, pointer, name, sibling label)
    pos, end, pointer, name, label = start + 4, stop, prefix, own, ""
    while True:
        kind = data[pos] if pos < end else -1
        pos += 1
        if kind == 0:
            if pos != end:
                return False
            if not stack:
                return True
            end, pointer, name, label = stack.pop()
            continue
        stop_name = data.find(b"\0", pos, min(end, pos + _LONGEST_NAME))
        key = text_of(data[pos:stop_name]) if stop_name >= 0 else None
        if key is None or kind not in _TYPES or len(leaves) > MAX_PARTS:
            return False
        pos = stop_name + 1
        child = f"{pointer}/{escape(key)}"
        called = key if key and not key.isdigit() else name
        if label or name:
            called = named(called, label, name)
        size = int.from_bytes(data[pos : pos + 4], "little")
        if kind in (0x03, 0x04):
            if len(stack) >= MAX_TREE_DEPTH or not 5 <= size <= end - pos:
                return False
            stack.append((end, pointer, name, label))
            end, pointer, name, label = pos + size, child, called, ""
            pos += 4
        elif kind in (0x02, 0x0D, 0x0E):
            if not 1 <= size <= end - pos - 4 or data[pos + 3 + size]:
                return False
            raw = data[pos + 4 : pos + 3 + size]
            text = text_of(raw) if len(raw) <= MAX_VALUE else None
            if raw:
                leaves.append(Leaf(called, child, text, pos + 4, len(raw), raw))
            if text is not None and labels(key, text):
                label = text
            pos += 4 + size
        elif kind == 0x05:
            if size > end - pos - 5:
                return False
            leaves += bytes_leaf(called, child, data[pos + 5 : pos + 5 + size], pos + 5, size)
            pos += 5 + size
        elif kind in _NUMBERS:
            form = _NUMBERS[kind]
            width = struct.calcsize(form)
            if width > end - pos:
                return False
            leaves.append(Leaf(called, child, str(struct.unpack_from(form, data, pos)[0]), pos, width))
            pos += width
        elif kind in _FIXED:
            pos += _FIXED[kind]
        else:
            return False


DECODER = Decoder(name="bson", reads="any", recognise=_recognise, open=_open)
