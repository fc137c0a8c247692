"""Protocol buffers wire format (protobuf.dev, "Encoding"): fields of one message, without a schema. Groups are not read."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

MAX_FIELDS: Final = 5_000_000
"""Fields of one message read. The manifest of a large OTA has some 30,000 operations, each one field of its partition."""


class BrokenMessageError(ValueError):
    """The bytes are not a message."""


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The number and value of each field, in order: varints and fixed fields as `int`, strings and messages as `bytes`.

    Raises `BrokenMessageError` where the bytes are cut off or malformed; the fields before were given.
    """
    place, end = 0, len(data)
    for _ in range(MAX_FIELDS):
        if place >= end:
            return
        tag, place = _varint(data, place)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise BrokenMessageError("a field has no number")
        if wire == 0:
            value, place = _varint(data, place)
            yield number, value
        elif wire == 2:
            length, place = _varint(data, place)
            if length > end - place:
                raise BrokenMessageError("a field is cut off")
            yield number, data[place : place + length]
            place += length
        elif wire in {1, 5}:
            width = 8 if wire == 1 else 4
            if width > end - place:
                raise BrokenMessageError("a field is cut off")
            yield number, struct.unpack_from("<Q" if wire == 1 else "<I", data, place)[0]
            place += width
        else:
            raise BrokenMessageError(f"a field has the wire type {wire}")
    raise BrokenMessageError(f"it has more than {MAX_FIELDS:,} fields")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    # Ten bytes hold 64 bits; a longer varint is malformed.
    for at in range(place, min(place + 10, len(data))):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at + 1
        shift += 7
    raise BrokenMessageError("a number is cut off or longer than 64 bits")
