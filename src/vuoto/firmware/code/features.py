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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.encoded import VALUE_INTEGERS, VALUE_STRING, VALUE_TYPE
from vuoto.firmware.code.leb128 import I64, Mask
from vuoto.firmware.code.opcodes import FIELD, INTEGER, TYPE
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.rows import is_first, taken
from vuoto.firmware.code.texts import hashes_of
from vuoto.firmware.code.walk import ARRAY_DATA, SPARSE_SWITCH

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

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


def class_hashes(dex: Dex, program: Program) -> U64:
    """Each feature of each class of a file once: the class's row, and in the low 32 bits the feature's hash; ascending.

    The hash is the CRC-32 of the feature's UTF-8, which is the same for all builds and machines. What code that methods share
    counts for is as in `file_features`.
    """
    outside = _is_outside(dex, program)
    in_code = _in_code(dex, outside)
    owners = dex.class_of_row
    pairs = [_paired(owners[one.at], _hashes(dex, one)) for one in in_code]
    if len(dex.body_method) < np.count_nonzero(dex.method_body >= 0):
        row = np.concatenate([one.at for one in in_code])
        hashes = np.concatenate([_hashes(dex, one) for one in in_code])
        method, at = _given(dex, row)
        pairs.append(_paired(dex.classes.method_class[method], hashes[at]))
    pairs += [_paired(one.at, _hashes(dex, one)) for one in _outside_code(dex, outside)]
    both = np.sort(np.concatenate(pairs))
    return both[is_first(both)]


def _paired(owners: npt.NDArray[np.integer], hashes: U32) -> U64:
    return owners.astype(np.uint64) << np.uint64(32) | hashes


def _is_outside(dex: Dex, program: Program) -> Mask:
    """Per type: whether it is a class, or an array of one, that the program does not define."""
    own = program.classes
    return np.array([name.lstrip("[")[:1] == "L" and name.lstrip("[") not in own for name in dex.types] or [False])


def _of_file(dex: Dex, program: Program) -> FileFeatures:
    outside = _is_outside(dex, program)
    numbers = Numbering()
    found = _in_code(dex, outside)
    row = np.concatenate([one.at for one in found])
    number = np.concatenate([numbers.of_all(one) for one in found])
    methods, at = _given(dex, row)
    more = _outside_code(dex, outside)
    beside = np.concatenate([one.at for one in more])
    none = np.full(len(beside), OUTSIDE_CODE)
    classes = np.concatenate((dex.classes.method_class[methods], beside))
    features = np.concatenate((number[at], *map(numbers.of_all, more)))
    methods, rows = np.concatenate((methods, none)), np.concatenate((row[at], none))
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


class Found(NamedTuple):
    """Features of one kind."""

    kind: str
    """The letter of the kind."""

    at: I64
    """The instruction of each, or its class where it stands outside of code."""

    what: I64
    """Its string, method, field or type; the number itself of a number."""


def _hashes(dex: Dex, found: Found) -> U32:
    """The hash of each feature."""
    kind, index = found.kind, found.what
    head = zlib.crc32(kind.encode())
    if kind == "n":
        values, inverse = np.unique(index, return_inverse=True)
        return np.array([zlib.crc32(b"%d" % value, head) for value in values.tolist()], np.uint32)[inverse]
    if kind == "s":
        # A string that is not there reads as the empty one.
        return np.append(hashes_of(dex), np.uint32(head))[np.minimum(index, len(dex.strings))]
    size = len(dex.method_class) if kind == "c" else len(dex.field_class) if kind == "f" else len(dex.types)
    marked = np.zeros(size, np.bool_)
    marked[index] = True
    used = np.flatnonzero(marked)
    if kind == "c":
        texts: Iterable[str] = dex.methods_of(used.tolist())
    elif kind == "f":
        texts = map(dex.field, used.tolist())
    else:
        texts = [dex.types[one].lstrip("[") for one in used.tolist()]
    known = np.zeros(size, np.uint32)
    known[used] = [zlib.crc32(text.encode(), head) for text in texts]
    return known[index]


class Numbering:
    """Features as numbers while they are collected: a kind and an index, or a kind and the place of a number in a list."""

    SHIFT: Final = 34
    KINDS: Final = "sctfnu"

    def __init__(self) -> None:
        self._values: dict[int, int] = {}

    def of(self, kind: str) -> int:
        """What is added to the index of a string, method, type or field."""
        return self.KINDS.index(kind) << self.SHIFT

    def of_all(self, found: Found) -> I64:
        """The features as numbers."""
        if found.kind != "n":
            return found.what + self.of(found.kind)
        values, inverse = np.unique(found.what, return_inverse=True)
        known = [self._values.setdefault(value, len(self._values)) for value in values.tolist()]
        return np.array(known, np.int64)[inverse] + self.of("n")

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


def _in_code(dex: Dex, outside: Mask) -> list[Found]:
    """Features and the instructions that they stand in."""
    rows, indices = dex.string_uses
    found = [Found("s", rows, indices)]
    rows, indices = dex.invokes
    keep = np.flatnonzero(_owned_outside(dex.method_class, outside)[np.minimum(indices, len(dex.method_class))])
    found.append(Found("c", rows[keep], indices[keep]))
    rows, indices = dex.references(FIELD)
    keep = np.flatnonzero(_owned_outside(dex.field_class, outside)[np.minimum(indices, len(dex.field_class))])
    found.append(Found("f", rows[keep], indices[keep]))
    rows, indices = dex.references(TYPE)
    keep = np.flatnonzero(np.append(outside, False)[np.minimum(indices, len(outside))])
    found.append(Found("t", rows[keep], indices[keep]))
    found.append(Found("n", *_literals(dex)))
    found.append(Found("n", *_payloads(dex)))
    return found


def _given(dex: Dex, row: I64) -> tuple[I64, I64]:
    """Each method is given what its body holds: for every method and instruction of `row` in it, both (the place in `row`)."""
    if not len(row):
        return row, row
    body = dex.body_of(row)
    order = np.argsort(body, kind="stable")
    begins = np.searchsorted(body[order], np.arange(len(dex.code.body_offset) + 1))
    method = np.flatnonzero(dex.method_body >= 0)
    counts = np.diff(begins)[dex.method_body[method]]
    if int(counts.sum()) > MAX_SHARING * len(row):
        method = dex.body_method
        counts = np.diff(begins)[dex.method_body[method]]
    owner = np.repeat(np.arange(len(method)), counts)
    at = np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner] + begins[dex.method_body[method]][owner]
    return method[owner], order[at]


def _owned_outside(owner: I64, outside: Mask) -> Mask:
    """Per method or field, and `False` once more for what lies beyond the table: whether the framework owns it."""
    result: Mask = np.append(outside, False)[np.minimum(np.append(owner, len(outside)), len(outside))]
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


def _outside_code(dex: Dex, outside: Mask) -> list[Found]:
    """Features that stand outside of code, and their classes."""
    values = dex.static_columns
    texts = np.flatnonzero(values.kind == VALUE_STRING)
    large = (values.number >= SMALLEST_NUMBER) | (values.number <= -SMALLEST_NUMBER)
    whole = np.flatnonzero(large & np.isin(values.kind, sorted(VALUE_INTEGERS)))
    return [
        Found("s", values.row[texts], values.number[texts]),
        Found("n", values.row[whole], values.number[whole]),
        *_noted(dex, outside),
        Found("u", *_above(dex, outside)),
    ]


def _noted(dex: Dex, outside: Mask) -> list[Found]:
    """Texts and types in annotations."""
    rows_of = {index: row for row, index in enumerate(dex.classes.type.tolist())} if dex.annotations() else {}
    found: dict[int, tuple[list[int], list[int]]] = {VALUE_STRING: ([], []), VALUE_TYPE: ([], [])}
    for noted in dex.annotations():
        kind, number = noted.value
        if kind not in found or (kind == VALUE_TYPE and not (number < len(outside) and outside[number])):
            continue
        owner = noted.member
        if noted.target != "class":
            table = dex.field_class if noted.target == "field" else dex.method_class
            owner = rows_of.get(int(table[owner]), -1) if owner < len(table) else -1
        if owner >= 0:
            rows, numbers = found[kind]
            rows.append(owner)
            numbers.append(number)
    return [
        Found(letter, np.array(found[kind][0], np.int64), np.array(found[kind][1], np.int64))
        for letter, kind in (("s", VALUE_STRING), ("t", VALUE_TYPE))
    ]


def _above(dex: Dex, outside: Mask) -> tuple[I64, I64]:
    """Classes, and their superclasses and interfaces that are the framework's, but for `Object`."""
    counts = np.append(outside, False)
    counts[[index for index, name in enumerate(dex.types) if name == "Ljava/lang/Object;"]] = False
    superclass = dex.classes.superclass
    rows = np.flatnonzero((superclass >= 0) & counts[np.minimum(superclass, len(counts) - 1)])
    lists, which = np.unique(dex.classes.interfaces, return_inverse=True)
    flat, sizes = taken(*dex.type_lists(lists), which)
    owners = np.repeat(np.arange(len(which)), sizes)
    kept = np.flatnonzero(counts[flat])
    return np.concatenate((rows, owners[kept])), np.concatenate((superclass[rows], flat[kept]))
