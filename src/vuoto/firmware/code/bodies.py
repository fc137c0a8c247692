"""The bodies of a program as values are followed through them, each read once, and what is known of their calls and fields."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

import numpy as np

from vuoto.firmware.code.accessors import accessor_of
from vuoto.firmware.code.body import MAX_ROWS, Body
from vuoto.firmware.code.call_graph import ACC_STATIC, CallGraph, Node
from vuoto.firmware.code.dispatch import Dispatch
from vuoto.firmware.code.effects import Accessor, Behaviour
from vuoto.firmware.code.framework import behaviour_of, wraps
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.opcodes import FIELD, INVOKE_STATIC, INVOKE_STATIC_RANGE

# Constructors of superclasses that are looked into.
MAX_SUPERS: Final = 3
# Longer methods do more than set and get.
MAX_ACCESSOR_ROWS: Final = 40
# Instructions of a method that is asked for the constant that it gives back.
MAX_CONSTANT_ROWS: Final = 40


class Bodies:
    """The bodies, and what is known of methods and fields. Each is asked for once."""

    def __init__(self, graph: CallGraph, sends: Container[tuple[int, int]]) -> None:
        """`sends`: DEX file and instruction of the calls that send, which are no accessors whatever they do."""
        self.graph = graph
        self.program = graph.program
        self.sends = sends
        self.dispatch = Dispatch(graph, self.body)
        self.returning: set[tuple[Node, int]] = set()
        """Parameters that come back as the result, as far as a search has found."""
        self._bodies: dict[Node, Body] = {}
        self._calls: dict[Node, _CallsOf] = {}
        self._field_readers: list[tuple[I64, I64] | None] = [None] * len(self.program.dexes)
        self._fields: dict[tuple[int, int], str] = {}
        self._references: dict[tuple[int, str], list[int]] = {}
        self._declared_in: dict[str, frozenset[str]] = {}
        self._behaviours: dict[tuple[int, int, bool], Behaviour] = {}
        self._accessors: dict[Node, Accessor | None] = {}
        self._constants: dict[Node, int | str | None] = {}

    def body(self, node: Node) -> Body:
        """The code of a method, read once."""
        body = self._bodies.get(node)
        if body is None:
            body = self._bodies[node] = Body(self.program.dexes[node[0]], node[1])
            calls = self.calls_of(node)
            body.objects.is_fluent = calls.is_fluent
            body.objects.name_of = calls.name_of
            body.objects.constant_of_call = calls.constant_of
            body.leave_out_constant_branches()
        return body

    def calls_of(self, node: Node) -> _CallsOf:
        """What is known of the calls and fields in a body."""
        calls = self._calls.get(node)
        if calls is None:
            calls = self._calls[node] = _CallsOf(self, node)
        return calls

    def field(self, number: int, reference: int) -> str:
        """The name of a field, under the class that declares it."""
        name = self._fields.get((number, reference))
        if name is None:
            name = self._fields[number, reference] = self._declared(self.program.dexes[number].field(reference))
        return name

    def _declared(self, name: str) -> str:
        """A field under the class that declares it: code may name an inherited field by the class that inherits it."""
        owner, _, rest = name.partition("->")
        if owner not in self.program.classes:
            return name
        return next((f"{one}->{rest}" for one in self.program.ancestors(owner) if rest in self._fields_of(one)), name)

    def _fields_of(self, owner: str) -> frozenset[str]:
        """The fields that a class of the program declares, by name and type."""
        known = self._declared_in.get(owner)
        if known is None:
            number, row = self.program.classes.get(owner, (0, -1))
            dex = self.program.dexes[number]
            own = dex.classes.field[dex.classes.field_class == row].tolist()
            known = self._declared_in[owner] = frozenset(dex.field(one).partition("->")[2] for one in own)
        return known

    def behaviour(self, number: int, reference: int, positions: tuple[int, ...], *, static: bool) -> Behaviour:
        """What a call does with a value that it is given at these registers."""
        targets = self.graph.targets(number, reference) if reference >= 0 else ()
        known = self._behaviours.get((number, reference, static))
        if known is None:
            name = self.program.dexes[number].method(reference) if reference >= 0 else ""
            known = self._behaviours[number, reference, static] = behaviour_of(name, static=static, own=bool(targets))
        if not targets or (number, reference) in self.graph.unfollowed:
            return known
        returned = any(
            (target, position) in self.returning or self._is_too_long(target) for target in targets for position in positions
        )
        return known._replace(result=returned)

    def _is_too_long(self, node: Node) -> bool:
        first = self.program.dexes[node[0]].code.first
        return int(first[node[1] + 1] - first[node[1]]) > MAX_ROWS

    def accessor(self, node: Node, depth: int = MAX_SUPERS) -> Accessor | None:
        """What the method does, where it does no more than set and get fields of its object."""
        if node in self._accessors:
            return self._accessors[node]
        number, at = node
        dex = self.program.dexes[number]
        result = None
        static = int(dex.classes.method_access[dex.body_method[at]]) & ACC_STATIC

        def constructor(reference: int) -> Accessor | None:
            name = dex.method(reference)
            if name == "Ljava/lang/Object;-><init>()V":
                return Accessor((), frozenset())
            targets = self.graph.targets(number, reference) if "-><init>(" in name else ()
            return self.accessor(targets[0], depth - 1) if len(targets) == 1 and depth else None

        short = int(dex.code.first[at + 1] - dex.code.first[at]) <= MAX_ACCESSOR_ROWS
        if short and not static:
            result = accessor_of(self.body(node), int(dex.code.ins[at]), self.calls_of(node).name_of, constructor)
        self._accessors[node] = result
        return result

    def constant(self, node: Node) -> int | str | None:
        """What a method always gives back, where that is a constant."""
        if node not in self._constants:
            self._constants[node] = None
            dex = self.program.dexes[node[0]]
            if int(dex.code.first[node[1] + 1] - dex.code.first[node[1]]) <= MAX_CONSTANT_ROWS:
                body = self.body(node)
                found = {
                    body.objects.constant(row, operation.inputs[0])
                    for row, operation in enumerate(body.operations)
                    if operation.what == "return" and not body.is_dead(row)
                }
                self._constants[node] = found.pop() if len(found) == 1 else None
        return self._constants[node]

    def is_told_by_cells(self, number: int, row: int) -> bool:
        """Whether a call is an accessor of an object that nobody else knows, so that its fields there say what it gives back."""
        node = self.graph.node_of(number, row)
        body, calls = self.body(node), self.calls_of(node)
        at = row - body.first
        if at >= len(body.operations) or calls.accessor(at) is None:
            return False
        (site,) = body.objects.sites(at, body.operations[at].inputs[0])
        return not body.may_be_known(site, at, calls.accessor)

    def readers(self, name: str) -> list[Node]:
        """The bodies that read a field."""
        found: dict[Node, None] = {}
        for number, dex in enumerate(self.program.dexes):
            pair = self._field_readers[number]
            if pair is None:
                rows, references = dex.references(FIELD)
                opcodes = dex.code.opcode[rows]
                reads = (opcodes <= 0x58) | ((opcodes >= 0x60) & (opcodes <= 0x66))
                rows, references = rows[reads], references[reads]
                order = np.argsort(references, kind="stable")
                pair = self._field_readers[number] = rows[order], references[order]
            for reference in self.same_field(number, name):
                begin, end = np.searchsorted(pair[1], (reference, reference + 1))
                for row in pair[0][begin:end].tolist():
                    found[self.graph.node_of(number, row)] = None
        return list(found)

    def same_field(self, number: int, name: str) -> list[int]:
        """The references of a file to a field."""
        known = self._references.get((number, name))
        if known is None:
            dex = self.program.dexes[number]
            short = dex.string_indices((name.partition("->")[2].partition(":")[0],))
            found = [at for index in short for at in np.flatnonzero(dex.field_name == index).tolist()]
            known = self._references[number, name] = [at for at in found if self.field(number, at) == name]
        return known


class _CallsOf:
    """What a body asks of the program: `effects.Calls`."""

    def __init__(self, bodies: Bodies, node: Node) -> None:
        self.bodies, self.node = bodies, node
        self.dex = bodies.program.dexes[node[0]]
        self.first = int(self.dex.code.first[node[1]])
        self._accessors: dict[int, Accessor | None] = {}

    def behaviour(self, row: int, reference: int, positions: tuple[int, ...]) -> Behaviour:
        opcode = int(self.dex.code.opcode[self.first + row])
        static = opcode in (INVOKE_STATIC, INVOKE_STATIC_RANGE)
        return self.bodies.behaviour(self.node[0], reference, positions, static=static)

    def is_fluent(self, row: int) -> bool:
        return self.behaviour(row, self.bodies.body(self.node).operations[row].reference, ()).fluent

    def accessor(self, row: int) -> Accessor | None:
        if row not in self._accessors:
            self._accessors[row] = None
            if (self.node[0], self.first + row) not in self.bodies.sends:
                target = self.bodies.dispatch.target_of_made(self.node, row)
                if target is not None:
                    self._accessors[row] = self.bodies.accessor(target)
        return self._accessors[row]

    def constant_of(self, row: int) -> int | str | None:
        operation = self.bodies.body(self.node).operations[row]
        targets = self.bodies.graph.targets(self.node[0], operation.reference) if operation.reference >= 0 else ()
        return self.bodies.constant(targets[0]) if len(targets) == 1 else None

    def name_of(self, reference: int) -> str:
        return self.bodies.field(self.node[0], reference)

    def references_of(self, name: str) -> frozenset[int]:
        return frozenset(self.bodies.same_field(self.node[0], name))

    def type_of(self, reference: int) -> str:
        return self.dex.type(reference)

    def is_initialized(self, owner: str) -> bool:
        return self.bodies.graph.defined(owner, "<clinit>()V") is not None

    def is_own(self, name: str) -> bool:
        return name.partition("->")[0] in self.bodies.program.classes

    def wrapped(self, row: int) -> tuple[int, int] | None:
        return wraps(self.bodies.body(self.node), self.dex, row)
