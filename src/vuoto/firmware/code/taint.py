"""Follows a value through one method: which registers, fields and elements may hold it, and where it goes.

A state is a number. Its bits are registers, and *cells*: a field of an object, an element of an array or a map, or an object as a
whole, each of an object that is known by its site (`objects`). States of several ways are joined by "or" until nothing changes,
so a value that may be there on one way counts. What is overwritten is gone: a register; a field or an element of an object that
is made once in the method, of a parameter's object, of a class.

What a call into the framework does with a value is not known: its result holds it, and so does the object it is called on
(`StringBuilder.append`, `Map.put`, `HttpPost.setEntity`), unless the result cannot (void, boolean). What is put into a map under
a constant key, or into an array at a constant index, is taken out under the same only. Where that object came from a field or a
parameter, these hold the value too.

A field of an object that is made in the method is its own until the object is given away: to a call, a field, an array, the
caller. From then on it is the field of all objects of its class.
"""

from __future__ import annotations

from typing import Final

from vuoto.firmware.code.body import ANY, STATIC, Body
from vuoto.firmware.code.effects import Accessor, Calls, Event, Start
from vuoto.firmware.code.objects import Site, bits_of
from vuoto.firmware.code.operations import RESULT, THROWN

# A loop needs two rounds, loops in loops a few more.
MAX_ROUNDS: Final = 12
# Instructions that do no more than write a register.
IDLE: Final = frozenset(("other", "constant", "test", "end"))


def follow(body: Body, start: Start, calls: Calls) -> list[Event]:
    """Where the value goes that comes in by `start`, in the order in which that is found."""
    return _Following(body, start, calls).events()


class _Following:
    """One value on its way through one body."""

    def __init__(self, body: Body, start: Start, calls: Calls) -> None:
        self.body, self.start, self.calls = body, start, calls
        self.objects = body.objects
        self.found: dict[Event, None] = {}
        self.others = 0
        """Cells of the field that may hold the value at any time, of objects that others may know."""
        self.references: frozenset[int] = frozenset()
        """The field that may hold the value, as this file names it."""
        self.is_put = False
        """Whether that field is written in the body, so that its value may be gone before it is read."""

    def events(self) -> list[Event]:
        size = len(self.body.operations)
        if not size:
            return []
        start = self.start
        before = [0] * size
        pending = bytearray(size)
        before[0] = start.parameters
        pending[0] = 1
        gets = self._find_field() if start.field else []
        for row in (start.source, start.filled[0], *gets):
            if 0 <= row < size and not self.body.is_dead(row):
                pending[row] = 1
        if self.is_put:
            for row in gets:
                self.others |= self._of_others(row)
            before[0] |= self.others
            # Where the field may be written again, it is so even if nothing held the value just before.
            for row, operation in enumerate(self.body.operations):
                if operation.what in ("call", "make") and not self.body.is_dead(row):
                    pending[row] = 1
        following = self.body.next
        for _ in range(MAX_ROUNDS):
            row = pending.find(1)
            if row < 0:
                break
            while row >= 0:
                pending[row] = 0
                after = self._step(row, before[row])
                if after:
                    for to in following[row]:
                        if after & ~before[to]:
                            before[to] |= after
                            pending[to] = 1
                row = pending.find(1, row + 1)
        return list(self.found)

    def _find_field(self) -> list[int]:
        """Where the field is read that may hold the value; also whether it is written here."""
        self.references = self.calls.references_of(self.start.field)
        gets = []
        for row in self.body.uses_of_fields(self.references):
            if self.body.operations[row].what == "get":
                gets.append(row)
            elif self.start.selector is None:
                self.is_put = True
        return gets

    def _of_others(self, row: int) -> int:
        """The cells of the field that is read, of objects that others may know when the method begins."""
        operation = self.body.operations[row]
        sites = self.objects.sites(row, operation.inputs[0]) if operation.inputs else (STATIC,)
        cells = 0
        for site in sites:
            if site.kind != "new":
                cells |= self.body.cell(site, self.start.field)
        return cells

    def _step(self, row: int, state: int) -> int:
        what, target, inputs, reference = self.body.operations[row]
        source = row == self.start.source
        if what == "call":
            after = self._call(row, state, inputs, reference)
            return after | RESULT if source else after
        after = state & ~(target | RESULT)
        if what in IDLE and not source:
            return after
        holds = source
        if what == "result":
            holds = holds or bool(state & RESULT)
        elif what == "get":
            got, cells = self._get(row, state, inputs, reference)
            holds = holds or got
            after |= cells if inputs else cells | self._by_initializer(self.calls.name_of(reference).partition("->")[0])
        elif what == "put":
            after = self._put(row, after, inputs, reference)
        elif what == "array-get":
            holds = holds or self._taken(row, state, inputs)
        elif what == "array-put":
            after = self._array_put(row, after, inputs)
        elif what == "return":
            if inputs and self._is_held(row, state, inputs[0]):
                self.found[Event("returned", row)] = None
            self._give_away(row, state, inputs)
        elif what == "throw":
            self._give_away(row, state, inputs)
            if self._is_held(row, state, inputs[0]):
                after |= THROWN
        elif what == "caught":
            holds = bool(state & THROWN)
            after &= ~THROWN
        elif what in ("move", "mix"):
            holds = holds or any(state & register for register in inputs)
        elif what == "make":
            if state >= self.body.cells:
                after &= ~self._made(row)
            after |= self._by_initializer(self.calls.type_of(reference))
        return after | target if holds else after

    def _by_initializer(self, owner: str) -> int:
        """The cells of the field that may hold the value at any time: a class that is used the first time may write it."""
        return self.others if self.others and self.calls.is_initialized(owner) else 0

    def _made(self, row: int) -> int:
        """The cells of the object that is made at the instruction; none in a loop, where older ones may be in use still."""
        if self.objects.in_loop(row):
            return 0
        return sum(self.body.cells_of(Site("new", row)).values())

    # Objects

    def _is_held(self, row: int, state: int, register: int) -> bool:
        """Whether the register, or the object in it as a whole or in an element, holds the value."""
        if state & register:
            return True
        if not state & self.body.held:
            return False
        for site in self.objects.sites(row, register):
            for selector, bit in self.body.cells_of(site).items():
                if state & bit and not isinstance(selector, str):
                    return True
        return False

    def _under(self, row: int, state: int, register: int, key: int | str | None) -> bool:
        """Whether the object holds the value as a whole, or under this key (or any, where it is not told)."""
        if state & register:
            return True
        if state < self.body.cells:
            return False
        for site in self.objects.sites(row, register):
            for selector, bit in self.body.cells_of(site).items():
                if state & bit and (selector in (None, ANY, (key,)) or (key is None and not isinstance(selector, str))):
                    return True
        return False

    def _fill(self, row: int, register: int, selector: tuple[int | str, ...] | None = None) -> int:
        """Bits of the object that is given the value, and events for what it is known by; the register's where nothing is."""
        sites = self.objects.sites(row, register)
        if not sites:
            return register
        cells = 0
        for site in sites:
            cells |= self._fill_site(row, site, selector)
        return cells if selector is not None else cells | register

    def _fill_site(self, row: int, site: Site, selector: tuple[int | str, ...] | None) -> int:
        cells = self.body.cell(site, selector)
        # The object's own name, then of the arrays it is in, and of what it writes to.
        for _ in range(8):
            if site.kind in ("static", "field") or (site.kind == "load" and site.name):
                self.found[Event("kept", row, name=site.name, selector=selector)] = None
            elif site.kind == "param":
                self.found[Event("filled", row, positions=(site.number,))] = None
            elif site.kind == "new":
                for put in self.body.stored(site):
                    # What is put into the field later on is told by that instruction.
                    if self.objects.reached_from((put,))[row]:
                        name = self.calls.name_of(self.body.operations[put].reference)
                        self.found[Event("kept", row, name=name, selector=selector)] = None
                wrapped = self.calls.wrapped(site.number)
                inner = self.objects.sites(*wrapped) if wrapped is not None else ()
                if len(inner) != 1 or inner[0] == site:
                    return cells
                site, selector = inner[0], None
                cells |= self.body.cell(site, None)
                continue
            if site.kind != "element" or not isinstance(site.parent, Site):
                return cells
            selector = (site.number,)
            site = site.parent
            cells |= self.body.cell(site, selector)
        return cells

    def _give_away(self, row: int, state: int, registers: tuple[int, ...]) -> bool:
        """Tells of the fields of objects made here that hold the value and that others know from now on; whether there are."""
        given = False
        if not state & self.body.own_fields:
            return False
        for register in registers:
            for site in self.objects.sites(row, register):
                if site.kind != "new":
                    continue
                for selector, bit in self.body.cells_of(site).items():
                    if isinstance(selector, str) and state & bit:
                        self.found[Event("kept", row, name=selector)] = None
                        given = True
        return given

    def _may_change(self, site: Site) -> bool:
        """Whether what is put into the object takes the place of what was there: it is one object, and the same each time."""
        return site.kind in ("param", "static") or (site.kind == "new" and not self.objects.in_loop(site.number))

    # Instructions

    def _get(self, row: int, state: int, inputs: tuple[int, ...], reference: int) -> tuple[bool, int]:
        asked = reference in self.references
        with_cells = state >= self.body.cells
        if not asked and not with_cells:
            # The field of an object of the framework that holds the value.
            return bool(inputs and state & inputs[0] and not self.calls.is_own(self.calls.name_of(reference))), 0
        name = self.calls.name_of(reference)
        sites = self.objects.sites(row, inputs[0]) if inputs else (STATIC,)
        cells = 0
        holds = False
        if asked and self.start.selector is not None:
            cells = self._loaded_with(row, name)
        elif asked:
            holds = not sites or any(
                self.body.may_be_known(site, row, self.calls.accessor) if site.kind == "new" else not self.is_put
                for site in sites
            )
        if with_cells:
            known = [self.body.cells_of(site) for site in sites] or list(self.body.all_cells().values())
            holds = holds or any(state & one.get(name, 0) for one in known)
        holds = holds or bool(inputs and state & inputs[0] and not self.calls.is_own(name))
        return holds, cells

    def _loaded_with(self, row: int, name: str) -> int:
        """The cell of what is under the key in the object that is loaded."""
        inputs = self.body.operations[row].inputs
        if not inputs:
            return self.body.cell(Site("static", -1, name), self.start.selector)
        return self.body.cell(self.objects.site_loaded(row), self.start.selector)

    def _put(self, row: int, state: int, inputs: tuple[int, ...], reference: int) -> int:
        value, with_cells = inputs[0], state >= self.body.cells
        holds = bool(state & value)
        if not holds and not with_cells:
            return state
        name = self.calls.name_of(reference)
        sites = self.objects.sites(row, inputs[1]) if len(inputs) > 1 else (STATIC,)
        if with_cells:
            self._give_away(row, state, (value,))
            for site in self.objects.sites(row, value):
                for selector, bit in self.body.cells_of(site).items():
                    if state & bit and not isinstance(selector, str):
                        self.found[Event("kept", row, name=name, selector=selector)] = None
        if not holds:
            if len(sites) == 1 and self._may_change(sites[0]):
                state &= ~self.body.cells_of(sites[0]).get(name, 0)
            return state
        for site in sites:
            state |= self.body.cell(site, name)
        if not sites or any(site.kind != "new" or self.body.may_be_known(site, row, self.calls.accessor) for site in sites):
            self.found[Event("kept", row, name=name)] = None
        return state

    def _taken(self, row: int, state: int, inputs: tuple[int, ...]) -> bool:
        if state & inputs[0]:
            return True
        if state < self.body.cells:
            return False
        return self._under(row, state, inputs[0], self.objects.constant(row, inputs[1]))

    def _array_put(self, row: int, state: int, inputs: tuple[int, ...]) -> int:
        value, array, index = inputs
        key = self.objects.constant(row, index) if state & value or state >= self.body.cells else None
        if self._is_held(row, state, value):
            return state | self._fill(row, array, (key,) if key is not None else ANY)
        if state >= self.body.cells:
            if self._give_away(row, state, (value,)):
                return state | self._fill(row, array, (key,) if key is not None else ANY)
            sites = self.objects.sites(row, array)
            if key is not None and len(sites) == 1 and self._may_change(sites[0]):
                state &= ~self.body.cells_of(sites[0]).get((key,), 0)
        return state

    def _call(self, row: int, state: int, inputs: tuple[int, ...], reference: int) -> int:
        after = state & ~RESULT
        with_cells = state >= self.body.cells
        filled = self.start.filled[1] if row == self.start.filled[0] else 0
        if not filled and not state and not self.others:
            return after
        if with_cells:
            positions = tuple(at for at, register in enumerate(inputs) if self._is_held(row, state, register))
        else:
            positions = ()
            for register in inputs:
                if state & register:
                    positions = tuple(at for at, register in enumerate(inputs) if state & register)
                    break
        if positions or with_cells:
            accessor = self.calls.accessor(row)
            if accessor is not None:
                return self._access(row, after, inputs, positions, accessor)
        if with_cells:
            given = [at for at, register in enumerate(inputs) if self._give_away(row, state, (register,))]
            if given and not self.calls.behaviour(row, reference, positions).own:
                positions = tuple(sorted({*positions, *given}))
        if positions:
            after = self._given(row, state, after, inputs, reference, positions)
        if self.others and self.calls.behaviour(row, reference, ()).own:
            # A call into the program may write the field again.
            after |= self.others
        for register in bits_of(filled):
            after |= self._fill(row, register)
        return after

    def _given(
        self,
        row: int,
        state: int,
        after: int,
        inputs: tuple[int, ...],
        reference: int,
        positions: tuple[int, ...],
    ) -> int:
        """The state after a call that is given the value."""
        does = self.calls.behaviour(row, reference, positions)
        self.found[Event("argument", row, reference, positions)] = None
        key = self.objects.constant(row, inputs[does.key]) if 0 <= does.key < len(inputs) else None
        only_object = positions == (0,)
        if does.receiver and inputs:
            if not does.holds:
                after |= inputs[0]
            elif not only_object:
                after |= self._fill(row, inputs[0], (key,) if key is not None else None)
        if does.fills >= 0 and does.fills < len(inputs) and positions != (does.fills,):
            after |= self._fill(row, inputs[does.fills])
        if does.result and (does.of_receiver or not only_object):
            if key is not None and only_object and not self._under(row, state, inputs[0], key):
                return after
            after |= RESULT
        return after

    def _access(self, row: int, state: int, inputs: tuple[int, ...], positions: tuple[int, ...], accessor: Accessor) -> int:
        """The state after a call of an accessor of an object that is made here."""
        (site,) = self.objects.sites(row, inputs[0])

        def holds(origins: frozenset[int | str]) -> bool:
            return any(
                origin in positions if isinstance(origin, int) else state & self.body.cells_of(site).get(origin, 0)
                for origin in origins
            )

        self._give_away(row, state, inputs[1:])
        result = RESULT if holds(accessor.result) else 0
        after = state
        for name, origins in accessor.puts:
            if holds(origins):
                after |= self.body.cell(site, name)
                if self.body.may_be_known(site, row, self.calls.accessor):
                    self.found[Event("kept", row, name=name)] = None
            elif self._may_change(site):
                after &= ~self.body.cells_of(site).get(name, 0)
        return after | result
