"""A DEX file as columns, and the names behind its numbers.

Source: "Dalvik executable format" of the Android Open Source Project, versions 035 to 041. Read: all tables, class definitions,
code, static values, annotations, call sites and method handles. Not read: debug information, `try` tables, hidden-API flags.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise, product
from operator import lt
from typing import Final

import numpy as np
import numpy.typing as npt

from vuoto.facts.problems import Problem
from vuoto.firmware.code.annotation_sets import worth_reading
from vuoto.firmware.code.class_data import ClassData, read_class_data
from vuoto.firmware.code.encoded import VALUE_STRING, Budget, Noted, Value, read_annotations
from vuoto.firmware.code.header import Header, Section, read_headers
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.opcodes import CONST_STRING_JUMBO, LENGTH, MEANING, METHOD, STRING
from vuoto.firmware.code.static_values import StaticValues, read_static_values
from vuoto.firmware.code.strings import read_strings
from vuoto.firmware.code.walk import Code, read_code

# One file of a phone is under 20 MB; a larger one than this is refused whole, so that no column outgrows the machine.
MAX_SIZE: Final = 256 << 20
# `type_list` of a prototype or of interfaces: Android's runtime allows 255 parameters; no class has that many interfaces.
MAX_LIST: Final = 255
KOTLIN_METADATA: Final = "Lkotlin/Metadata;"

_MEANING: Final = np.frombuffer(MEANING, np.uint8)
_LENGTHS: Final = np.frombuffer(LENGTH, np.uint8).astype(np.int64)


@dataclass(slots=False, kw_only=True, eq=False)
class Dex:
    """One header's worth of a DEX file. Indices that point nowhere read as the empty name."""

    name: str
    """What the file is called: `classes2.dex`."""

    version: str
    """`035` … `041`."""

    data: bytes
    """The whole file (the whole container)."""

    strings: list[str]
    """The strings by index."""

    type_names: I64
    """Per type: index of its descriptor."""

    proto_table: I64
    """Per prototype: index of the shorty string, type of the result, offset of the parameters' list."""

    field_class: I64
    field_type: I64
    field_name: I64
    method_class: I64
    method_proto: I64
    method_name: I64
    classes: ClassData
    code: Code
    call_sites: I64
    """Per call site: offset of its encoded array."""

    method_handles: I64
    """Per method handle: kind, 0, index of field or method, 0."""

    problems: list[Problem] = field(default_factory=list)

    def string(self, index: int) -> str:
        """The string with the index, or the empty one."""
        return self.strings[index] if 0 <= index < len(self.strings) else ""

    @cached_property
    def _string_indices(self) -> dict[str, list[int]]:
        """Every string's index; a file that lists one twice breaks the format, and has both."""
        once = dict(zip(self.strings, range(len(self.strings)), strict=True))
        result = {text: [index] for text, index in once.items()}
        if len(once) < len(self.strings):
            for index, text in enumerate(self.strings):
                if once[text] != index:
                    result[text].append(index)
        return result

    @cached_property
    def _is_sorted(self) -> bool:
        """Whether the strings stand in order, each once, as the format demands: then they are found by halving."""
        return all(map(lt, self.strings, islice(self.strings, 1, None)))

    def string_indices(self, texts: Iterable[str]) -> list[int]:
        """The indices of those of the texts that are among the strings, sorted."""
        if self._is_sorted:
            strings = self.strings
            places = ((bisect_left(strings, text), text) for text in texts)
            return sorted(at for at, text in places if at < len(strings) and strings[at] == text)
        known = self._string_indices
        return sorted(index for text in texts for index in known.get(text, ()))

    def type(self, index: int) -> str:
        """Descriptor of the type: `Lcom/example/Foo;`, `[I`, `V`."""
        return self.types[index] if 0 <= index < len(self.types) else ""

    @cached_property
    def types(self) -> list[str]:
        """Descriptors of all types by index."""
        strings, count = self.strings, len(self.strings)
        return [strings[index] if index < count else "" for index in self.type_names.tolist()]

    @cached_property
    def protos(self) -> list[str]:
        """Descriptors of all prototypes by index: `(Ljava/lang/String;I)V`."""
        types = self.types
        offsets, which = np.unique(self.proto_table[:, 2], return_inverse=True)
        flat, sizes = self.type_lists(offsets)
        named = list(map([*types, ""].__getitem__, flat.tolist()))
        known = ["".join(named[begin:end]) for begin, end in pairwise([0, *np.cumsum(sizes).tolist()])]
        return [
            f"({known[place]}){types[returned] if returned < len(types) else ''}"
            for returned, place in zip(self.proto_table[:, 1].tolist(), which.tolist(), strict=True)
        ]

    def type_lists(self, offsets: I64) -> tuple[I64, I64]:
        """The types in the lists at these offsets, one after the other, and how many each has: see `type_list`.

        What is no type has the number of types.
        """
        octets = np.frombuffer(self.data, np.uint8)
        there = (offsets > 0) & (offsets + 4 <= len(octets))
        at = np.where(there, offsets, 0)
        sizes = np.zeros(len(offsets), np.int64)
        for place in range(4 if len(octets) >= 4 else 0):
            sizes |= octets[at + place].astype(np.int64) << (8 * place)
        sizes = np.where(there, np.minimum(np.minimum(sizes, MAX_LIST), (len(octets) - at - 4) // 2), 0)
        first = np.repeat(at + 4 - 2 * (np.cumsum(sizes) - sizes), sizes) + 2 * np.arange(int(sizes.sum()))
        found = octets[first].astype(np.int64) | octets[first + 1].astype(np.int64) << 8
        return np.minimum(found, len(self.types)), sizes

    def type_list(self, offset: int) -> list[str]:
        """Descriptors in the `type_list` at `offset`; none for 0 and for what lies beyond the file."""
        if not offset or offset + 4 > len(self.data):
            return []
        data, types = self.data, self.types
        count = int.from_bytes(data[offset : offset + 4], "little")
        count = min(count, MAX_LIST, (len(data) - offset - 4) // 2)
        if count == 1:
            indices: tuple[int, ...] = (data[offset + 4] | data[offset + 5] << 8,)
        else:
            indices = struct.unpack_from(f"<{count}H", data, offset + 4)
        size = len(types)
        return [types[index] if index < size else "" for index in indices]

    def method(self, index: int) -> str:
        """`Lcom/example/Foo;->bar(I)V`."""
        owners, protos, names = self._method_rows
        if not 0 <= index < len(owners):
            return ""
        proto = protos[index]
        signature = self.protos[proto] if proto < len(self.protos) else "()"
        return f"{self.type(owners[index])}->{self.string(names[index])}{signature}"

    def methods_of(self, indices: Sequence[int]) -> list[str]:
        """The same of many."""
        owners, protos, names = self._method_rows
        types, signatures, strings = self.types, self.protos, self.strings
        try:
            return [f"{types[owners[one]]}->{strings[names[one]]}{signatures[protos[one]]}" for one in indices]
        except IndexError:  # some point nowhere
            return list(map(self.method, indices))

    # A view gives a number in a third of the time that a column takes.
    @cached_property
    def _method_rows(self) -> tuple[memoryview, memoryview, memoryview]:
        return self.method_class.data, self.method_proto.data, self.method_name.data

    @cached_property
    def _field_rows(self) -> tuple[memoryview, memoryview, memoryview]:
        return self.field_class.data, self.field_type.data, self.field_name.data

    def method_short(self, index: int) -> str:
        """Name of the method alone: `bar`."""
        names = self._method_rows[2]
        return self.string(names[index]) if 0 <= index < len(names) else ""

    def field(self, index: int) -> str:
        """`Lcom/example/Foo;->bar:I`."""
        owners, kinds, names = self._field_rows
        if not 0 <= index < len(owners):
            return ""
        return f"{self.type(owners[index])}->{self.string(names[index])}:{self.type(kinds[index])}"

    @cached_property
    def _proto_indices(self) -> dict[str, list[int]]:
        """Every prototype's index."""
        result: dict[str, list[int]] = {}
        for index, proto in enumerate(self.protos):
            result.setdefault(proto, []).append(index)
        return result

    @cached_property
    def _methods_by_key(self) -> tuple[I64, memoryview]:
        """The methods sorted by name and prototype, and both in one number."""
        keys = self.method_name << 32 | self.method_proto
        order = np.argsort(keys, kind="stable")
        return order, keys[order].data

    def methods_with(self, name: str, proto: str) -> list[int]:
        """The methods with this name and prototype, sorted."""
        order, keys = self._methods_by_key
        found: list[int] = []
        for wanted in product(self.string_indices((name,)), self._proto_indices.get(proto, ())):
            key = wanted[0] << 32 | wanted[1]
            # By halving in Python: a call into NumPy costs more than all its steps.
            begin = bisect_left(keys, key)
            found += order[begin : bisect_right(keys, key, begin)].tolist()
        return sorted(found)

    @cached_property
    def _methods_by_name(self) -> tuple[I64, I64]:
        """The methods sorted by the index of their name, and those indices."""
        order = np.argsort(self.method_name, kind="stable")
        return order, self.method_name[order]

    def methods_named(self, names: Iterable[str]) -> I64:
        """The methods with one of these names, sorted."""
        wanted = self.string_indices(names)
        order, sorted_names = self._methods_by_name
        begins, ends = np.searchsorted(sorted_names, wanted), np.searchsorted(sorted_names, wanted, side="right")
        pieces = [order[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        return np.sort(np.concatenate(pieces)) if pieces else np.zeros(0, np.int64)

    @cached_property
    def _invokes_by_method(self) -> tuple[I64, I64]:
        """Instructions that invoke, sorted by the method they refer to, and those methods."""
        rows, references = self.invokes
        # Both in one number: NumPy sorts numbers in a tenth of the time in which it finds their order.
        both = np.sort(references << 32 | rows)
        return both & 0xFFFFFFFF, both >> 32

    @cached_property
    def is_invoked(self) -> npt.NDArray[np.bool_]:
        """Per method: whether an instruction invokes it."""
        result = np.zeros(len(self.method_class) + 1, np.bool_)
        result[np.minimum(self.invokes[1], len(self.method_class))] = True
        return result[:-1]

    def invokes_of(self, method: int) -> I64:
        """The instructions that invoke a method, sorted."""
        rows, references = self._invokes_by_method
        begin, end = np.searchsorted(references, (method, method + 1))
        return rows[begin:end]

    @cached_property
    def body_method(self) -> I64:
        """Per body: row of the (first) defined method that it is the code of."""
        rows = np.flatnonzero(self.classes.method_code)
        order = rows[np.argsort(self.classes.method_code[rows], kind="stable")]
        sorted_code = self.classes.method_code[order]
        return order[np.searchsorted(sorted_code, self.code.body_offset)]

    @cached_property
    def method_body(self) -> I64:
        """Per defined method: its body, or -1."""
        offsets = self.classes.method_code
        if not len(self.code.body_offset):
            return np.full(len(offsets), -1, np.int64)
        at = np.minimum(np.searchsorted(self.code.body_offset, offsets), len(self.code.body_offset) - 1)
        return np.where(self.code.body_offset[at] == offsets, at, -1)

    @property
    def instructions(self) -> int:
        """Instructions of all methods, as `dexdump` counts them: those of a shared body count for each of its methods."""
        bodies = self.method_body
        return int(np.diff(self.code.first)[bodies[bodies >= 0]].sum())

    @cached_property
    def meaning(self) -> npt.NDArray[np.uint8]:
        """Per instruction: what it refers to (`opcodes.MEANING`)."""
        return _MEANING[self.code.opcode]

    def rows(self, meaning: int) -> I64:
        """The instructions that refer to something of this kind, with their whole operands inside the file."""
        rows = np.flatnonzero(self.meaning == meaning)
        return rows[self.code.unit[rows] + _LENGTHS[self.code.opcode[rows]] <= len(self.code.units)] if len(rows) else rows

    @cached_property
    def string_uses(self) -> tuple[I64, I64]:
        """Instructions that load a string, and which string each loads."""
        rows = self.rows(STRING)
        at = self.code.unit[rows]
        index = self.code.units[at + 1].astype(np.int64)
        jumbo = np.flatnonzero(self.code.opcode[rows] == CONST_STRING_JUMBO)
        index[jumbo] |= self.code.units[at[jumbo] + 2].astype(np.int64) << 16
        return rows, index

    def uses_of(self, strings: I64) -> Iterator[tuple[int, I64]]:
        """Each of the strings (ascending), and the instructions that load it, in the order of the code."""
        rows, indices = self.string_uses
        wanted = np.zeros(len(self.strings) + 1, np.bool_)
        wanted[strings] = True
        at = np.flatnonzero(wanted[np.minimum(indices, len(self.strings))])
        order = at[np.argsort(indices[at], kind="stable")]
        cuts = np.searchsorted(indices[order], np.append(strings, len(self.strings))).tolist()
        for index, begin, end in zip(strings.tolist(), cuts, cuts[1:], strict=False):
            yield index, rows[order[begin:end]]

    @cached_property
    def invokes(self) -> tuple[I64, I64]:
        """Instructions that invoke a method, and which method each invokes."""
        return self.references(METHOD)

    def references(self, meaning: int) -> tuple[I64, I64]:
        """Instructions that refer to a type, field, method, call site or method handle, and the index each carries."""
        rows = self.rows(meaning)
        return rows, self.code.units[self.code.unit[rows] + 1].astype(np.int64)

    def body_of(self, rows: I64) -> I64:
        """The body in which each instruction stands."""
        return np.searchsorted(self.code.first, rows, side="right") - 1

    @cached_property
    def static_columns(self) -> StaticValues:
        """Initial values of static fields, in columns."""
        static = np.flatnonzero(self.classes.field_static >= 0)
        fields, owners = self.classes.field[static], self.classes.field_class[static]
        found = read_static_values(self.data, self.classes.static_values, fields, owners)
        if found.broken:
            what = f"the static values of {found.broken:,} classes are cut off or overlap"
            self.problems.append(Problem(where=self.name, what=what))
        return found

    @cached_property
    def class_of_row(self) -> npt.NDArray[np.int32]:
        """Per instruction: the class of its method (the first, where several share its body)."""
        owners = self.classes.method_class[self.body_method].astype(np.int32)
        result: npt.NDArray[np.int32] = np.repeat(owners, np.diff(self.code.first))
        return result

    def static_values(self) -> Sequence[tuple[int, int, Value]]:
        """Initial values of static fields: row of the class, index of the field, the value."""
        found = self.static_columns
        values = map(Value, found.kind.tolist(), found.number.tolist())
        return tuple(zip(found.row.tolist(), found.field.tolist(), values, strict=True))

    def static_texts(self) -> tuple[I64, I64, I64]:
        """Of static fields whose initial value is a text: row of the class, index of the field, index of the string."""
        found = self.static_columns
        texts = np.flatnonzero((found.kind == VALUE_STRING) & (found.number < len(self.strings)))
        return found.row[texts], found.field[texts], found.number[texts]

    def annotations(self) -> Sequence[Noted]:
        """Values in the annotations of classes, fields, methods and parameters."""
        return self._annotations

    # Several analyses ask for them: read once, and what is broken in them is told once.
    @cached_property
    def _annotations(self) -> tuple[Noted, ...]:
        return tuple(self._read_annotations())

    def _read_annotations(self) -> Iterator[Noted]:
        budget = Budget(len(self.data))
        known: dict[int, list[tuple[int, int, Value]]] = {}
        try:
            metadata = self.types.index(KOTLIN_METADATA)
        except ValueError:
            metadata = -1
        rows = np.flatnonzero(self.classes.annotations)
        rows = rows[worth_reading(self.data, self.classes.annotations[rows], metadata, budget.left)] if len(rows) else rows
        for row in rows.tolist():
            directory = int(self.classes.annotations[row])
            yield from read_annotations(self.data, directory, row, metadata, budget, self.name, self.problems, known)
            if budget.left < 0:
                return


def read_dex(data: bytes, name: str = "classes.dex") -> Dex:
    """The file, or the first file of a container. Never raises: what is broken is in `problems`."""
    return read_dexes(data, name)[0]


def read_dexes(data: bytes, name: str = "classes.dex") -> tuple[Dex, ...]:
    """Every file of a container (version 041), or the one file; at least one, empty where nothing can be read."""
    if len(data) > MAX_SIZE:
        problem = Problem(where=name, what=f"{len(data):,} bytes are more than a DEX file has; not read")
        return (_read(b"", _no_header(), name, [problem]),)
    headers, problems = read_headers(data, name)
    if not headers:
        return (_read(b"", _no_header(), name, problems),)
    several = len(headers) > 1
    return tuple(
        _read(data, header, f"{name}!{index + 1}" if several else name, problems if index == 0 else [])
        for index, header in enumerate(headers)
    )


def _no_header() -> Header:
    none = Section(count=0, offset=0)
    return Header(
        version="", offset=0, strings=none, types=none, protos=none, fields=none, methods=none, classes=none, call_sites=none,
        method_handles=none,
    )  # fmt: skip


def _read(data: bytes, header: Header, name: str, problems: list[Problem]) -> Dex:
    strings, more = read_strings(data, header.strings, name)
    problems = problems + more
    classes, more = read_class_data(data, header.classes, name)
    problems += more
    code, more = read_code(data, classes.method_code, name)
    problems += more
    fields = _table(data, header.fields, "<u2", 4)
    methods = _table(data, header.methods, "<u2", 4)
    return Dex(
        name=name,
        version=header.version,
        data=data,
        strings=strings,
        type_names=_table(data, header.types, "<u4", 1)[:, 0],
        proto_table=_table(data, header.protos, "<u4", 3),
        field_class=fields[:, 0],
        field_type=fields[:, 1],
        field_name=fields[:, 2] | fields[:, 3] << 16,
        method_class=methods[:, 0],
        method_proto=methods[:, 1],
        method_name=methods[:, 2] | methods[:, 3] << 16,
        classes=classes,
        code=code,
        call_sites=_table(data, header.call_sites, "<u4", 1)[:, 0],
        method_handles=_table(data, header.method_handles, "<u2", 4),
        problems=problems,
    )


def _table(data: bytes, section: Section, kind: str, columns: int) -> I64:
    if not section.count:
        return np.zeros((0, columns), np.int64)
    return np.frombuffer(data, kind, section.count * columns, section.offset).reshape(-1, columns).astype(np.int64)
