"""Values that a DEX file keeps outside code: initial values of static fields, and what stands in annotations.

Source: "Dalvik executable format", `encoded_value`, `encoded_array_item`, `annotations_directory_item`. Of a value only strings,
whole numbers, types and enumeration constants are kept. Annotations with the visibility `system` (those of the compiler) and
Kotlin's metadata are passed over: they repeat names of the code.
"""

from __future__ import annotations

import struct
from itertools import repeat
from typing import Final, NamedTuple

import numpy as np

from vuoto.facts.problems import Problem
from vuoto.firmware.code.leb128 import I64, uleb128

VALUE_INTEGERS: Final = frozenset({0x00, 0x02, 0x03, 0x04, 0x06})
VALUE_CHAR: Final = 0x03
VALUE_INT: Final = 0x04
VALUE_STRING: Final = 0x17
VALUE_TYPE: Final = 0x18
VALUE_ENUM: Final = 0x1B
VALUE_ARRAY: Final = 0x1C
VALUE_ANNOTATION: Final = 0x1D
VALUE_NULL: Final = 0x1E
VALUE_BOOLEAN: Final = 0x1F

LEAVES: Final = VALUE_INTEGERS | {VALUE_STRING, VALUE_TYPE, VALUE_ENUM}
"""The kinds that are kept."""

LARGEST: Final = 0xFFFFFFFF
"""Indices have 32 bits at most: what is written larger points nowhere, and is read as this."""

VISIBILITY_SYSTEM: Final = 2
# Arrays in annotations in arrays: source code has two or three.
MAX_DEPTH: Final = 16
# What a file of 20 MB could not hold of anything but values; reading them takes seconds.
MAX_VALUES: Final = 1_000_000
_WORD: Final = struct.Struct("<I")
# A value of the kind `int` in four bytes.
_INT: Final = np.dtype([("head", "u1"), ("number", "<i4")])
_INT_HEAD: Final = bytes((3 << 5 | VALUE_INT,))


class Value(NamedTuple):
    """One value: `kind` is the format's value type; `number` an index (string, type, field) or the whole number itself."""

    kind: int
    number: int


class Noted(NamedTuple):
    """A value in an annotation."""

    target: str
    """`class`, `field`, `method` or `parameter`."""

    member: int
    """Index of the field or method; the class's row for `class`."""

    annotation: int
    """Index of the annotation's type."""

    name: int
    """Index of the string that names the element."""

    value: Value


class Budget:
    """How many more values may be read from a file: items that overlap could otherwise be read again and again."""

    def __init__(self, size: int) -> None:
        # A value takes a byte, its type and its field some more; files of phones have one for every fifty bytes.
        self.left = min(size // 4, MAX_VALUES)

    def spend(self, values: int = 1) -> None:
        """Raises `IndexError` when nothing is left, as the end of the file does."""
        self.left -= values
        if self.left < 0:
            raise IndexError


def whole_numbers(data: bytes, at: int, budget: Budget) -> I64 | None:
    """The values of an `encoded_array` that holds nothing but whole numbers of four bytes, two or more; `None` for any other.

    So do the classes of resources (`R$id`), which have most of a package's values. Raises `IndexError` as `read_array` does.
    """
    count, at = uleb128(data, at)
    end = at + _INT.itemsize * count
    if count < 2 or end > len(data) or data[at : end : _INT.itemsize] != _INT_HEAD * count:
        return None
    budget.spend(count)
    return np.frombuffer(data, _INT, count, at)["number"].astype(np.int64)


def read_array(data: bytes, at: int, budget: Budget) -> list[Value | None]:
    """The top-level values of an `encoded_array` (static values), `None` for what is not kept. Raises `IndexError` at the end."""
    numbers = whole_numbers(data, at, budget)
    if numbers is not None:
        return list(map(Value, repeat(VALUE_INT), numbers.tolist()))
    count, at = uleb128(data, at)
    values: list[Value | None] = []
    for _ in range(count):
        # Most are of one piece, and are read here; `_value` says the same of them.
        head = data[at]
        kind, end = head & 0x1F, at + 2 + (head >> 5)
        if kind in LEAVES and end <= len(data):
            budget.spend()
            values.append(Value(kind, _number(kind, data[at + 1 : end])))
            at = end
            continue
        found: list[tuple[int, Value]] = []
        at = _value(data, at, budget, found, 0, -1)
        values.append(found[0][1] if found else None)
    return values


def read_annotations(
    data: bytes,
    directory: int,
    row: int,
    passed_over: int,
    budget: Budget,
    where: str,
    problems: list[Problem],
    known: dict[int, list[tuple[int, int, Value]]],
) -> list[Noted]:
    """The values in the annotations of the class `row`, whose directory is at `directory`. Never raises.

    `known` keeps the sets that were read: compilers write one that many members share (`@Nullable`) only once.
    """
    noted: list[Noted] = []
    try:
        on_class, fields, methods, parameters = struct.unpack_from("<4I", data, directory)
        sets = [("class", row, on_class)] if on_class else []
        at = directory + 16
        for target, count in (("field", fields), ("method", methods), ("parameter", parameters)):
            if not count:
                continue
            # First what says that so many are not there, whose cost would be counted otherwise.
            pairs = struct.unpack_from(f"<{2 * min(count, len(data))}I", data, at)
            budget.spend(count)
            at += 8 * count
            if target == "parameter":
                for index, offset in zip(pairs[::2], pairs[1::2], strict=True):
                    sets.extend((target, index, one) for one in _words(data, offset, budget) if one)
            else:
                sets.extend(zip(repeat(target), pairs[::2], pairs[1::2]))
        for target, index, offset in sets:
            values = known.get(offset)
            if values is None:
                values = known[offset] = _set(data, offset, passed_over, budget)
            else:
                budget.spend(len(values))
            if values:
                noted += [Noted(target, index, kind, name, value) for kind, name, value in values]
    except (IndexError, struct.error):
        problems.append(Problem(where=where, what="annotations of a class are cut off or overlap"))
    return noted


def _set(data: bytes, offset: int, passed_over: int, budget: Budget) -> list[tuple[int, int, Value]]:
    """Type of the annotation, name of the element and value, of all in one set."""
    values: list[tuple[int, int, Value]] = []
    for item in _words(data, offset, budget):
        if data[item] == VISIBILITY_SYSTEM:
            continue
        kind, _ = uleb128(data, item + 1)
        if kind == passed_over:
            continue
        found: list[tuple[int, Value]] = []
        _annotation(data, item + 1, budget, found, 0)
        values += [(kind, name, value) for name, value in found]
    return values


def _words(data: bytes, at: int, budget: Budget) -> tuple[int, ...]:
    (count,) = _WORD.unpack_from(data, at)
    budget.spend(count)
    return struct.unpack_from(f"<{count}I", data, at + 4)


def _annotation(data: bytes, at: int, budget: Budget, found: list[tuple[int, Value]], depth: int) -> int:
    _, at = uleb128(data, at)
    count, at = uleb128(data, at)
    for _ in range(count):
        name, at = uleb128(data, at)
        at = _value(data, at, budget, found, depth, name)
    return at


def _value(data: bytes, at: int, budget: Budget, found: list[tuple[int, Value]], depth: int, name: int) -> int:
    """Reads one `encoded_value`, adds what is kept of it to `found` and gives the offset behind it."""
    budget.spend()
    if depth > MAX_DEPTH:
        raise IndexError
    head = data[at]
    at += 1
    kind, size = head & 0x1F, (head >> 5) + 1
    if kind == VALUE_ARRAY:
        count, at = uleb128(data, at)
        for _ in range(count):
            at = _value(data, at, budget, found, depth + 1, name)
        return at
    if kind == VALUE_ANNOTATION:
        return _annotation(data, at, budget, found, depth + 1)
    if kind in (VALUE_NULL, VALUE_BOOLEAN):
        return at
    if at + size > len(data):
        raise IndexError
    if kind in LEAVES:
        found.append((name, Value(kind, _number(kind, data[at : at + size]))))
    return at + size


def _number(kind: int, octets: bytes) -> int:
    if kind in VALUE_INTEGERS and kind != VALUE_CHAR:
        return int.from_bytes(octets, "little", signed=True)
    return min(int.from_bytes(octets, "little"), LARGEST)
