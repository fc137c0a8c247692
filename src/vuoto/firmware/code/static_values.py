"""The initial values of static fields, those of all classes of a file at once.

Source: "Dalvik executable format", `encoded_array_item`. Most classes have none or a few, each of one piece: the first values of
all classes are read in one round of NumPy, then the second ones. Classes with many values, with arrays among them, or with any
that do not lie whole inside the file, are read one by one by `encoded.read_array`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vuoto.firmware.code.encoded import (
    LARGEST,
    LEAVES,
    VALUE_ANNOTATION,
    VALUE_ARRAY,
    VALUE_BOOLEAN,
    VALUE_CHAR,
    VALUE_INT,
    VALUE_INTEGERS,
    VALUE_NULL,
    Budget,
    read_array,
    whole_numbers,
)
from vuoto.firmware.code.leb128 import I64, U8, Mask

# More rounds than this pay for few classes; and a count below 0x80 is one byte.
FEW: Final = 16

_KEPT: Final = np.isin(np.arange(32), sorted(LEAVES))
_NESTED: Final = np.isin(np.arange(32), (VALUE_ARRAY, VALUE_ANNOTATION))
_BARE: Final = np.isin(np.arange(32), (VALUE_NULL, VALUE_BOOLEAN))
_SIGNED: Final = np.isin(np.arange(32), sorted(VALUE_INTEGERS - {VALUE_CHAR}))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StaticValues:
    """Columns; ordered by class, and within a class by field."""

    row: I64
    """The class."""

    field: I64
    """Index of the field."""

    kind: U8
    """The format's value type, one of `encoded.LEAVES`."""

    number: I64
    """An index, or the whole number itself."""

    broken: int
    """Classes whose values are cut off or overlap."""


def read_static_values(data: bytes, offsets: I64, fields: I64, field_class: I64) -> StaticValues:
    """`offsets` are those of each class's values, 0 for none; `fields` the static fields, ordered by class, and theirs."""
    rows = np.flatnonzero(offsets)
    first, last = np.searchsorted(field_class, rows), np.searchsorted(field_class, rows, side="right")
    budget = Budget(len(data))
    octets = np.frombuffer(data, np.uint8)
    at = offsets[rows]
    counts = octets[np.minimum(at, len(octets) - 1)].astype(np.int64) if len(octets) else np.zeros(len(rows), np.int64)
    simple = (at < len(octets)) & (counts <= FEW)
    pieces: list[tuple[I64, I64, I64, U8, I64]] = []
    if int(counts[simple].sum()) <= budget.left:
        found, simple = _rounds(octets, at, counts, simple)
        budget.spend(int(counts[simple].sum()))
        for turn, which, kind, number in found:
            keep = np.flatnonzero(simple[which] & (turn < (last - first)[which]) & _KEPT[kind])
            kept = which[keep]
            pieces.append((rows[kept], fields[first[kept] + turn], np.full(len(keep), turn), kind[keep], number[keep]))
    else:
        simple[:] = False
    broken = 0
    for other in np.flatnonzero(~simple).tolist():
        try:
            order, kind, number = _one_class(data, int(at[other]), int(last[other] - first[other]), budget)
        except IndexError:
            broken += 1
            continue
        pieces.append((np.full(len(order), rows[other]), fields[first[other] + order], order, kind, number))
    if not pieces:
        none = np.zeros(0, np.int64)
        return StaticValues(row=none, field=none, kind=none.astype(np.uint8), number=none, broken=broken)
    row, field, order, kind, number = (np.concatenate(column) for column in zip(*pieces, strict=True))
    if len(pieces) > 1:
        by_class = np.lexsort((order, row))
        row, field, kind, number = row[by_class], field[by_class], kind[by_class], number[by_class]
    return StaticValues(row=row, field=field, kind=kind, number=number, broken=broken)


def _one_class(data: bytes, at: int, most: int, budget: Budget) -> tuple[I64, U8, I64]:
    """The values of one class, as many as it has fields: places, kinds and numbers of those that are kept."""
    numbers = whole_numbers(data, at, budget)
    if numbers is not None:
        numbers = numbers[:most]
        return np.arange(len(numbers)), np.full(len(numbers), VALUE_INT, np.uint8), numbers
    values = read_array(data, at, budget)[:most]
    order = np.array([place for place, value in enumerate(values) if value is not None], np.int64)
    held = np.array([value for value in values if value is not None], np.int64).reshape(-1, 2)
    return order, held[:, 0].astype(np.uint8), held[:, 1]


def _rounds(octets: U8, offsets: I64, counts: I64, simple: Mask) -> tuple[list[tuple[int, I64, U8, I64]], Mask]:
    """Of each round its number, the classes and their values; and which of the classes can be read in this way."""
    simple = simple.copy()
    found = []
    which = np.flatnonzero(simple & (counts > 0))
    at = offsets[which] + 1
    end = len(octets)
    for turn in range(FEW):
        if not len(which):
            break
        head = octets[np.minimum(at, end - 1)]
        kind, size = head & 0x1F, (head >> 5).astype(np.int64) + 1
        size[_BARE[kind]] = 0
        whole = (at + 1 + size <= end) & ~_NESTED[kind]
        simple[which[~whole]] = False
        which, at, kind, size = which[whole], at[whole], kind[whole], size[whole]
        number = np.zeros(len(which), np.int64)
        for octet in range(int(size.max()) if len(size) else 0):
            wide = np.flatnonzero(size > octet)
            number[wide] |= octets[at[wide] + 1 + octet].astype(np.int64) << (8 * octet)
        unused = 8 * (8 - np.maximum(size, 1))
        number = np.where(_SIGNED[kind], number << unused >> unused, number)
        # What the format writes without a sign is an index or a character: 64 bits of it point nowhere.
        number[~_SIGNED[kind] & ((number < 0) | (number > LARGEST))] = LARGEST
        found.append((turn, which, kind, number))
        going = counts[which] > turn + 1
        which, at = which[going], (at + 1 + size)[going]
    return found, simple
