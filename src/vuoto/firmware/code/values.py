"""Follows values between the methods of a program, from the reads on: by calls, results and fields.

Each cause (a read, a parameter, a field) is followed by itself through each method it reaches, so that a value which came in by a
parameter goes back to those calls only that gave it, and a method that gives its parameter back (`trim(imei)`) joins no two of
its callers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from heapq import heappop, heappush
from typing import Final, NamedTuple

import numpy as np

from vuoto.facts.code import CodeSend, DataPath, IdentifierRead, PathStep
from vuoto.firmware.code.accessors import accessor_of
from vuoto.firmware.code.body import MAX_ROWS, Body
from vuoto.firmware.code.call_graph import ACC_STATIC, TAKEN_OVER, CallGraph, Node
from vuoto.firmware.code.dispatch import Dispatch
from vuoto.firmware.code.effects import Accessor, Behaviour, Event, Start
from vuoto.firmware.code.framework import behaviour_of, wraps
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.nearness import Nearness
from vuoto.firmware.code.opcodes import FIELD, INVOKE_STATIC, INVOKE_STATIC_RANGE
from vuoto.firmware.code.operations import mask
from vuoto.firmware.code.taint import follow

# Bounds of the search per kind of data: what is reached beyond them is reached by a way nobody reads.
MAX_VISITS: Final = 500
MAX_INSTRUCTIONS: Final = 300_000
MAX_STEPS: Final = 12
# A search that is not at its end by then asks how far the sends are, and goes nowhere from where none can be reached.
LONG_SEARCH: Final = 50
# And one that has spent half of its visits goes on where a send is nearest.
HURRY: Final = MAX_VISITS // 2
# Keys of one field that are told apart; a table of settings has more, and then its keys say nothing.
MAX_SELECTORS: Final = 16
# Constructors of superclasses that are looked into.
MAX_SUPERS: Final = 3
# Longer methods do more than set and get.
MAX_ACCESSOR_ROWS: Final = 40
# Instructions of a method that is asked for the constant that it gives back.
MAX_CONSTANT_ROWS: Final = 40

STREAM: Final = r"Ljava/(?:io|util/zip)/\w*(?:Stream|Writer);"
STREAM_WRITES: Final = ("write", "writeBytes", "writeUTF", "writeChars", "writeObject", "print", "println", "append")
SENT_ONCE: Final = frozenset(("datagram", "download", "sms", "web-view"))
"""Channels whose sending object keeps nothing of what it has sent; a connection keeps what it was told before it is opened."""

Place = tuple[str, tuple[int | str, ...] | None]
"""A field, and under which key or index of what it holds."""
Key = tuple[str, int, int, int]
"""What holds the value: `result` (of a call: DEX file, instruction), `param` (DEX file, body, number of the register) or `filled`
(the object given to a call: DEX file, instruction, register of the call)."""
Cause = Key | Place
Move = tuple[str, str | Node, int, int]
"""A step before it is put into words: how, where to (a text, or a body), DEX file and instruction."""
Found = tuple[IdentifierRead, int, int]
Sent = tuple[CodeSend, int, int]


class Origin(NamedTuple):
    """How something came to hold the value."""

    parent: Cause | None
    step: Move
    read: int
    """Which of the reads it is."""

    depth: int


class Values:
    """Follows values between methods."""

    def __init__(self, graph: CallGraph, sends: Sequence[Sent]) -> None:
        self.graph = graph
        self.program = graph.program
        self.sends = {(number, row): send for send, number, row in reversed(sends)}
        self.bodies: dict[Node, Body] = {}
        self.calls: dict[Node, _CallsOf] = {}
        self.dispatch = Dispatch(graph, self.body)
        self.field_readers: list[tuple[I64, I64] | None] = [None] * len(self.program.dexes)
        self.fields: dict[tuple[int, int], str] = {}
        self.references: dict[tuple[int, str], list[int]] = {}
        self.declared: dict[str, frozenset[str]] = {}
        self.behaviours: dict[tuple[int, int, bool], Behaviour] = {}
        self.accessors: dict[Node, Accessor | None] = {}
        self.constants: dict[Node, int | str | None] = {}
        by_node: dict[Node, CodeSend] = {}
        for send, number, row in sends:
            if send.channel in ("http", "socket"):
                by_node.setdefault(graph.node_of(number, row), send)
        for hit in self.program.find_calls([(STREAM, STREAM_WRITES)]):
            send_here = by_node.get(graph.node_of(hit.dex, hit.row))
            if send_here is not None:
                self.sends.setdefault((hit.dex, hit.row), send_here)

    def follow(self, reads: Sequence[Found]) -> tuple[list[DataPath], bool]:
        """Ways of these reads, and whether the search came to its end."""
        self.origins: dict[Cause, Origin] = {}
        self.selectors: dict[str, int] = {}
        self.given: dict[tuple[Node, int], dict[tuple[Node, Cause, int], None]] = {}
        """By body and parameter: who gave the value: the body, what holds it there, and the instruction."""
        self.returning: set[tuple[Node, int]] = set()
        """Parameters that come back as the result."""
        self.filling: set[tuple[Node, int]] = set()
        """Parameters that are put into the object of another."""
        self.queue: list[tuple[int, int, Node, Cause]] = []
        self.asked = 0
        self.waiting: set[tuple[Node, Cause]] = set()
        self.looks_ahead = self.hurries = False
        paths: dict[CodeSend, DataPath] = {}
        for index, (read, number, row) in enumerate(reads):
            self._result(number, row, None, ("reads", read.api, number, row), index, 0)
        seen: set[tuple[Node, Event, Cause | None]] = set()
        visits = instructions = 0
        while self.queue:
            _, _, node, cause = heappop(self.queue)
            self.waiting.discard((node, cause))
            visits += 1
            if visits == LONG_SEARCH:
                self.looks_ahead = True
                self._again()
            if visits == HURRY:
                self.hurries = True
                self._again()
            instructions += len(self.body(node).operations)
            if visits > MAX_VISITS or instructions > MAX_INSTRUCTIONS:
                return list(paths.values()), False
            own = not _is_parameter_of(cause, node)
            for event in follow(self.body(node), self._start(cause, node), self._calls(node)):
                # What arises in the body goes the same way whichever cause it has; what came in by a parameter goes back to
                # who gave it, and each time that another gives it.
                by = None if own or event.what == "kept" else cause
                if event.what == "filled" and not own:
                    self._spread(node, event, cause, own=own)
                    continue
                if (node, event, by) in seen:
                    continue
                seen.add((node, event, by))
                send = self._spread(node, event, cause, own=own)
                if send is not None and send[0] not in paths:
                    origin = self.origins[cause]
                    steps = (*self._steps(cause), self._worded(send[1]))
                    read = reads[origin.read][0]
                    paths[send[0]] = DataPath(read=read, send=send[0], strength="value", steps=steps)
        return list(paths.values()), True

    @cached_property
    def nearness(self) -> Nearness:
        """How far each body is from the sends."""
        return Nearness(self.graph, (self.graph.node_of(number, row) for number, row in self.sends), MAX_STEPS)

    def body(self, node: Node) -> Body:
        """The code of a method, read once."""
        body = self.bodies.get(node)
        if body is None:
            body = self.bodies[node] = Body(self.program.dexes[node[0]], node[1])
            calls = self._calls(node)
            body.objects.is_fluent = calls.is_fluent
            body.objects.name_of = calls.name_of
            body.objects.constant_of_call = calls.constant_of
            body.leave_out_constant_branches()
        return body

    def _calls(self, node: Node) -> _CallsOf:
        calls = self.calls.get(node)
        if calls is None:
            calls = self.calls[node] = _CallsOf(self, node)
        return calls

    def _start(self, cause: Cause, node: Node) -> Start:
        if len(cause) == 2:
            return Start(field=cause[0], selector=cause[1])
        how, _, row, position = cause
        body = self.body(node)
        if how == "param":
            return Start(parameters=mask(body.parameters + position))
        if how == "result":
            return Start(source=row - body.first)
        return Start(filled=(row - body.first, body.operations[row - body.first].inputs[position]))

    def field(self, number: int, reference: int) -> str:
        """The name of a field, under the class that declares it."""
        name = self.fields.get((number, reference))
        if name is None:
            name = self.fields[number, reference] = self._declared(self.program.dexes[number].field(reference))
        return name

    def _declared(self, name: str) -> str:
        """A field under the class that declares it: code may name an inherited field by the class that inherits it."""
        owner, _, rest = name.partition("->")
        if owner not in self.program.classes:
            return name
        return next((f"{one}->{rest}" for one in self.program.ancestors(owner) if rest in self._fields_of(one)), name)

    def _fields_of(self, owner: str) -> frozenset[str]:
        """The fields that a class of the program declares, by name and type."""
        known = self.declared.get(owner)
        if known is None:
            number, row = self.program.classes.get(owner, (0, -1))
            dex = self.program.dexes[number]
            own = dex.classes.field[dex.classes.field_class == row].tolist()
            known = self.declared[owner] = frozenset(dex.field(one).partition("->")[2] for one in own)
        return known

    def behaviour(self, number: int, reference: int, positions: tuple[int, ...], *, static: bool) -> Behaviour:
        """What a call does with a value that it is given at these registers."""
        targets = self.graph.targets(number, reference) if reference >= 0 else ()
        known = self.behaviours.get((number, reference, static))
        if known is None:
            name = self.program.dexes[number].method(reference) if reference >= 0 else ""
            known = self.behaviours[number, reference, static] = behaviour_of(name, static=static, own=bool(targets))
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
        if node in self.accessors:
            return self.accessors[node]
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
            result = accessor_of(self.body(node), int(dex.code.ins[at]), self._calls(node).name_of, constructor)
        self.accessors[node] = result
        return result

    def constant(self, node: Node) -> int | str | None:
        """What a method always gives back, where that is a constant."""
        if node not in self.constants:
            self.constants[node] = None
            dex = self.program.dexes[node[0]]
            if int(dex.code.first[node[1] + 1] - dex.code.first[node[1]]) <= MAX_CONSTANT_ROWS:
                body = self.body(node)
                found = {
                    body.objects.constant(row, operation.inputs[0])
                    for row, operation in enumerate(body.operations)
                    if operation.what == "return" and not body.is_dead(row)
                }
                self.constants[node] = found.pop() if len(found) == 1 else None
        return self.constants[node]

    def _spread(self, node: Node, event: Event, cause: Cause, *, own: bool) -> tuple[CodeSend, Move] | None:
        """Passes on what an event says; gives the send and its step, where the value has arrived."""
        number = node[0]
        row = self.body(node).first + event.row
        origin = self.origins[cause]
        if origin.depth >= MAX_STEPS:
            return None
        if event.what == "kept":
            self._keep((event.name, event.selector), cause, ("keeps in", event.name, number, row), origin)
        elif event.what == "filled":
            self._fill_callers(node, event, cause, own=own)
        elif event.what == "returned":
            self._return(node, row, cause, origin, own=own)
        elif event.reference >= 0:
            send = self.sends.get((number, row))
            if send is not None:
                called = self.program.dexes[number].method(event.reference)
                # What is written to a stream is sent, and not what it was given before; likewise messages, pages and packets.
                once = send.channel in SENT_ONCE or called.partition("->")[2].startswith(STREAM_WRITES)
                if not (once and event.positions == (0,)):
                    return send, ("sends", called, number, row)
            self._pass(node, row, event, cause, origin)
        return None

    def _return(self, node: Node, row: int, cause: Cause, origin: Origin, *, own: bool) -> None:
        if own:
            for caller, call in self.dispatch.callers(node, lambda one: self._leads_on(one, origin.depth + 1)):
                if self._is_told_by_cells(caller, call):
                    continue
                step = ("returns to", self.graph.node_of(caller, call), node[0], row)
                self._result(caller, call, cause, step, origin.read, origin.depth + 1)
            return
        # What came in by a parameter goes back to those who gave it, whose call then has it for its result.
        position = cause[3] if len(cause) == 4 else 0
        if (node, position) not in self.returning:
            self.returning.add((node, position))
            for giver, holder, _ in list(self.given.get((node, position), ())):
                self._ask(giver, holder)

    def _is_told_by_cells(self, number: int, row: int) -> bool:
        """Whether a call is an accessor of an object that nobody else knows, so that its fields there say what it gives back."""
        node = self.graph.node_of(number, row)
        body, calls = self.body(node), self._calls(node)
        at = row - body.first
        if at >= len(body.operations) or calls.accessor(at) is None:
            return False
        (site,) = body.objects.sites(at, body.operations[at].inputs[0])
        return not body.may_be_known(site, at, calls.accessor)

    def _fill_callers(self, node: Node, event: Event, cause: Cause, *, own: bool) -> None:
        """An object that came in by a parameter was given the value: it is in the callers' object as well."""
        number = node[0]
        (position,) = event.positions
        dex = self.program.dexes[number]
        if not position and not int(dex.classes.method_access[dex.body_method[node[1]]]) & ACC_STATIC:
            return  # the object whose method it is: what it holds is in its fields
        origin = self.origins[cause]
        if not own and len(cause) == 4:
            self.filling.add((node, cause[3]))
            sites = [(giver[0], call) for giver, _, call in self.given.get((node, cause[3]), ())]
        else:
            sites = self.dispatch.callers(node, lambda one: self._leads_on(one, origin.depth + 1))
        for caller, call in sites:
            at = self.graph.node_of(caller, call)
            body = self.body(at)
            if call - body.first >= len(body.operations):
                continue
            operation = body.operations[call - body.first]
            key: Key = ("filled", caller, call, position)
            if operation.what != "call" or position >= len(operation.inputs) or key in self.origins:
                continue
            step = ("returns to", at, number, self.body(node).first + event.row)
            self.origins[key] = Origin(cause, step, origin.read, origin.depth + 1)
            self._ask(at, key)

    def _ask(self, node: Node, cause: Cause) -> None:
        """Puts a body in the queue, to be gone through for a cause, unless it is certain that this leads to no send."""
        depth = self.origins[cause].depth
        if (node, cause) in self.waiting:
            return
        # What is given to a method may come back to one from where it leads on.
        back = self.looks_ahead and _is_parameter_of(cause, node) and self.nearness.gives_back(node)
        if depth >= MAX_STEPS or not (back or self._leads_on(node, depth)):
            return
        self.waiting.add((node, cause))
        self.asked += 1
        heappush(self.queue, (depth + self.nearness.steps(node) if self.hurries else 0, self.asked, node, cause))

    def _leads_on(self, node: Node, depth: int) -> bool:
        """Whether a value that is in a body after so many steps may still come to a send."""
        return depth + (self.nearness.steps(node) if self.looks_ahead else 0) < MAX_STEPS

    def _again(self) -> None:
        """Puts all that waits into the queue anew, as it is asked for now."""
        waiting = sorted(self.queue)
        self.queue, self.waiting = [], set()
        for _, _, node, cause in waiting:
            self._ask(node, cause)

    def _result(self, number: int, row: int, cause: Cause | None, step: Move, read: int, depth: int) -> None:
        if row < 0:
            return
        key: Key = ("result", number, row, 0)
        if key in self.origins:
            return
        self.origins[key] = Origin(cause, step, read, depth)
        self._ask(self.graph.node_of(number, row), key)

    def _keep(self, place: Place, cause: Cause, step: Move, origin: Origin) -> None:
        name, selector = place
        if selector is not None:
            count = self.selectors[name] = self.selectors.get(name, 0) + (place not in self.origins)
            if count > MAX_SELECTORS:
                place = (name, None)
        if not name or place in self.origins or (name, None) in self.origins:
            return
        self.origins[place] = Origin(cause, step, origin.read, origin.depth + 1)
        for node in self._readers(name):
            self._ask(node, place)

    def _readers(self, name: str) -> list[Node]:
        found: dict[Node, None] = {}
        for number, dex in enumerate(self.program.dexes):
            pair = self.field_readers[number]
            if pair is None:
                rows, references = dex.references(FIELD)
                opcodes = dex.code.opcode[rows]
                reads = (opcodes <= 0x58) | ((opcodes >= 0x60) & (opcodes <= 0x66))
                rows, references = rows[reads], references[reads]
                order = np.argsort(references, kind="stable")
                pair = self.field_readers[number] = rows[order], references[order]
            for reference in self.same_field(number, name):
                begin, end = np.searchsorted(pair[1], (reference, reference + 1))
                for row in pair[0][begin:end].tolist():
                    found[self.graph.node_of(number, row)] = None
        return list(found)

    def same_field(self, number: int, name: str) -> list[int]:
        """The references of a file to a field."""
        known = self.references.get((number, name))
        if known is None:
            dex = self.program.dexes[number]
            short = dex.string_indices((name.partition("->")[2].partition(":")[0],))
            found = [at for index in short for at in np.flatnonzero(dex.field_name == index).tolist()]
            known = self.references[number, name] = [at for at in found if self.field(number, at) == name]
        return known

    def _pass(self, node: Node, row: int, event: Event, cause: Cause, origin: Origin) -> None:
        number = node[0]
        targets = self.dispatch.targets(node, row, event.reference)
        positions = event.positions
        if not targets:
            owner, key = self.graph.key(number, event.reference)
            taken_over = TAKEN_OVER.get(key.partition("(")[0])
            if taken_over is None or owner not in self.program.classes:
                return
            targets = self._methods(owner, taken_over)
            # The one parameter of the method that takes over is the array of what was given.
            positions = (1,) if any(positions) else ()
        elif int(self.program.dexes[number].code.opcode[row]) not in (INVOKE_STATIC, INVOKE_STATIC_RANGE):
            positions = tuple(position for position in positions if position)
        for target in targets:
            for position in positions:
                if position >= int(self.program.dexes[target[0]].code.ins[target[1]]):
                    continue
                entry: Key = ("param", target[0], target[1], position)
                givers = self.given.setdefault((target, position), {})
                if (node, cause, row) not in givers:
                    givers[node, cause, row] = None
                    if (target, position) in self.filling:
                        self._ask(target, entry)
                if entry not in self.origins:
                    self.origins[entry] = Origin(cause, ("passes to", target, number, row), origin.read, origin.depth + 1)
                    self._ask(target, entry)

    def _methods(self, owner: str, name: str) -> tuple[Node, ...]:
        number, row = self.program.classes[owner]
        dex = self.program.dexes[number]
        found = []
        for at in np.flatnonzero(dex.classes.method_class == row).tolist():
            body = int(dex.method_body[at])
            if body >= 0 and dex.method_short(int(dex.classes.method[at])) == name:
                found.append((number, body))
        return tuple(found)

    def _steps(self, cause: Cause) -> tuple[PathStep, ...]:
        steps: list[PathStep] = []
        at: Cause | None = cause
        while at is not None and len(steps) <= MAX_STEPS:
            origin = self.origins[at]
            steps.append(self._worded(origin.step))
            at = origin.parent
        return tuple(reversed(steps))

    def _worded(self, move: Move) -> PathStep:
        how, what, number, row = move
        text = what if isinstance(what, str) else self.program.method_of_body(*what)
        return PathStep(how=how, what=text, place=self.program.place(number, row))


class _CallsOf:
    """What a body asks of the program: `effects.Calls`."""

    def __init__(self, values: Values, node: Node) -> None:
        self.values, self.node = values, node
        self.dex = values.program.dexes[node[0]]
        self.first = int(self.dex.code.first[node[1]])
        self._accessors: dict[int, Accessor | None] = {}

    def behaviour(self, row: int, reference: int, positions: tuple[int, ...]) -> Behaviour:
        opcode = int(self.dex.code.opcode[self.first + row])
        static = opcode in (INVOKE_STATIC, INVOKE_STATIC_RANGE)
        return self.values.behaviour(self.node[0], reference, positions, static=static)

    def is_fluent(self, row: int) -> bool:
        return self.behaviour(row, self.values.body(self.node).operations[row].reference, ()).fluent

    def accessor(self, row: int) -> Accessor | None:
        if row not in self._accessors:
            self._accessors[row] = None
            if (self.node[0], self.first + row) not in self.values.sends:
                target = self.values.dispatch.target_of_made(self.node, row)
                if target is not None:
                    self._accessors[row] = self.values.accessor(target)
        return self._accessors[row]

    def constant_of(self, row: int) -> int | str | None:
        operation = self.values.body(self.node).operations[row]
        targets = self.values.graph.targets(self.node[0], operation.reference) if operation.reference >= 0 else ()
        return self.values.constant(targets[0]) if len(targets) == 1 else None

    def name_of(self, reference: int) -> str:
        return self.values.field(self.node[0], reference)

    def references_of(self, name: str) -> frozenset[int]:
        return frozenset(self.values.same_field(self.node[0], name))

    def type_of(self, reference: int) -> str:
        return self.dex.type(reference)

    def is_initialized(self, owner: str) -> bool:
        return self.values.graph.defined(owner, "<clinit>()V") is not None

    def is_own(self, name: str) -> bool:
        return name.partition("->")[0] in self.values.program.classes

    def wrapped(self, row: int) -> tuple[int, int] | None:
        return wraps(self.values.body(self.node), self.dex, row)


def _is_parameter_of(cause: Cause, node: Node) -> bool:
    """Whether the value came into the body by a parameter, and did not arise there or come by a field or a result."""
    return len(cause) == 4 and cause[0] == "param" and (cause[1], cause[2]) == node
