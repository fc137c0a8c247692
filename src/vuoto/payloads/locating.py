"""The way back: where a value's bytes stand in its layer."""

from __future__ import annotations

from typing import Final

from vuoto.facts.parts import Part
from vuoto.payloads.decoders.json import positions

_Places = dict[str, list[tuple[str, int, int]]]
_last: list[tuple[bytes, _Places]] = []
"""The document read last: findings of one layer are asked for one after another. Only a memory."""


_SMALL: Final = 8192
"""Bytes of a document that are searched for a value before the whole is read again with its places."""


def find(data: bytes, pointer: str, value: str) -> tuple[int, int]:
    """`(offset, length)` of the JSON value at `pointer` in `data`; of repeated members, the one that says `value`."""
    if not _last or _last[0][0] is not data:
        if len(data) <= _SMALL and (at := _only_place(data, value)) >= 0:
            return at, len(value.encode())
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


def _only_place(data: bytes, value: str) -> int:
    """Where `value`, which the document is known to hold, stands in its bytes, if only one place can be it; else -1.

    Without escapes a value stands there as it is: where its bytes occur once, that is the value. Twice, but once in quotes, it is
    that one, unless it could be a number, which has none.
    """
    if not value or b"\\" in data:
        return -1
    raw = value.encode("utf-8", "replace")
    if data.count(raw) == 1:
        return data.find(raw)
    quoted = b'"' + raw + b'"'
    if value[0] not in "-0123456789" and data.count(quoted) == 1:
        return data.find(quoted) + 1
    return -1


def locate(part: Part) -> tuple[int, int]:
    """`(offset, length)` of the value's bytes in `part.layer.data`, escapes included."""
    if part.offset >= 0:
        return part.offset, part.length
    return find(part.layer.data, part.pointer, part.value)
