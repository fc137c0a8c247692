"""Walks the instructions of every method: where each begins, payloads included.

Source: "Dalvik bytecode format"; `code_item` of "Dalvik executable format". The code of a method is a sequence of 16-bit units
whose boundaries only a walk from its beginning can tell. All methods are walked at the same time, an instruction of each in a
round of NumPy; what is left when few long methods remain is walked one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vuoto.facts.problems import Problem
from vuoto.firmware.code.leb128 import I64, U8, Mask
from vuoto.firmware.code.opcodes import LENGTH

# Below this many methods a round of NumPy costs more than the same steps in a Python loop (measured).
FEW: Final = 160

PACKED_SWITCH: Final = 0x0100
SPARSE_SWITCH: Final = 0x0200
ARRAY_DATA: Final = 0x0300
HEADER_UNITS: Final = 8

U16 = np.ndarray[tuple[int], np.dtype[np.uint16]]
_LENGTHS: Final = np.frombuffer(LENGTH, np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Code:
    """The code of a file in columns. A *body* is a code item; several methods may share one (D8 merges equal ones)."""

    units: U16
    """The file as 16-bit units."""

    body_offset: I64
    """Per body: offset of the code item in the file, ascending."""

    registers: I64
    """Per body: registers of its frame; the parameters are in the last `ins` of them."""

    ins: I64
    """Per body: registers of the parameters, `this` included."""

    start: I64
    """Per body: unit where its first instruction begins."""

    stop: I64
    """Per body: unit behind its last instruction."""

    first: I64
    """Per body and once more at the end: the row of its first instruction."""

    unit: I64
    """Per instruction: the unit where it begins, ascending."""

    opcode: U8
    """Per instruction: its opcode. A payload is an instruction with the opcode 0."""


def read_code(data: bytes, offsets: I64, where: str) -> tuple[Code, list[Problem]]:
    """Walks the code items at `offsets` (any order, repeated ones once, 0 ignored). Linear in the file."""
    problems: list[Problem] = []
    units: U16 = np.frombuffer(data, "<u2", len(data) // 2)
    bodies = np.unique(offsets)
    bodies = bodies[bodies > 0]
    # A header of 16 bytes; code items are aligned to four bytes.
    bad = (bodies + 2 * HEADER_UNITS > len(data)) | (bodies & 1 == 1)
    if bad.any():
        problems.append(
            Problem(where=where, what=f"the code of {int(bad.sum()):,} methods lies beyond the file or is not aligned")
        )
        bodies = bodies[~bad]
    at = bodies >> 1
    start = at + HEADER_UNITS
    size = units[at + 6].astype(np.int64) | (units[at + 7].astype(np.int64) << 16)
    stop = start + size
    cut = stop > len(units)
    if cut.any():
        problems.append(Problem(where=where, what=f"the code of {int(cut.sum()):,} methods is cut off at the end of the file"))
        stop = np.minimum(stop, len(units))
    # Android's verifier refuses code items that lie over one another, and reading them would make the walk quadratic. The one
    # that reaches into the next is left out, so that none can hide those behind it.
    overlap = np.append(stop[:-1] > at[1:], False) if len(bodies) else cut
    if overlap.any():
        problems.append(
            Problem(where=where, what=f"the code of {int(overlap.sum()):,} methods lies over that of others; not read")
        )
        keep = np.flatnonzero(~overlap)
        bodies, at, start, stop = bodies[keep], at[keep], start[keep], stop[keep]
    marks, overrun = _walk(units, start, stop)
    if overrun:
        problems.append(Problem(where=where, what=f"the last instruction of {overrun:,} methods reaches beyond their code"))
    unit = np.flatnonzero(marks)
    return (
        Code(
            units=units,
            body_offset=bodies,
            registers=units[at].astype(np.int64),
            ins=units[at + 1].astype(np.int64),
            start=start,
            stop=stop,
            first=np.append(np.searchsorted(unit, start), len(unit)).astype(np.int64),
            unit=unit,
            opcode=(units[unit] & 0xFF).astype(np.uint8),
        ),
        problems,
    )


def payload_lengths(units: U16, at: I64) -> I64:
    """Lengths in units of the payloads at `at`; 1 where there is a plain `nop`."""
    last = len(units) - 1
    kind = units[at]
    count = units[np.minimum(at + 1, last)].astype(np.int64)
    wide = units[np.minimum(at + 2, last)].astype(np.int64) | (units[np.minimum(at + 3, last)].astype(np.int64) << 16)
    lengths = np.ones(len(at), np.int64)
    lengths[kind == PACKED_SWITCH] = count[kind == PACKED_SWITCH] * 2 + 4
    lengths[kind == SPARSE_SWITCH] = count[kind == SPARSE_SWITCH] * 4 + 2
    array = kind == ARRAY_DATA
    # `count` is here the width of an element in bytes and `wide` their number.
    lengths[array] = (wide[array] * count[array] + 1) // 2 + 4
    return lengths


def payload_length(units: memoryview, at: int) -> int:
    """The same of one payload."""
    last = len(units) - 1
    kind, count = units[at], units[min(at + 1, last)]
    if kind == PACKED_SWITCH:
        return 2 * count + 4
    if kind == SPARSE_SWITCH:
        return 4 * count + 2
    if kind == ARRAY_DATA:
        elements: int = units[min(at + 2, last)] | units[min(at + 3, last)] << 16
        return (elements * count + 1) // 2 + 4
    return 1


def _walk(units: U16, start: I64, stop: I64) -> tuple[Mask, int]:
    """A mark per unit where an instruction begins, and how many bodies end inside an instruction."""
    marks = np.zeros(len(units), np.bool_)
    overrun = 0
    rows = np.flatnonzero(start < stop)
    at, end = start[rows], stop[rows]
    while len(at) > FEW:
        marks[at] = True
        here = units[at]
        step = _LENGTHS[here & 0xFF].astype(np.int64)
        payload = np.flatnonzero((here & 0xFF == 0) & (here != 0))
        if len(payload):
            step[payload] = payload_lengths(units, at[payload])
        at = at + step
        going = at < end
        if not going.all():
            overrun += int((at > end).sum())
            at, end = at[going], end[going]
    view, seen = units.data, marks.data
    for position, limit in zip(at.tolist(), end.tolist(), strict=True):
        overrun += _walk_one(view, seen, position, limit)
    return marks, overrun


def _walk_one(units: memoryview, marks: memoryview, at: int, limit: int) -> bool:
    """Marks the instructions of one body; whether the last of them reaches beyond it."""
    lengths = LENGTH
    while at < limit:
        marks[at] = True
        unit = units[at]
        opcode = unit & 0xFF
        at += lengths[opcode] if opcode or not unit else payload_length(units, at)
    return at > limit
