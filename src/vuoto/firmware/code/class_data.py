"""Which fields and methods the classes of a DEX file define, and where the code of each method stands.

Source: "Dalvik executable format", `class_def_item` and `class_data_item`. The numbers of all classes are read at once: a class
data item is four counts, then two ULEB128 per field and three per method, where the index is a difference to the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vuoto.facts.problems import Problem
from vuoto.firmware.code.header import Section
from vuoto.firmware.code.leb128 import I64, U8, Mask, values_between

NO_INDEX = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassData:
    """Columns. A class is its row in the table of class definitions."""

    type: I64
    """Per class: index of its type."""

    superclass: I64
    """Per class: index of its superclass's type, or -1."""

    access: I64
    """Per class: access flags."""

    interfaces: I64
    """Per class: offset of the list of its interfaces, or 0."""

    source_file: I64
    """Per class: index of the string that names its source file, or -1."""

    annotations: I64
    """Per class: offset of its annotations directory, or 0."""

    static_values: I64
    """Per class: offset of its encoded static values, or 0."""

    field: I64
    """Per defined field, static ones first within a class: index of the field."""

    field_class: I64
    """Per defined field: its class."""

    field_static: I64
    """Per defined field: its number among the class's static fields, or -1 for an instance field."""

    method: I64
    """Per defined method: index of the method."""

    method_class: I64
    """Per defined method: its class."""

    method_access: I64
    """Per defined method: access flags."""

    method_code: I64
    """Per defined method: offset of its code, or 0 where it has none (abstract, native)."""


def read_class_data(data: bytes, section: Section, where: str) -> tuple[ClassData, list[Problem]]:
    """The classes with their members. Linear in the file: members that lie over one another are read once only."""
    problems: list[Problem] = []
    table = (
        np.frombuffer(data, "<u4", 8 * section.count, section.offset).reshape(-1, 8) if section.count else np.zeros((0, 8), "<u4")
    )
    table = table.astype(np.int64)
    offsets = table[:, 6]
    owners = np.flatnonzero(offsets)
    outside = offsets[owners] >= len(data)
    if outside.any():
        problems.append(
            Problem(where=where, what=f"the members of {int(outside.sum()):,} classes lie beyond the end of the file")
        )
        owners = owners[~outside]
    members = _members(data, owners, offsets[owners], where, problems) if len(owners) else _nothing()
    return (
        ClassData(
            type=table[:, 0],
            superclass=np.where(table[:, 2] == NO_INDEX, -1, table[:, 2]),
            access=table[:, 1],
            interfaces=table[:, 3],
            source_file=np.where(table[:, 4] == NO_INDEX, -1, table[:, 4]),
            annotations=table[:, 5],
            static_values=table[:, 7],
            **members,
        ),
        problems,
    )


def _nothing() -> dict[str, I64]:
    names = ("field", "field_class", "field_static", "method", "method_class", "method_access", "method_code")
    return {name: np.zeros(0, np.int64) for name in names}


def _members(data: bytes, owners: I64, offsets: I64, where: str, problems: list[Problem]) -> dict[str, I64]:
    # In the order of the file, to see where one reaches into the next.
    order = np.argsort(offsets, kind="stable")
    owners, offsets = owners[order], offsets[order]
    low = int(offsets[0])
    octets = np.frombuffer(data, np.uint8, offset=low)
    octets = octets[: _end_of_members(octets, offsets - low)]
    # Each byte below 0x80 ends a number, so the n-th number behind an offset ends at the n-th of them.
    ends = np.flatnonzero(octets < 0x80)
    first = np.searchsorted(ends, offsets - low)
    cut = first + 4 > len(ends)
    counts = np.zeros((len(owners), 4), np.int64)
    whole = np.flatnonzero(~cut)
    for column in range(4):
        rows = first[whole] + column
        # The number at the offset itself begins there, whatever the byte before it is.
        starts = offsets[whole] - low if column == 0 else ends[rows - 1] + 1
        counts[whole, column] = values_between(octets, starts, ends[rows])
    fields, methods = counts[:, 0] + counts[:, 1], counts[:, 2] + counts[:, 3]
    following = first + 4 + 2 * fields + 3 * methods
    # Sections of a valid file do not overlap (the verifier of Android's runtime refuses one that does): what reaches into the
    # next class's members or beyond the file is not read.
    overlap = cut | (following > len(ends)) | np.append(following[:-1] > first[1:], False)
    if overlap.any():
        problems.append(Problem(where=where, what=f"the members of {int(overlap.sum()):,} classes overlap others or are cut off"))
        keep = np.flatnonzero(~overlap)
        owners, first, counts, fields, methods = owners[keep], first[keep], counts[keep], fields[keep], methods[keep]
    # Back to the order of the class definitions.
    order = np.argsort(owners, kind="stable")
    owners, first, counts, fields, methods = owners[order], first[order], counts[order], fields[order], methods[order]

    def number(index: I64) -> I64:
        return values_between(octets, ends[index - 1] + 1, ends[index])

    within, owner_of = _numbered(fields)
    at = first[owner_of] + 4 + 2 * within
    static = within < counts[owner_of, 0]
    field = _running(number(at), (within == 0) | (within == counts[owner_of, 0]))
    field_class, field_static = owners[owner_of], np.where(static, within, -1)
    within, owner_of = _numbered(methods)
    at = first[owner_of] + 4 + 2 * fields[owner_of] + 3 * within
    method = _running(number(at), (within == 0) | (within == counts[owner_of, 2]))
    return {
        "field": field,
        "field_class": field_class,
        "field_static": field_static,
        "method": method,
        "method_class": owners[owner_of],
        "method_access": number(at + 1),
        "method_code": number(at + 2),
    }


def _end_of_members(octets: U8, offsets: I64) -> int:
    """Where the last class's members end, so that the rest of the file is not searched for ends of numbers."""
    at = int(offsets[-1])
    counts = np.zeros(4, np.int64)
    size = len(octets)
    for index in range(4):
        value = 0
        for shift in range(0, 35, 7):
            if at >= size:
                return size
            octet = int(octets[at])
            at += 1
            value |= (octet & 0x7F) << shift
            if octet < 0x80:
                break
        counts[index] = value & 0xFFFFFFFF
    return int(min(size, at + 5 * (2 * int(counts[:2].sum()) + 3 * int(counts[2:].sum()))))


def _numbered(counts: I64) -> tuple[I64, I64]:
    """For items grouped by owner: the number of each within its owner, and its owner's row."""
    owner = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts) - counts
    return np.arange(len(owner)) - begins[owner], owner


def _running(differences: I64, resets: Mask) -> I64:
    """Sums that begin anew where `resets` says so: the indices from their differences."""
    if not len(differences):
        return differences
    total = np.cumsum(differences)
    starts = np.flatnonzero(resets)
    base = total[starts] - differences[starts]
    result: I64 = total - base[np.cumsum(resets) - 1]
    return result
