"""Which object a register of one method holds, and which constant: by the instructions that may have written it last.

An object is known by where it comes from (`Site`): made here, given by a parameter, loaded from a field, taken from an array or
given back by a call. Two registers of the same site hold the same object, except that a site in a loop stands for one object of
each round (`in_loop`). What cannot be told in `MAX_BACK` instructions is not told: no site, no constant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.instructions import index_of, integer_of, signed
from vuoto.firmware.code.opcodes import CONST_STRING, CONST_STRING_JUMBO

if TYPE_CHECKING:
    from vuoto.firmware.code.operations import Operation

# Instructions gone back for one register. A method that fills a map of some forty entries has some four hundred.
MAX_BACK: Final = 1_500
# Sites of one register: an object chosen among more is chosen among anything.
MAX_SITES: Final = 4
# Arrays of arrays, fields of fields: deeper than this two names for one object are told apart.
MAX_PARENTS: Final = 3
# Steps of a sum that is worked out.
MAX_FOLDS: Final = 12

NEW: Final = frozenset({0x22, 0x23})


class Site(NamedTuple):
    """Where an object comes from."""

    kind: str
    """`new` (made at the instruction `number`), `param` (the register `number` of the parameters), `call` (given back by the
    call at `number`), `static` and `field` (loaded from the field `name`, of the object `parent`), `element` (`number` of the
    array `parent`), `load` (by the instruction `number`, of an object that is not told)."""

    number: int
    name: str = ""
    parent: tuple[object, ...] | None = None


class Objects:
    """The objects and constants of one body, found when they are asked for."""

    def __init__(
        self,
        dex: Dex,
        first: int,
        parameters: int,
        operations: Sequence[Operation],
        following: Sequence[Sequence[int]],
    ) -> None:
        self.dex, self.first, self.parameters, self.operations = dex, first, parameters, operations
        self.following = following
        self.is_fluent: Callable[[int], bool] = lambda _: False
        """Whether a call gives back the object it is called on."""
        self.name_of: Callable[[int], str] = dex.field
        """The name of a field, under the class that declares it."""
        self.constant_of_call: Callable[[int], int | str | None] = lambda _: None
        """What a call always gives back."""
        self._sites: dict[tuple[int, int], tuple[Site, ...]] = {}
        self._definitions: dict[tuple[int, int], tuple[int, ...] | None] = {}
        self._loads: dict[int, Site] = {}
        self._constants: dict[int, int | str | None] = {}
        self._reached: dict[tuple[int, ...], bytearray] = {}
        self._writers: dict[int, list[int]] = {}
        self._begin: list[int] = []
        self._before: dict[int, list[int]] = {}
        self._loops: list[tuple[int, int]] | None = None

    def in_loop(self, row: int) -> bool:
        """Whether the instruction may be met again."""
        if self._loops is None:
            self._loops = [(to, at) for at, ways in enumerate(self.following) for to in ways if to <= at]
        return any(begin <= row <= end for begin, end in self._loops)

    def definitions(self, row: int, register: int) -> tuple[int, ...] | None:
        """The instructions that may have written the register last; -1 for the caller. `None` where it is not told."""
        if not self._begin:
            self._find_blocks()
        writers = self._writers.get(register)
        if writers is None:
            return (-1,)
        is_parameter = register.bit_length() - 3 >= self.parameters
        if len(writers) == 1 and not is_parameter:
            return (writers[0],)
        begin = self._begin[row]
        at = bisect_left(writers, row) - 1
        if at >= 0 and writers[at] >= begin:
            return (writers[at],)
        # Nothing writes it between the beginning of the block and here, so that every place of the block has the same answer.
        known = self._definitions.get((begin, register), ())
        if known == ():
            known = self._definitions[begin, register] = self._search(begin, writers)
        return known

    def _search(self, begin: int, writers: list[int]) -> tuple[int, ...] | None:
        """The instructions that may have written the register last before the beginning of a block."""
        found: dict[int, None] = {}
        seen = {begin}
        stack = [begin]
        if not begin:
            found[-1] = None
        while stack:
            for previous in self._before.get(stack.pop(), ()):
                block = self._begin[previous]
                at = bisect_left(writers, previous + 1) - 1
                if at >= 0 and writers[at] >= block:
                    found[writers[at]] = None
                elif block not in seen:
                    seen.add(block)
                    stack.append(block)
                    if not block:
                        found[-1] = None
            if len(seen) > MAX_BACK:
                return None
        return tuple(sorted(found))

    def _find_blocks(self) -> None:
        """Which instructions write a register; where the block of an instruction begins, and from where one comes to that."""
        for row, operation in enumerate(self.operations):
            if operation.target:
                for register in bits_of(operation.target):
                    self._writers.setdefault(register, []).append(row)
        before: dict[int, list[int]] = {0: []}
        for at, ways in enumerate(self.following):
            if len(ways) != 1 or ways[0] != at + 1:
                before.setdefault(at + 1, [])
                for to in ways:
                    before.setdefault(to, []).append(at)
        begin = 0
        for at in range(len(self.following)):
            if at in before:
                begin = at
                # The one before may go on to here without a jump.
                if at and self.following[at - 1] == [at]:
                    before[at].append(at - 1)
            self._begin.append(begin)
        self._before = before

    def sites(self, row: int, register: int) -> tuple[Site, ...]:
        """The objects that the register may hold before the instruction; none where that is not told."""
        return self._sites_of(row, register, MAX_PARENTS)

    def site_loaded(self, row: int) -> Site:
        """The object that is loaded by the instruction, from a field or an array."""
        return self._loaded(row, MAX_PARENTS)

    def _sites_of(self, row: int, register: int, depth: int) -> tuple[Site, ...]:
        known = self._sites.get((row, register))
        if known is None:
            known = self._sites[row, register] = self._find_sites(row, register, depth)
        return known

    def _find_sites(self, row: int, register: int, depth: int) -> tuple[Site, ...]:
        found: dict[Site, None] = {}
        asked = {(row, register): None}
        stack = [(row, register)]
        while stack:
            at, current = stack.pop()
            definitions = self.definitions(at, current)
            if definitions is None or len(asked) > MAX_BACK:
                return ()
            for definition in definitions:
                site = self._site(definition, current, depth)
                if site is None:
                    return ()
                if isinstance(site, Site):
                    found[site] = None
                elif site not in asked:
                    asked[site] = None
                    stack.append(site)
        return tuple(found) if len(found) <= MAX_SITES else ()

    def _site(self, row: int, register: int, depth: int) -> Site | tuple[int, int] | None:
        """The object that an instruction writes, or the register (before another) that it is taken from."""
        if row < 0:
            position = register.bit_length() - 3 - self.parameters
            return Site("param", position) if position >= 0 else None
        what, _, inputs, _ = self.operations[row]
        if what == "move":
            return row, inputs[0]
        if what == "result" and row and self.operations[row - 1].what == "call":
            call = self.operations[row - 1]
            if call.reference < 0:
                return Site("new", row - 1)
            return (row - 1, call.inputs[0]) if call.inputs and self.is_fluent(row - 1) else Site("call", row - 1)
        if what in ("get", "array-get"):
            return self._loaded(row, depth)
        return Site("new" if int(self.dex.code.opcode[self.first + row]) in NEW else "load", row)

    def _loaded(self, row: int, depth: int) -> Site:
        known = self._loads.get(row)
        if known is None:
            what, _, inputs, reference = self.operations[row]
            name = self.name_of(reference) if what == "get" else ""
            known = Site("static", -1, name) if what == "get" and not inputs else Site("load", row, name)
            # What is asked for on the way to itself, in a loop, is told by its instruction; what lies too deep likewise.
            self._loads[row] = known
            if inputs and depth:
                known = self._loads[row] = self._of_parent(row, known, depth - 1)
        return known

    def _of_parent(self, row: int, plain: Site, depth: int) -> Site:
        """The object by the one that it is loaded from, where that is told."""
        what, _, inputs, _ = self.operations[row]
        parents = self._sites_of(row, inputs[0], depth)
        if len(parents) != 1:
            return plain
        if what == "array-get":
            index = self.constant(row, inputs[1])
            return Site("element", index, "", parents[0]) if isinstance(index, int) else plain
        return Site("field", -1, plain.name, parents[0]) if parents[0].kind in ("param", "static", "field") else plain

    def forget(self) -> None:
        """Forgets all answers, when ways have been taken out."""
        for known in (self._sites, self._definitions, self._loads, self._reached):
            known.clear()
        self._constants.clear()
        self._begin.clear()
        self._writers.clear()
        self._loops = None

    def reached_from(self, rows: tuple[int, ...]) -> bytearray:
        """Per instruction: whether it may come after one of these."""
        known = self._reached.get(rows)
        if known is None:
            known = self._reached[rows] = bytearray(len(self.operations))
            stack = list(rows)
            while stack:
                for to in self.following[stack.pop()]:
                    if not known[to]:
                        known[to] = 1
                        stack.append(to)
        return known

    def constant(self, row: int, register: int, folds: int = MAX_FOLDS) -> int | str | None:
        """The number or text that the register holds before the instruction on every way there."""
        definitions = self.definitions(row, register)
        if not definitions or len(definitions) > MAX_SITES or not folds:
            return None
        first = self._written(definitions[0], folds - 1)
        if first is None or len(definitions) == 1:
            return first
        return first if all(self._written(definition, folds - 1) == first for definition in definitions[1:]) else None

    def _written(self, row: int, folds: int) -> int | str | None:
        """The constant that an instruction writes; what is worked out from itself, in a loop, is none."""
        if row < 0:
            return None
        if row not in self._constants:
            self._constants[row] = None
            self._constants[row] = self._work_out(row, folds)
        return self._constants[row]

    def _work_out(self, row: int, folds: int) -> int | str | None:
        what, _, inputs, _ = self.operations[row]
        if what == "move":
            return self.constant(row, inputs[0], folds)
        if what == "result":
            return self.constant_of_call(row - 1) if row else None
        opcode = int(self.dex.code.opcode[self.first + row])
        if what == "mix":
            return self._folded(row, opcode, inputs, folds)
        if opcode in (CONST_STRING, CONST_STRING_JUMBO):
            return self.dex.string(index_of(self.dex, self.first + row))
        return integer_of(self.dex, self.first + row) if what == "constant" else None

    def _folded(self, row: int, opcode: int, inputs: tuple[int, ...], folds: int) -> int | None:
        operator = _OPERATORS.get(opcode)
        if operator is None:
            return None
        values = [self.constant(row, register, folds) for register in inputs]
        if 0xD0 <= opcode <= 0xE2:
            unit = int(self.dex.code.unit[self.first + row])
            literal = int(self.dex.code.units[unit + 1])
            values.append(signed(literal, 16) if opcode <= 0xD7 else signed(literal >> 8, 8))
        if len(values) != 2:
            return None
        left, right = values
        if not isinstance(left, int) or not isinstance(right, int):
            return None
        return signed(operator(left, right) & 0xFFFFFFFF, 32) if right or operator not in (_divide, _rest) else None


def bits_of(registers: int) -> Iterator[int]:
    """The masks of single registers in a mask."""
    while registers:
        lowest = registers & -registers
        yield lowest
        registers ^= lowest


def _divide(left: int, right: int) -> int:
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _rest(left: int, right: int) -> int:
    return left - _divide(left, right) * right


_SIMPLE: Final[tuple[Callable[[int, int], int], ...]] = (
    lambda left, right: left + right,
    lambda left, right: left - right,
    lambda left, right: left * right,
    _divide,
    _rest,
    lambda left, right: left & right,
    lambda left, right: left | right,
    lambda left, right: left ^ right,
)
# add, sub (of a literal: what it is taken from), mul, div, rem, and, or, xor: of registers, of two of which one is written, and
# of a literal of 16 or 8 bits.
_OPERATORS: Final = {
    base + place: (lambda left, right: right - left) if place == 1 and base >= 0xD0 else operator
    for base in (0x90, 0xB0, 0xD0, 0xD8)
    for place, operator in enumerate(_SIMPLE)
}
