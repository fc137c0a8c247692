"""The way back: where a value's bytes stand in its layer."""

from __future__ import annotations

from vuoto.facts.parts import Part
from vuoto.payloads.decoders.json import positions

_Places = dict[str, list[tuple[str, int, int]]]
_last: list[tuple[bytes, _Places]] = []
"""The document read last: findings of one layer are asked for one after another. Only a memory."""


def find(data: bytes, pointer: str, value: str) -> tuple[int, int]:
    """`(offset, length)` of the JSON value at `pointer` in `data`; of repeated members, the one that says `value`."""
    if not _last or _last[0][0] is not data:
        places: _Places = {}
        for leaf in positions(data):
            places.setdefault(leaf.pointer, []).append((leaf.value or "", leaf.offset, leaf.length))
        _last[:] = [(data, places)]
    candidates = _last[0][1].get(pointer)
    if not candidates:
        return 0, len(data)
    for text, offset, length in candidates:
        if text == value:
            return offset, length
    return candidates[-1][1], candidates[-1][2]


def locate(part: Part) -> tuple[int, int]:
    """`(offset, length)` of the value's bytes in `part.layer.data`, escapes included."""
    if part.offset >= 0:
        return part.offset, part.length
    return find(part.layer.data, part.pointer, part.value)
