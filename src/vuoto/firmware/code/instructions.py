"""Single instructions: which registers a call is given, which one an instruction writes, what constant a register holds.

Source: "Dalvik executable instruction formats". The constant of a register is the one that stands last before the use in the
order of the code; branches that would bring another are not weighed, so what is found is a claim with a place, not a proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.opcodes import (
    BYTE,
    CONST_STRING,
    CONST_STRING_JUMBO,
    DESTINATION,
    FILL_ARRAY_DATA,
    LENGTH,
    MEANING,
    METHOD,
    NIBBLE,
    WIDE,
    WORD,
)

# A key or a header is set beside its call; what stands further back is another matter (and the search stays linear).
LOOK_BACK: Final = 96
MAX_ARRAY: Final = 4096
RANGE: Final = frozenset({0x25, 0x74, 0x75, 0x76, 0x77, 0x78, 0xFB, 0xFD})
MOVES: Final = frozenset({0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09})
MOVE_RESULT: Final = frozenset({0x0A, 0x0B, 0x0C})
SGET_OBJECT: Final = 0x62
# Calls whose result is the text or the bytes of what they are called on.
SAME_TEXT: Final = frozenset({"getBytes", "toString", "trim", "intern", "toCharArray", "toLowerCase", "toUpperCase", "valueOf"})


@dataclass(frozen=True, slots=True)
class ArrayData:
    """The bytes of an array that is filled from the code."""

    data: bytes


Constant = str | int | ArrayData


def registers_of(dex: Dex, row: int) -> list[int]:
    """The registers that an invocation (or `filled-new-array`) is given, a pair for each wide value, `this` first."""
    code = dex.code
    unit = int(code.unit[row])
    head = int(code.units[unit])
    third = int(code.units[unit + 2])
    if int(code.opcode[row]) in RANGE:
        return list(range(third, third + (head >> 8)))
    packed = [third & 15, third >> 4 & 15, third >> 8 & 15, third >> 12, head >> 8 & 15]
    return packed[: min(head >> 12, 5)]


def parameter_slots(signature: str) -> list[int]:
    """For each declared parameter of `(Ljava/lang/String;J)V`: at which register, from 0, it begins (`this` not counted)."""
    slots: list[int] = []
    at, slot = 1, 0
    size = signature.find(")")
    while 0 < at < size:
        slots.append(slot)
        begin = at
        while at < size and signature[at] == "[":
            at += 1
        wide = at == begin and signature[at] in "JD"
        if at < size and signature[at] == "L":
            end = signature.find(";", at)
            at = end if end >= 0 else size
        at += 1
        slot += 2 if wide else 1
    return slots


def destination(dex: Dex, row: int) -> int:
    """The register that an instruction writes, or -1. A wide value is also in the one behind it (`opcodes.WIDE`)."""
    opcode = int(dex.code.opcode[row])
    where = DESTINATION[opcode]
    if not where:
        return -1
    unit = int(dex.code.unit[row])
    if where == WORD:
        return int(dex.code.units[unit + 1]) if unit + 1 < len(dex.code.units) else -1
    head = int(dex.code.units[unit])
    return head >> 8 & 15 if where == NIBBLE else head >> 8


def moved_from(dex: Dex, row: int) -> int:
    """The register that a `move` reads."""
    unit = int(dex.code.unit[row])
    where = DESTINATION[int(dex.code.opcode[row])]
    if where == NIBBLE:
        return int(dex.code.units[unit]) >> 12
    return int(dex.code.units[unit + (1 if where == BYTE else 2)])


def index_of(dex: Dex, row: int) -> int:
    """The index that an instruction carries in its second unit (and third, for a long string index)."""
    unit = int(dex.code.unit[row])
    index = int(dex.code.units[unit + 1])
    return index | int(dex.code.units[unit + 2]) << 16 if int(dex.code.opcode[row]) == CONST_STRING_JUMBO else index


class FieldTexts(Protocol):
    """The constants of static fields."""

    def get(self, field: str) -> str | None:
        """The text that the field with this whole name holds from the start, or `None`."""
        ...


def constant_in(dex: Dex, row: int, register: int, static_texts: FieldTexts) -> Constant | None:
    """What the register holds just before the instruction, where that is a constant; `static_texts` are the fields' constants."""
    code = dex.code
    first = _first_of(dex, row)
    at = row - 1
    lowest = max(first, row - LOOK_BACK)
    while at >= lowest:
        opcode = int(code.opcode[at])
        unit = int(code.unit[at])
        if unit + LENGTH[opcode] > len(code.units):
            return None
        if opcode == FILL_ARRAY_DATA and int(code.units[unit]) >> 8 == register:
            return _array(dex, unit)
        target = destination(dex, at)
        if target >= 0 and WIDE[opcode] and target + 1 == register:
            return None
        if target != register:
            at -= 1
            continue
        if opcode in (CONST_STRING, CONST_STRING_JUMBO):
            return dex.string(index_of(dex, at))
        if opcode == SGET_OBJECT:
            return static_texts.get(dex.field(index_of(dex, at)))
        if opcode in MOVES:
            register = moved_from(dex, at)
        elif opcode in MOVE_RESULT:
            register = _same_text(dex, at - 1) if at > first else -1
            at -= 1
        else:
            return integer_of(dex, at)
        if register < 0:
            return None
        at -= 1
    return None


def _first_of(dex: Dex, row: int) -> int:
    starts = dex.code.first
    return int(starts[starts.searchsorted(row, side="right") - 1])


def _same_text(dex: Dex, row: int) -> int:
    """The register whose text a call's result has, or -1."""
    if MEANING[int(dex.code.opcode[row])] != METHOD:
        return -1
    index = index_of(dex, row)
    registers = registers_of(dex, row)
    if not registers or index >= len(dex.method_name) or dex.string(int(dex.method_name[index])) not in SAME_TEXT:
        return -1
    return registers[0]


def integer_of(dex: Dex, row: int) -> int | None:
    """The literal that an instruction carries, or `None` where it carries none."""
    opcode = int(dex.code.opcode[row])
    unit = int(dex.code.unit[row])
    units = dex.code.units
    if unit + LENGTH[opcode] > len(units):
        return None
    if opcode == 0x12:
        value = int(units[unit]) >> 12
        return value - 16 if value > 7 else value
    if opcode in (0x13, 0x15, 0x16, 0x19):
        value = signed(int(units[unit + 1]), 16)
        return value << {0x15: 16, 0x19: 48}.get(opcode, 0)
    if opcode in (0x14, 0x17):
        return signed(int(units[unit + 1]) | int(units[unit + 2]) << 16, 32)
    if opcode == 0x18:
        return signed(sum(int(units[unit + 1 + part]) << (16 * part) for part in range(4)), 64)
    return None


def signed(value: int, bits: int) -> int:
    """A number of so many bits in two's complement."""
    return value - (1 << bits) if value >> (bits - 1) else value


def _array(dex: Dex, unit: int) -> ArrayData | None:
    units = dex.code.units
    at = unit + signed(int(units[unit + 1]) | int(units[unit + 2]) << 16, 32)
    if not 0 <= at < len(units) - 4 or int(units[at]) != 0x0300:
        return None
    size = int(units[at + 1]) * (int(units[at + 2]) | int(units[at + 3]) << 16)
    begin = 2 * (at + 4)
    return ArrayData(dex.data[begin : begin + min(size, MAX_ARRAY)])
