"""What of a class survives renaming: its texts, its calls into the framework, the framework's types it names, its constants.

A feature is a text whose first letter says its kind:

    s  a text                           `sPOST /register`        t  a type of the framework     `tLandroid/os/Build;`
    c  a call into the framework        `cLjava/net/URL;->openConnection()Ljava/net/URLConnection;`
    f  a field of the framework         `fLandroid/os/Build;->MODEL:Ljava/lang/String;`
    n  a number of 256 or more (or -256 and less), floating point as its bits   `n60000`
    u  a superclass or interface of the framework                               `uLjava/lang/Runnable;`

Framework is what the package does not define. Numbers come from instructions, the keys of switches, arrays in the code and
initial values of static fields; texts from code, static fields and annotations. Code that D8 shares between methods counts for
each. Names that the package itself defines are no features, nor is anything that depends on the order of the code.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.encoded import VALUE_INTEGERS, VALUE_STRING, VALUE_TYPE
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.opcodes import FIELD, INTEGER, TYPE
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.walk import ARRAY_DATA, SPARSE_SWITCH

U32 = npt.NDArray[np.uint32]

SMALLEST_NUMBER: Final = 256
"""Smaller numbers are in all code."""

MAX_ELEMENTS: Final = 64
"""Elements of an array and keys of a switch that are looked at: a table of a checksum is known by its beginning."""

MAX_SHARING: Final = 4
"""Code that methods share is counted for each of them, until that makes so many times what there is: then for the first alone."""

OUTSIDE_CODE: Final = -1
"""In place of an instruction: the feature stands in a static field's initial value, an annotation or the class's head."""


class Occurrence(NamedTuple):
    """A feature at a place."""

    feature: str
    """The feature."""

    method: int
    """Row of the defined method, or -1 outside of methods."""

    row: int
    """The instruction, or -1 (`OUTSIDE_CODE`)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FileFeatures:
    """The features of all classes of one DEX file, in columns."""

    dex: Dex
    """The file."""

    keys: list[str]
    """The features by number; every one occurs."""

    feature: I64
    """Per occurrence, ordered by class: the feature's number."""

    method: I64
    """Per occurrence: row of the defined method, or -1."""

    row: I64
    """Per occurrence: the instruction, or -1."""

    first: I64
    """Per class and once more at the end: its first occurrence."""

    @cached_property
    def hashes(self) -> U32:
        """Per feature: the CRC-32 of its UTF-8, which is the same for all builds and machines."""
        return np.array([zlib.crc32(key.encode()) for key in self.keys], np.uint32)

    @cached_property
    def distinct(self) -> tuple[I64, I64]:
        """The features of each class, each once: where each class begins (and the end), and the features' numbers."""
        owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        pairs = np.unique(owner * len(self.keys) + self.feature)
        begins = np.searchsorted(pairs, np.arange(len(self.first)) * len(self.keys))
        return begins, pairs % max(len(self.keys), 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassFeatures:
    """The features of one class."""

    name: str
    """The class, in DEX notation."""

    dex: int
    """Number of its DEX file."""

    row: int
    """Its row there."""

    file: FileFeatures
    """The columns that it is a part of."""

    @property
    def numbers(self) -> I64:
        """The class's features by number in `file.keys`, ascending, each once."""
        begins, features = self.file.distinct
        return features[begins[self.row] : begins[self.row + 1]]

    @property
    def keys(self) -> list[str]:
        """The class's features, sorted, each once."""
        keys = self.file.keys
        return sorted(keys[number] for number in self.numbers.tolist())

    @property
    def hashes(self) -> list[int]:
        """The 32-bit hashes of the class's features, sorted, each once."""
        return sorted(set(self.file.hashes[self.numbers].tolist()))

    def occurrences(self) -> Iterator[Occurrence]:
        """Every feature at every place, by method and instruction."""
        begin, end = int(self.file.first[self.row]), int(self.file.first[self.row + 1])
        columns = (self.file.feature[begin:end], self.file.method[begin:end], self.file.row[begin:end])
        for feature, method, row in zip(*(column.tolist() for column in columns), strict=True):
            yield Occurrence(self.file.keys[feature], method, row)


def class_features(dexes: Sequence[Dex]) -> Iterator[ClassFeatures]:
    """The features of each class of a package, in the order of its files; of a class defined twice, the first."""
    program = Program(dexes)
    for number, file in enumerate(file_features(program)):
        for name, (owner, row) in program.classes.items():
            if owner == number:
                yield ClassFeatures(name=name, dex=number, row=row, file=file)


def file_features(program: Program) -> Iterator[FileFeatures]:
    """The features of each file of a program. Never raises."""
    for dex in program.dexes:
        yield _of_file(dex, program)


def _of_file(dex: Dex, program: Program) -> FileFeatures:
    bases = [name.lstrip("[") for name in dex.types]
    outside = np.array([name[:1] == "L" and name not in program.classes for name in bases] or [False])
    numbers = Numbering()
    classes, methods, rows, features = _in_code(dex, outside, numbers)
    more = np.array(list(_outside_code(dex, outside, numbers)), np.int64).reshape(-1, 3)
    classes = np.concatenate((classes, more[:, 0]))
    methods = np.concatenate((methods, more[:, 1]))
    features = np.concatenate((features, more[:, 2]))
    rows = np.concatenate((rows, np.full(len(more), OUTSIDE_CODE)))
    order = np.lexsort((rows, methods, classes))
    counts = np.bincount(classes, minlength=len(dex.classes.type))
    used, feature = np.unique(features[order], return_inverse=True)
    return FileFeatures(
        dex=dex,
        keys=[numbers.text(dex, number) for number in used.tolist()],
        feature=feature.astype(np.int64),
        method=methods[order],
        row=rows[order],
        first=np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))),
    )


class Numbering:
    """Features as numbers while they are collected: a kind and an index, or a kind and the place of a number in a list."""

    SHIFT: Final = 34
    KINDS: Final = "sctfnu"

    def __init__(self) -> None:
        self._values: dict[int, int] = {}

    def of(self, kind: str) -> int:
        """What is added to the index of a string, method, type or field."""
        return self.KINDS.index(kind) << self.SHIFT

    def value(self, value: int) -> int:
        """The feature of a number."""
        return self.of("n") + self._values.setdefault(value, len(self._values))

    @cached_property
    def _by_place(self) -> list[int]:
        return list(self._values)

    def text(self, dex: Dex, number: int) -> str:
        """The feature as text; called when all numbers are known."""
        kind, index = self.KINDS[number >> self.SHIFT], number & ((1 << self.SHIFT) - 1)
        match kind:
            case "s":
                return "s" + dex.string(index)
            case "c":
                return "c" + dex.method(index)
            case "f":
                return "f" + dex.field(index)
            case "n":
                return f"n{self._by_place[index]}"
            case _:
                return kind + dex.type(index).lstrip("[")


def _in_code(dex: Dex, outside: npt.NDArray[np.bool_], numbers: Numbering) -> tuple[I64, I64, I64, I64]:
    """Class, method, instruction and feature of each occurrence in code."""
    rows, indices = dex.string_uses
    found = [(rows, indices + numbers.of("s"))]
    rows, indices = dex.invokes
    keep = np.flatnonzero(_owned_outside(dex.method_class, outside)[np.minimum(indices, len(dex.method_class))])
    found.append((rows[keep], indices[keep] + numbers.of("c")))
    rows, indices = dex.references(FIELD)
    keep = np.flatnonzero(_owned_outside(dex.field_class, outside)[np.minimum(indices, len(dex.field_class))])
    found.append((rows[keep], indices[keep] + numbers.of("f")))
    rows, indices = dex.references(TYPE)
    keep = np.flatnonzero(np.append(outside, False)[np.minimum(indices, len(outside))])
    found.append((rows[keep], indices[keep] + numbers.of("t")))
    rows, values = _literals(dex)
    unique, inverse = np.unique(values, return_inverse=True)
    found.append((rows, np.array([numbers.value(value) for value in unique.tolist()], np.int64)[inverse]))
    rows, values = _payloads(dex)
    found.append((rows, np.array([numbers.value(value) for value in values.tolist()], np.int64)))
    row, feature = (np.concatenate(column) for column in zip(*found, strict=True))
    if not len(row):
        none = np.zeros(0, np.int64)
        return none, none, none, none
    body = dex.body_of(row)
    # Each method is given what its body holds.
    order = np.argsort(body, kind="stable")
    row, feature = row[order], feature[order]
    begins = np.searchsorted(body[order], np.arange(len(dex.code.body_offset) + 1))
    method = np.flatnonzero(dex.method_body >= 0)
    counts = np.diff(begins)[dex.method_body[method]]
    if int(counts.sum()) > MAX_SHARING * len(row):
        method = dex.body_method
        counts = np.diff(begins)[dex.method_body[method]]
    owner = np.repeat(np.arange(len(method)), counts)
    at = np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner] + begins[dex.method_body[method]][owner]
    return dex.classes.method_class[method[owner]], method[owner], row[at], feature[at]


def _owned_outside(owner: I64, outside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Per method or field, and `False` once more for what lies beyond the table: whether the framework owns it."""
    result: npt.NDArray[np.bool_] = np.append(outside, False)[np.minimum(np.append(owner, len(outside)), len(outside))]
    return result


def _literals(dex: Dex) -> tuple[I64, I64]:
    """Instructions that carry a number, and the number."""
    rows = dex.rows(INTEGER)
    opcodes, at, units = dex.code.opcode[rows], dex.code.unit[rows], dex.code.units
    values = units[at + 1].astype(np.int16).astype(np.int64)
    values[opcodes == 0x15] <<= 16
    values[opcodes == 0x19] <<= 48
    for opcode in (0x14, 0x17, 0x18):
        chosen = np.flatnonzero(opcodes == opcode)
        where = at[chosen]
        low = units[where + 1].astype(np.int64) | units[where + 2].astype(np.int64) << 16
        if opcode == 0x18:
            high = units[where + 3].astype(np.int64) | units[where + 4].astype(np.int64) << 16
            values[chosen] = low | high << 32
        else:
            values[chosen] = low.astype(np.int32)
    keep = np.flatnonzero((values >= SMALLEST_NUMBER) | (values <= -SMALLEST_NUMBER))
    return rows[keep], values[keep]


def _payloads(dex: Dex) -> tuple[I64, I64]:
    """Payloads of switches and arrays, once for each number in them, and the number."""
    units = dex.code.units
    candidates = np.flatnonzero(dex.code.opcode == 0)
    kinds = units[dex.code.unit[candidates]]
    chosen = np.flatnonzero((kinds == SPARSE_SWITCH) | (kinds == ARRAY_DATA))
    rows: list[int] = []
    values: list[I64] = []
    for row, kind in zip(candidates[chosen].tolist(), kinds[chosen].tolist(), strict=True):
        at = int(dex.code.unit[row])
        if at + 4 > len(units):
            continue
        if kind == SPARSE_SWITCH:
            width, count, begin = 4, int(units[at + 1]), 2 * (at + 2)
        else:
            width, count, begin = int(units[at + 1]), int(units[at + 2]) | int(units[at + 3]) << 16, 2 * (at + 4)
        if width not in (2, 4, 8):
            continue
        count = min(count, MAX_ELEMENTS, (len(dex.data) - begin) // width)
        found = np.frombuffer(dex.data, f"<i{width}", max(count, 0), begin if count > 0 else 0).astype(np.int64)
        found = np.unique(found[(found >= SMALLEST_NUMBER) | (found <= -SMALLEST_NUMBER)])
        rows.extend([row] * len(found))
        values.append(found)
    return np.array(rows, np.int64), np.concatenate(values) if values else np.zeros(0, np.int64)


def _outside_code(dex: Dex, outside: npt.NDArray[np.bool_], numbers: Numbering) -> Iterator[tuple[int, int, int]]:
    """Class, -1 and feature of what stands outside of code."""
    text, kind, above = numbers.of("s"), numbers.of("t"), numbers.of("u")
    for row, _, value in dex.static_values():
        if value.kind == VALUE_STRING:
            yield row, OUTSIDE_CODE, text + value.number
        elif value.kind in VALUE_INTEGERS and abs(value.number) >= SMALLEST_NUMBER:
            yield row, OUTSIDE_CODE, numbers.value(value.number)
    rows_of = {index: row for row, index in enumerate(dex.classes.type.tolist())}
    for noted in dex.annotations():
        owner = noted.member
        if noted.target != "class":
            table = dex.field_class if noted.target == "field" else dex.method_class
            owner = rows_of.get(int(table[owner]), -1) if owner < len(table) else -1
        if owner < 0:
            continue
        if noted.value.kind == VALUE_STRING:
            yield owner, OUTSIDE_CODE, text + noted.value.number
        elif noted.value.kind == VALUE_TYPE and noted.value.number < len(outside) and outside[noted.value.number]:
            yield owner, OUTSIDE_CODE, kind + noted.value.number
    known = {name: index for index, name in enumerate(dex.types)}
    counts = outside.copy()
    counts[[known[name] for name in ("Ljava/lang/Object;",) if name in known]] = False
    superclass = dex.classes.superclass
    inside = (superclass >= 0) & (superclass < len(counts))
    for row in np.flatnonzero(inside & counts[np.where(inside, superclass, 0)]).tolist():
        yield row, OUTSIDE_CODE, above + int(superclass[row])
    lists: dict[int, list[int]] = {0: []}
    for row, offset in enumerate(dex.classes.interfaces.tolist()):
        indices = lists.get(offset)
        if indices is None:
            named = [known.get(name, -1) for name in dex.type_list(offset)]
            indices = lists[offset] = [index for index in named if index >= 0 and counts[index]]
        for index in indices:
            yield row, OUTSIDE_CODE, above + index
