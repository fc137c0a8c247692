"""Instructions as far as values move in them.

Source: "Dalvik executable instruction formats".
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.instructions import RANGE
from vuoto.firmware.code.opcodes import BYTE, DESTINATION, FIELD, LENGTH, MEANING, METHOD, NEW_INSTANCE, NIBBLE, WIDE

RESULT: Final = 1
"""The bit of what the last call gave back, until `move-result` takes it. Register n is the bit n + 2."""
THROWN: Final = 2
"""The bit of what was thrown, until a handler takes it."""


def mask(register: int) -> int:
    """The bit of a register."""
    return 4 << register


class Operation(NamedTuple):
    """An instruction, as far as values move in it."""

    what: str
    """`call`, `result`, `move`, `get`, `put`, `array-get`, `array-put`, `return`, `throw`, `caught`, `mix`, `test`,
    `make` (an object), `constant` (a number), `end` (returns nothing), `other`."""

    target: int
    """Mask of the registers it writes; 0 for none."""

    inputs: tuple[int, ...]
    """Masks of the registers it reads, in order (`put`: the value, and the object if there is one; `array-put`: the value, the
    array, the index; `array-get`: the array, the index)."""

    reference: int
    """Index of the method, the field or the class; which comparison a `test` makes; or -1."""


def is_taken(comparison: int, left: int, right: int) -> bool:
    """Whether a branch is taken: eq, ne, lt, ge, gt, le, in the order of the opcodes."""
    return (left == right, left != right, left < right, left >= right, left > right, left <= right)[comparison]


def operations_of(dex: Dex, first: int, end: int) -> list[Operation]:
    """The instructions of a body, those of the file from `first` to before `end`."""
    if first >= end:
        return []
    code = dex.code
    opcodes = code.opcode[first:end].tolist()
    places = code.unit[first:end].tolist()
    begin = places[0]
    # The longest instruction has five units.
    units = code.units[begin : places[-1] + 5].tolist()
    return [
        _operation(opcode, units, place - begin) if place - begin + LENGTH[opcode] <= len(units) else _OTHER
        for opcode, place in zip(opcodes, places, strict=True)
    ]


_OTHER: Final = Operation("other", 0, (), -1)
_RESULT_OF: Final = {0x0A: "result", 0x0B: "result", 0x0C: "result", 0x0D: "caught"}


def _operation(opcode: int, units: list[int], unit: int) -> Operation:
    head = units[unit]
    meaning = MEANING[opcode]
    if meaning == METHOD or opcode in (0x24, 0x25):
        return Operation("call", 0, _registers(opcode, head, units[unit + 2]), units[unit + 1] if meaning == METHOD else -1)
    where = DESTINATION[opcode]
    target = 0
    if where:
        register = head >> 8 & 15 if where == NIBBLE else head >> 8 if where == BYTE else units[unit + 1]
        target = (12 if WIDE[opcode] else 4) << register
    if meaning == FIELD:
        reference = units[unit + 1]
        if opcode <= 0x58:
            return Operation("get", target, (4 << (head >> 12),), reference)
        if opcode <= 0x5F:
            return Operation("put", 0, (4 << (head >> 8 & 15), 4 << (head >> 12)), reference)
        return Operation("get", target, (), reference) if opcode <= 0x66 else Operation("put", 0, (4 << (head >> 8),), reference)
    if opcode <= 0x11:
        return _short(opcode, head, units, unit, target)
    if opcode == NEW_INSTANCE:
        return Operation("make", target, (), units[unit + 1])
    if opcode == 0x27:
        return Operation("throw", 0, (4 << (head >> 8),), -1)
    if 0x32 <= opcode <= 0x3D:
        registers = (4 << (head >> 8 & 15), 4 << (head >> 12)) if opcode < 0x38 else (4 << (head >> 8),)
        return Operation("test", 0, registers, (opcode - 0x32) % 6)
    if opcode < 0x44:
        return Operation("constant" if 0x12 <= opcode <= 0x19 else "other", target, (), -1)
    return _sum(opcode, head, units[unit + 1] if LENGTH[opcode] > 1 else 0, target)


def _registers(opcode: int, head: int, third: int) -> tuple[int, ...]:
    if opcode in RANGE:
        return tuple(4 << register for register in range(third, third + (head >> 8)))
    packed = (4 << (third & 15), 4 << (third >> 4 & 15), 4 << (third >> 8 & 15), 4 << (third >> 12), 4 << (head >> 8 & 15))
    return packed[: min(head >> 12, 5)]


def _short(opcode: int, head: int, units: list[int], unit: int, target: int) -> Operation:
    """Moves, results and returns."""
    if 0 < opcode <= 0x09:
        where = DESTINATION[opcode]
        register = head >> 12 if where == NIBBLE else units[unit + (1 if where == BYTE else 2)]
        return Operation("move", target, (4 << register,), -1)
    if opcode in _RESULT_OF:
        return Operation(_RESULT_OF[opcode], target, (), -1)
    if opcode == 0x0E:
        return Operation("end", 0, (), -1)
    return Operation("return", 0, (4 << (head >> 8),), -1) if opcode else _OTHER


def _sum(opcode: int, head: int, second: int, target: int) -> Operation:
    """Arrays and what is worked out from registers."""
    if opcode <= 0x4A:
        return Operation("array-get", target, (4 << (second & 0xFF), 4 << (second >> 8)), -1)
    if opcode <= 0x51:
        return Operation("array-put", 0, (4 << (head >> 8), 4 << (second & 0xFF), 4 << (second >> 8)), -1)
    if 0x7B <= opcode <= 0x8F or 0xD0 <= opcode <= 0xD7:
        return Operation("mix", target, (4 << (head >> 12),), -1)
    if 0x90 <= opcode <= 0xAF:
        return Operation("mix", target, (4 << (second & 0xFF), 4 << (second >> 8)), -1)
    if 0xB0 <= opcode <= 0xCF:
        return Operation("mix", target, (4 << (head >> 8 & 15), 4 << (head >> 12)), -1)
    if 0xD8 <= opcode <= 0xE2:
        return Operation("mix", target, (4 << (second & 0xFF),), -1)
    return Operation("other", target, (), -1)
