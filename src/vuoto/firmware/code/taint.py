"""Follows a value through one method: which registers may hold it, and where it goes.

A register is a bit of a number. States of several ways are joined by "or" until nothing changes, so a value that may be there on
one way counts. What a call into the framework does with a value is not known: its result holds it, and so does the object it is
called on (`StringBuilder.append`, `Map.put`, `HttpPost.setEntity`), unless the result cannot (void, boolean). Where that object
came from a field or a parameter, these hold the value too (`holders`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from vuoto.firmware.code.branches import successors
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.holders import Holder, holder_of
from vuoto.firmware.code.instructions import destination, index_of, moved_from, registers_of
from vuoto.firmware.code.opcodes import FIELD, LENGTH, MEANING, METHOD, WIDE

# Larger bodies are generated tables; following values through them costs more than it tells.
MAX_ROWS: Final = 6_000
# A loop needs two rounds, loops in loops a few more.
MAX_ROUNDS: Final = 12

RESULT: Final = 1
"""The bit of what the last call gave back, until `move-result` takes it. Register n is the bit n + 1."""


def mask(register: int) -> int:
    """The bit of a register."""
    return 2 << register


class Operation(NamedTuple):
    """An instruction, as far as values move in it."""

    what: str
    """`call`, `result`, `move`, `get`, `put`, `array-get`, `array-put`, `return`, `mix`, `other`."""

    target: int
    """Mask of the registers it writes; 0 for none."""

    inputs: tuple[int, ...]
    """Masks of the registers it reads, in order (`put`: the value alone; `get`: the object alone)."""

    reference: int
    """Index of the method or field, or -1."""


class Event(NamedTuple):
    """What happens to the value."""

    what: str
    """`argument` (given to a call), `kept` (in a field), `filled` (put into an object that a parameter gave), `returned`."""

    row: int
    """The instruction, counted from the first of the body."""

    reference: int
    """Index of the method called or of the field, or -1."""

    positions: tuple[int, ...]
    """For an argument: at which registers of the call; for `filled`: at which of the parameters' registers."""


class Body:
    """A method's code, read once for all values that are followed through it."""

    def __init__(self, dex: Dex, body: int) -> None:
        first, end = int(dex.code.first[body]), int(dex.code.first[body + 1])
        self.too_long = end - first > MAX_ROWS
        self.first = first
        self.parameters = int(dex.code.registers[body]) - int(dex.code.ins[body])
        self.operations = [] if self.too_long else [_operation(dex, row) for row in range(first, end)]
        self.next = [] if self.too_long else successors(dex, body)
        self.holders: dict[tuple[int, int], Holder] = {}
        """By instruction and register: what the object is known by, where it was asked for."""


class FieldQuestion(Protocol):
    """Whether a field may hold the value."""

    def __call__(self, reference: int, *, object_tainted: bool) -> bool:
        """`object_tainted`: whether the object whose field it is may hold the value."""


class Behaviour(NamedTuple):
    """What a call does with a value that is among its arguments."""

    result: bool
    """Its result may hold the value."""

    receiver: bool
    """The object it is called on may hold the value afterwards."""

    of_receiver: bool
    """Its result may hold the value where only the object it is called on (its first register) does."""

    holds: bool
    """The object it is called on is of a class that is made to hold what it is given (`holders.HOLDS`)."""

    fluent: bool
    """It gives back the object it is called on."""


def follow(
    body: Body,
    parameters: int,
    sources: AbstractSet[int],
    is_tainted_field: FieldQuestion,
    behaviour: Callable[[int, int], Behaviour],
    filled: Mapping[int, int] = MappingProxyType({}),
) -> list[Event]:
    """Where the value goes that comes in by the registers `parameters` (a mask), the instructions `sources` and tainted fields.

    `behaviour(row, reference)` says what a call does. `filled`: calls, and the registers whose objects they put the value into.
    """
    size = len(body.operations)
    if not size:
        return []
    before = [0] * size
    before[0] = parameters
    pending = bytearray(size)
    pending[0] = 1
    for row in (*sources, *filled):
        if row < size:
            pending[row] = 1
    for row, operation in enumerate(body.operations):
        if operation.what == "get" and is_tainted_field(operation.reference, object_tainted=False):
            pending[row] = 1
    events: dict[Event, None] = {}
    for _ in range(MAX_ROUNDS):
        changed = False
        for row in range(size):
            if not pending[row]:
                continue
            pending[row] = 0
            after = _step(body, row, before[row], row in sources, is_tainted_field, behaviour, filled.get(row, 0), events)
            for following in body.next[row]:
                if after & ~before[following]:
                    before[following] |= after
                    pending[following] = 1
                    changed = True
        if not changed:
            break
    return list(events)


def _step(
    body: Body,
    row: int,
    state: int,
    source: bool,
    is_tainted_field: FieldQuestion,
    behaviour: Callable[[int, int], Behaviour],
    filled: int,
    events: dict[Event, None],
) -> int:
    what, target, inputs, reference = body.operations[row]
    after = state & ~(target | RESULT) if what != "call" else state & ~RESULT
    if what == "result":
        holds = bool(state & RESULT)
    elif what == "get":
        holds = is_tainted_field(reference, object_tainted=bool(inputs) and bool(state & inputs[0]))
    elif what == "put":
        holds = False
        if inputs and state & inputs[0]:
            events[Event("kept", row, reference, ())] = None
    elif what == "call":
        positions = tuple(at for at, register in enumerate(inputs) if state & register)
        holds = False
        if positions:
            events[Event("argument", row, reference, positions)] = None
            does = behaviour(row, reference)
            if does.receiver:
                after |= inputs[0]
                if does.holds and positions != (0,):
                    filled |= inputs[0]
            if does.result and (does.of_receiver or positions != (0,)):
                after |= RESULT
        if filled:
            after |= _fill(body, row, filled, behaviour, events)
        return after | RESULT if source else after
    elif what == "return":
        holds = False
        if inputs and state & inputs[0]:
            events[Event("returned", row, -1, ())] = None
    elif what == "array-put":
        # The value is in the array from now on, and stays there.
        return state | _fill(body, row, inputs[1], behaviour, events) if state & inputs[0] else state
    else:
        holds = any(state & register for register in inputs)
    if holds or source:
        after |= target
    return after


def _fill(body: Body, row: int, objects: int, behaviour: Callable[[int, int], Behaviour], events: dict[Event, None]) -> int:
    """Registers of objects that are given the value, and of all that is the same object; events for fields and parameters."""
    reached = 0
    operations = body.operations

    def is_fluent(at: int) -> bool:
        return behaviour(at, operations[at].reference).fluent

    for register in _single(objects):
        holder = body.holders.get((row, register))
        if holder is None:
            holder = body.holders[row, register] = holder_of(operations, row, register, body.parameters, is_fluent)
        reached |= holder.registers
        if holder.field >= 0:
            events[Event("kept", row, holder.field, ())] = None
        if holder.parameter >= 0:
            events[Event("filled", row, -1, (holder.parameter,))] = None
    return reached


def _single(registers: int) -> Iterator[int]:
    """The masks of single registers in a mask."""
    while registers:
        lowest = registers & -registers
        yield lowest
        registers ^= lowest


def _operation(dex: Dex, row: int) -> Operation:
    code = dex.code
    opcode, unit = int(code.opcode[row]), int(code.unit[row])
    if unit + LENGTH[opcode] > len(code.units):
        return Operation("other", 0, (), -1)
    head = int(code.units[unit])
    register = destination(dex, row)
    target = 0 if register < 0 else mask(register) * (3 if WIDE[opcode] else 1)
    meaning = MEANING[opcode]
    if meaning == METHOD:
        return Operation("call", 0, tuple(map(mask, registers_of(dex, row))), index_of(dex, row))
    if opcode in (0x24, 0x25):
        return Operation("call", 0, tuple(map(mask, registers_of(dex, row))), -1)
    if 0x0A <= opcode <= 0x0C:
        return Operation("result", target, (), -1)
    if opcode <= 0x09 and opcode:
        return Operation("move", target, (mask(moved_from(dex, row)),), -1)
    if 0x0F <= opcode <= 0x11:
        return Operation("return", 0, (mask(head >> 8),), -1)
    if meaning == FIELD:
        reference = index_of(dex, row)
        if opcode <= 0x58:
            return Operation("get", target, (mask(head >> 12),), reference)
        if opcode <= 0x5F:
            return Operation("put", 0, (mask(head >> 8 & 15),), reference)
        return Operation("get", target, (), reference) if opcode <= 0x66 else Operation("put", 0, (mask(head >> 8),), reference)
    second = int(code.units[unit + 1]) if LENGTH[opcode] > 1 else 0
    if 0x44 <= opcode <= 0x4A:
        return Operation("array-get", target, (mask(second & 0xFF),), -1)
    if 0x4B <= opcode <= 0x51:
        return Operation("array-put", 0, (mask(head >> 8), mask(second & 0xFF)), -1)
    if 0x7B <= opcode <= 0x8F:
        return Operation("mix", target, (mask(head >> 12),), -1)
    if 0x90 <= opcode <= 0xAF:
        return Operation("mix", target, (mask(second & 0xFF), mask(second >> 8)), -1)
    if 0xB0 <= opcode <= 0xCF:
        return Operation("mix", target, (mask(head >> 8 & 15), mask(head >> 12)), -1)
    if 0xD0 <= opcode <= 0xD7:
        return Operation("mix", target, (mask(head >> 12),), -1)
    if 0xD8 <= opcode <= 0xE2:
        return Operation("mix", target, (mask(second & 0xFF),), -1)
    return Operation("other", target, (), -1)
