"""The code of one method as values are followed through it: its operations, its ways, and the cells of its objects.

A *cell* is a field of an object, an element of an array or a map, or an object as a whole, each of an object that is known by its
site (`objects`). It is a bit of the state, above those of the registers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from vuoto.firmware.code.branches import successors
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.objects import Objects, Site
from vuoto.firmware.code.operations import is_taken, mask, operations_of

# Larger bodies are generated tables; following values through them costs more than it tells.
MAX_ROWS: Final = 6_000

Selector = str | tuple[int | str, ...] | None
"""What of an object: a field by its name; an element by (key,), or () where the key is not told; `None` for the whole object."""
ANY: Final = ()
STATIC: Final = Site("static", -1)
"""The object, so to speak, whose fields the static ones are."""

_NONE: Final[Mapping[Selector, int]] = MappingProxyType({})


class Access(Protocol):
    """Which calls do no more than set and get fields of their object."""

    def __call__(self, row: int) -> object | None:
        """Something, where the call at the instruction does no more."""


class Body:
    """A method's code, read once for all values that are followed through it."""

    def __init__(self, dex: Dex, body: int) -> None:
        first, end = int(dex.code.first[body]), int(dex.code.first[body + 1])
        self.too_long = end - first > MAX_ROWS
        self.first = first
        self.parameters = int(dex.code.registers[body]) - int(dex.code.ins[body])
        self.operations = [] if self.too_long else operations_of(dex, first, end)
        self.next = [] if self.too_long else successors(dex, body)
        self.objects = Objects(dex, first, self.parameters, self.operations, self.next)
        self._fields: dict[int, list[int]] | None = None
        self._reached: bytearray | None = None
        self._first_cell = mask(int(dex.code.registers[body]) + 2)
        self._cells: dict[Site, dict[Selector, int]] = {}
        self._count = 0
        self.held = 0
        """The cells of elements, and of objects as a whole."""
        self.own_fields = 0
        """The cells of fields of objects that are made here."""
        self._escapes: dict[Site, tuple[int, ...]] = {}
        self._stored: dict[Site, tuple[int, ...]] = {}

    def uses_of_fields(self, references: frozenset[int]) -> list[int]:
        """The instructions that read or write a field, in order."""
        if self._fields is None:
            self._fields = {}
            for row, operation in enumerate(self.operations):
                if operation.what in ("get", "put"):
                    self._fields.setdefault(operation.reference, []).append(row)
        known = self._fields
        return sorted(row for reference in references for row in known.get(reference, ()))

    def leave_out_constant_branches(self) -> None:
        """Takes away the ways that no run takes, because what a branch asks is constant."""
        taken_out = False
        worked_out = 0
        for operation in self.operations:
            if operation.what in ("constant", "mix", "move"):
                worked_out |= operation.target
        for row, operation in enumerate(self.operations):
            ways = self.next[row]
            if operation.what != "test" or len(ways) != 2 or ways[0] == ways[1]:
                continue
            if not all(register & worked_out for register in operation.inputs):
                continue
            values = [self.objects.constant(row, register) for register in operation.inputs]
            left, right = (*values, 0)[:2]
            if isinstance(left, int) and isinstance(right, int):
                self.next[row] = [ways[1] if is_taken(operation.reference, left, right) else ways[0]]
                taken_out = True
        if taken_out:
            self.objects.forget()
            self._reached = bytearray(self.objects.reached_from((0,)))
            self._reached[0] = 1

    def is_dead(self, row: int) -> bool:
        """Whether no way leads to the instruction."""
        return self._reached is not None and not self._reached[row]

    @property
    def cells(self) -> int:
        """A state that is not below this has a cell in it."""
        return self._first_cell

    def cell(self, site: Site, selector: Selector) -> int:
        """The bit of a cell."""
        known = self._cells.setdefault(site, {})
        bit = known.get(selector)
        if bit is None:
            bit = known[selector] = self._first_cell << self._count
            self._count += 1
            if not isinstance(selector, str):
                self.held |= bit
            elif site.kind == "new":
                self.own_fields |= bit
        return bit

    def cells_of(self, site: Site) -> Mapping[Selector, int]:
        """The cells of an object that were spoken of."""
        return self._cells.get(site, _NONE)

    def all_cells(self) -> Mapping[Site, Mapping[Selector, int]]:
        """All cells that were spoken of."""
        return self._cells

    def may_be_known(self, site: Site, row: int, access: Access) -> bool:
        """Whether an object made here may have been given away before the instruction."""
        rows = self._escapes.get(site)
        if rows is None:
            rows = self._escapes[site] = tuple(self._gives_away(site, access))
        return bool(rows) and bool(self.objects.reached_from(rows)[row])

    def _gives_away(self, site: Site, access: Access) -> list[int]:
        found = []
        for row, (what, _, inputs, _) in enumerate(self.operations):
            if what in ("put", "array-put"):
                given = inputs[:1]
            elif what in ("return", "throw"):
                given = inputs
            elif what == "call":
                given = inputs
                if inputs and site in self.objects.sites(row, inputs[0]) and access(row) is not None:
                    given = inputs[1:]
            else:
                continue
            # What may be any object may be this one.
            if any(site in (sites := self.objects.sites(row, register)) or not sites for register in given):
                found.append(row)
        return found

    def stored(self, site: Site) -> tuple[int, ...]:
        """The instructions that put the object into a field."""
        known = self._stored.get(site)
        if known is None:
            known = self._stored[site] = tuple(
                row
                for row, operation in enumerate(self.operations)
                if operation.what == "put" and site in self.objects.sites(row, operation.inputs[0])
            )
        return known
