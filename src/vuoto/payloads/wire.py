"""Protocol Buffers wire format without a schema (protobuf.dev, Encoding), with the position of every field.

Read: varint, fixed32, fixed64, length-delimited. Not read: groups (deprecated; a byte that says so ends the guess). Whether a
length-delimited field is text, a message or bytes is a guess, made by `decoders/protobuf.py`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

MAX_FIELD: Final = 4096
"""Largest field number believed: schemas number from 1, extensions of published ones stay below 2,000; noise does not."""

MAX_FIELDS: Final = 20_000
"""Fields of one message."""


class Field(NamedTuple):
    """One field as it stands."""

    number: int
    """Field number."""

    wire: int
    """0 varint, 1 fixed64, 2 length-delimited, 5 fixed32."""

    value: int
    """The integer of a varint or fixed field; for length-delimited its length."""

    offset: int
    """Where the value begins (the content, for length-delimited)."""

    length: int
    """Bytes of the value."""


def varint(data: bytes, pos: int, end: int) -> tuple[int, int]:
    """`(value, offset behind it)`; offset -1 where it is cut off, longer than ten bytes, or padded with needless bytes."""
    value = shift = 0
    start = pos
    while pos < end and shift < 70:
        byte = data[pos]
        pos += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value & 0xFFFFFFFFFFFFFFFF, pos) if byte or pos - start == 1 else (0, -1)
        shift += 7
    return 0, -1


def fields(data: bytes, start: int, end: int) -> list[Field] | None:
    """The fields of the message in `data[start:end]`, or `None` where it is none: all bytes must be used, exactly."""
    found: list[Field] = []
    pos = start
    while pos < end:
        tag, pos = varint(data, pos, end)
        if pos < 0:
            return None
        number, wire = tag >> 3, tag & 7
        if not 0 < number <= MAX_FIELD or len(found) >= MAX_FIELDS:
            return None
        if wire == 0:
            value, after = varint(data, pos, end)
            if after < 0:
                return None
            found.append(Field(number, 0, value, pos, after - pos))
        elif wire == 2:
            length, begin = varint(data, pos, end)
            if begin < 0 or length > end - begin:
                return None
            after = begin + length
            found.append(Field(number, 2, length, begin, length))
        elif wire in {1, 5}:
            after = pos + (8 if wire == 1 else 4)
            if after > end:
                return None
            found.append(Field(number, wire, int.from_bytes(data[pos:after], "little"), pos, after - pos))
        else:
            return None
        pos = after
    return found
