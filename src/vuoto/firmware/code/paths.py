"""Ways on which what was read may reach a send, with their steps.

Two strengths. `value`: the value itself was followed from the read through registers, results, parameters and fields to an
argument of a call that sends (or of a write to a stream, in a method that opens one to the network). `calls`: only the order of
calls connects the two. One way, the shortest met first, for each kind and send (`value`), or each read and channel (`calls`).

What this cannot see is in `LIMITS`, which every report repeats: a way that is missing here may exist, and one that is shown may
never be taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from vuoto.facts.code import CodeSend, DataPath, IdentifierRead, PathStep
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.code.call_graph import CallGraph, Node
from vuoto.firmware.code.holders import HOLDS
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.opcodes import FIELD, INVOKE_STATIC, INVOKE_STATIC_RANGE
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.taint import Behaviour, Body, Event, follow, mask

LIMITS: Final = (
    "Static presence is no proof of use: conditions, permissions, settings and servers decide what runs",
    (
        "Values are not followed through native code, reflection with computed names, extras of intents, stored preferences, "
        "files, databases, interfaces of the framework, or messages between processes"
    ),
    "A field is one place for all objects of its class, and what a call of the system does with a value is assumed, not known",
)
# Bounds of the search per kind of data: what is reached beyond them is reached by a way nobody reads.
MAX_VISITS: Final = 500
MAX_INSTRUCTIONS: Final = 300_000
MAX_STEPS: Final = 12
# Ways by calls alone: longer ones connect anything with anything.
MAX_CALLS: Final = 5
MAX_CALL_NODES: Final = 4_000

ACC_STATIC: Final = 0x8
STREAM: Final = r"Ljava/(?:io|util/zip)/\w*(?:Stream|Writer);"
STREAM_WRITES: Final = ("write", "writeBytes", "writeUTF", "writeChars", "writeObject", "print", "println", "append")
SENT_ONCE: Final = frozenset(("datagram", "download", "sms", "web-view"))
"""Channels whose sending object keeps nothing of what it has sent; a connection keeps what it was told before it is opened."""
TAKEN_OVER: Final = {"execute": "doInBackground", "executeOnExecutor": "doInBackground"}
"""Calls that hand their arguments to a method of the same object (AsyncTask)."""

Key = tuple[str, int, int, int]
"""What holds the value: `result` (of a call: DEX file, instruction), `param` (DEX file, body, number of the register) or `filled`
(the object given to a call: DEX file, instruction, register of the call)."""
Move = tuple[str, str | Node, int, int]
"""A step before it is put into words: how, where to (a text, or a body), DEX file and instruction."""
Found = tuple[IdentifierRead, int, int]
Sent = tuple[CodeSend, int, int]


class Origin(NamedTuple):
    """How something came to hold the value."""

    parent: Key | str | None
    step: Move
    read: int
    """Which of the reads it is."""

    depth: int


def find_paths(program: Program, reads: Sequence[Found], sends: Sequence[Sent]) -> tuple[list[DataPath], list[str]]:
    """Every way, sorted, and the bounds that were met, as sentences. Kinds that single nobody out (a model) are not followed."""
    personal = [read for read in reads if kind_of(read[0].kind).family != "technical"]
    if not personal or not sends:
        return [], []
    graph = CallGraph(program)
    values = Values(graph, sends)
    paths: list[DataPath] = []
    cut: list[str] = []
    for kind in sorted({read.kind for read, _, _ in personal}):
        found, whole = values.follow([read for read in personal if read[0].kind == kind])
        paths += found
        if not whole:
            cut.append(f"The search for ways of {kind_of(kind).title} was cut off")
    done = {path.read for path in paths}
    paths += find_call_ways(graph, [read for read in personal if read[0] not in done], sends)
    if graph.bounded:
        cut.append(f"{graph.bounded:,} calls through an interface or a class with many subclasses were not followed")
    return sorted(paths, key=lambda path: (path.read, path.send, path.strength, len(path.steps))), cut


class Values:
    """Follows values between methods."""

    def __init__(self, graph: CallGraph, sends: Sequence[Sent]) -> None:
        self.graph = graph
        self.program = graph.program
        self.sends = {(number, row): send for send, number, row in reversed(sends)}
        self.bodies: dict[Node, Body] = {}
        self.field_readers: list[tuple[I64, I64] | None] = [None] * len(self.program.dexes)
        self.fields: dict[tuple[int, int], str] = {}
        self.declared: dict[str, frozenset[str]] = {}
        self.behaviours: dict[tuple[int, int, bool], Behaviour] = {}
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
        self.origins: dict[Key | str, Origin] = {}
        self.parameters: dict[Node, int] = {}
        self.sources: dict[Node, set[int]] = {}
        self.filled: dict[Node, dict[int, int]] = {}
        self.tainted: set[str] = set()
        self.queue: deque[tuple[Node, Key | str]] = deque()
        paths: dict[CodeSend, DataPath] = {}
        for index, (read, number, row) in enumerate(reads):
            self._result(number, row, None, ("reads", read.api, number, row), index, 0)
        seen: set[tuple[Node, Event, bool]] = set()
        visits = instructions = 0
        while self.queue:
            node, cause = self.queue.popleft()
            visits += 1
            instructions += len(self._body(node).operations)
            if visits > MAX_VISITS or instructions > MAX_INSTRUCTIONS:
                return list(paths.values()), False
            own = self._is_own(cause, node)
            for event in self._events(node):
                # A body that is gone through again says again what it said; new is what this cause adds.
                if (node, event, own) in seen:
                    continue
                seen.add((node, event, own))
                send = self._spread(node, event, cause, own=own)
                if send is not None and send[0] not in paths:
                    origin = self.origins[cause]
                    steps = (*self._steps(cause), self._worded(send[1]))
                    read = reads[origin.read][0]
                    paths[send[0]] = DataPath(read=read, send=send[0], strength="value", steps=steps)
        return list(paths.values()), True

    def _body(self, node: Node) -> Body:
        body = self.bodies.get(node)
        if body is None:
            body = self.bodies[node] = Body(self.program.dexes[node[0]], node[1])
        return body

    def _events(self, node: Node) -> list[Event]:
        number = node[0]
        body = self._body(node)

        def holds(reference: int, *, object_tainted: bool) -> bool:
            name = self._field(number, reference)
            return name in self.tainted or (object_tainted and name.partition("->")[0] not in self.program.classes)

        def behaviour(row: int, reference: int) -> Behaviour:
            opcode = int(self.program.dexes[number].code.opcode[body.first + row])
            return self._behaviour(number, reference, static=opcode in (INVOKE_STATIC, INVOKE_STATIC_RANGE))

        sources = self.sources.get(node, set())
        return follow(body, self.parameters.get(node, 0), sources, holds, behaviour, self.filled.get(node, {}))

    def _field(self, number: int, reference: int) -> str:
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

    def _behaviour(self, number: int, reference: int, *, static: bool) -> Behaviour:
        known = self.behaviours.get((number, reference, static))
        if known is None:
            if reference < 0:
                return Behaviour(result=True, receiver=False, of_receiver=True, holds=False, fluent=False)
            name = self.program.dexes[number].method(reference)
            own = bool(self.graph.targets(number, reference))
            result = name.rpartition(")")[2]
            holds = not static and not own and HOLDS.match(name) is not None
            known = self.behaviours[number, reference, static] = Behaviour(
                result=result not in ("V", "Z", ""),
                receiver=not static and (not own or "-><init>(" in name),
                # What an object of the program holds is in its fields, which are followed by themselves.
                of_receiver=static or not own,
                holds=holds,
                fluent=holds and name.startswith(result + "->"),
            )
        return known

    def _spread(self, node: Node, event: Event, cause: Key | str, *, own: bool) -> tuple[CodeSend, Move] | None:
        """Passes on what an event says; gives the send and its step, where the value has arrived."""
        number = node[0]
        row = self._body(node).first + event.row
        origin = self.origins[cause]
        if origin.depth >= MAX_STEPS:
            return None
        if event.what == "kept":
            name = self._field(number, event.reference)
            self._keep(name, cause, ("keeps in", name, number, row), origin)
        elif event.what == "filled":
            self._fill_callers(node, event, cause, own=own)
        elif event.what == "returned":
            # What came in by a parameter goes back to those who gave it, which the call's result already says.
            if own:
                for caller, call in self.graph.callers(node):
                    step = ("returns to", self.graph.node_of(caller, call), number, row)
                    self._result(caller, call, cause, step, origin.read, origin.depth + 1)
        elif event.reference >= 0:
            send = self.sends.get((number, row))
            if send is not None:
                called = self.program.dexes[number].method(event.reference)
                # What is written to a stream is sent, and not what it was given before; likewise messages, pages and packets.
                once = send.channel in SENT_ONCE or called.partition("->")[2].startswith(STREAM_WRITES)
                if not (once and event.positions == (0,)):
                    return send, ("sends", called, number, row)
            self._pass(number, row, event, cause, origin)
        return None

    def _fill_callers(self, node: Node, event: Event, cause: Key | str, *, own: bool) -> None:
        """An object that came in by a parameter was given the value: it is in the callers' object as well."""
        number = node[0]
        (position,) = event.positions
        dex = self.program.dexes[number]
        if not position and not int(dex.classes.method_access[dex.body_method[node[1]]]) & ACC_STATIC:
            return  # the object whose method it is: what it holds is in its fields
        origin = self.origins[cause]
        # A value that came in by a parameter goes back to the call that gave it, and not to others.
        sites = self.graph.callers(node) if own else [origin.step[2:]]
        for caller, call in sites:
            at = self.graph.node_of(caller, call)
            body = self._body(at)
            if call - body.first >= len(body.operations):
                continue
            operation = body.operations[call - body.first]
            key: Key = ("filled", caller, call, position)
            if operation.what != "call" or position >= len(operation.inputs) or key in self.origins:
                continue
            step = ("returns to", at, number, self._body(node).first + event.row)
            self.origins[key] = Origin(cause, step, origin.read, origin.depth + 1)
            rows = self.filled.setdefault(at, {})
            rows[call - body.first] = rows.get(call - body.first, 0) | operation.inputs[position]
            self.queue.append((at, key))

    def _is_own(self, cause: Key | str, node: Node) -> bool:
        """Whether the value arose in the body or came by a field or a result, not by a parameter."""
        return not (isinstance(cause, tuple) and cause[0] == "param" and (cause[1], cause[2]) == node)

    def _result(self, number: int, row: int, cause: Key | str | None, step: Move, read: int, depth: int) -> None:
        if row < 0:
            return
        node = self.graph.node_of(number, row)
        key: Key = ("result", number, row, 0)
        if key in self.origins:
            return
        self.origins[key] = Origin(cause, step, read, depth)
        self.sources.setdefault(node, set()).add(row - self._body(node).first)
        self.queue.append((node, key))

    def _keep(self, name: str, cause: Key | str, step: Move, origin: Origin) -> None:
        if not name or name in self.tainted:
            return
        self.tainted.add(name)
        self.origins[name] = Origin(cause, step, origin.read, origin.depth + 1)
        for node in self._readers(name):
            self.queue.append((node, name))

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
            for reference in self._same_field(number, name):
                begin, end = np.searchsorted(pair[1], (reference, reference + 1))
                for row in pair[0][begin:end].tolist():
                    found[self.graph.node_of(number, row)] = None
        return list(found)

    def _same_field(self, number: int, name: str) -> list[int]:
        dex = self.program.dexes[number]
        short = name.partition("->")[2].partition(":")[0]
        try:
            index = dex.strings.index(short)
        except ValueError:
            return []
        return [one for one in np.flatnonzero(dex.field_name == index).tolist() if self._field(number, one) == name]

    def _pass(self, number: int, row: int, event: Event, cause: Key | str, origin: Origin) -> None:
        targets = self.graph.targets(number, event.reference)
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
            callee = self.program.dexes[target[0]]
            body = self._body(target)
            for position in positions:
                if position >= int(callee.code.ins[target[1]]):
                    continue
                bit = mask(body.parameters + position)
                if self.parameters.get(target, 0) & bit:
                    continue
                self.parameters[target] = self.parameters.get(target, 0) | bit
                step = ("passes to", target, number, row)
                entry: Key = ("param", target[0], target[1], position)
                self.origins[entry] = Origin(cause, step, origin.read, origin.depth + 1)
                self.queue.append((target, entry))

    def _methods(self, owner: str, name: str) -> tuple[Node, ...]:
        number, row = self.program.classes[owner]
        dex = self.program.dexes[number]
        found = []
        for at in np.flatnonzero(dex.classes.method_class == row).tolist():
            body = int(dex.method_body[at])
            if body >= 0 and dex.method_short(int(dex.classes.method[at])) == name:
                found.append((number, body))
        return tuple(found)

    def _steps(self, cause: Key | str) -> tuple[PathStep, ...]:
        steps: list[PathStep] = []
        at: Key | str | None = cause
        while at is not None and len(steps) <= MAX_STEPS:
            origin = self.origins[at]
            steps.append(self._worded(origin.step))
            at = origin.parent
        return tuple(reversed(steps))

    def _worded(self, move: Move) -> PathStep:
        how, what, number, row = move
        text = what if isinstance(what, str) else self.program.method_of_body(*what)
        return PathStep(how=how, what=text, place=self.program.place(number, row))


def find_call_ways(graph: CallGraph, reads: Sequence[Found], sends: Sequence[Sent]) -> list[DataPath]:
    """Ways by calls alone: the method that reads, or one that gets its result, goes on to call what sends."""
    program = graph.program
    result: list[DataPath] = []
    for channel in sorted({send.channel for send, _, _ in sends}):
        onward = _ways_to(graph, [send for send in sends if send[0].channel == channel])
        for read, number, row in reads:
            if row < 0:
                continue
            node = graph.node_of(number, row)
            steps = [PathStep(how="reads", what=read.api, place=read.place)]
            callers = [node]
            if node not in onward and not program.method_of_body(*node).endswith(")V"):
                callers = [graph.node_of(*call) for call in graph.callers(node)]
            start = next((one for one in callers if one in onward), None)
            if start is None:
                continue
            if start != node:
                steps.append(PathStep(how="returns to", what=program.method_of_body(*start), place=read.place))
            at: Node | None = start
            send = None
            while at is not None:
                at, step, send = onward[at]
                steps.append(step)
            assert send is not None
            result.append(DataPath(read=read, send=send, strength="calls", steps=tuple(steps)))
    return result


def _ways_to(graph: CallGraph, sends: Sequence[Sent]) -> dict[Node, tuple[Node | None, PathStep, CodeSend]]:
    """For each body from which one of the sends can be reached by calls: the next body, the step there, the send."""
    program = graph.program
    onward: dict[Node, tuple[Node | None, PathStep, CodeSend]] = {}
    level: list[Node] = []
    for send, number, row in sends:
        node = graph.node_of(number, row)
        if node not in onward:
            onward[node] = (None, PathStep(how="sends", what=send.api, place=program.place(number, row)), send)
            level.append(node)
    for _ in range(MAX_CALLS):
        further: list[Node] = []
        for node in level:
            what, send = program.method_of_body(*node), onward[node][2]
            edges = [("calls", site) for site in graph.callers(node)] + [("hands over to", site) for site in graph.starters(node)]
            for how, (number, row) in edges:
                above = graph.node_of(number, row)
                if above not in onward and len(onward) < MAX_CALL_NODES:
                    onward[above] = (node, PathStep(how=how, what=what, place=program.place(number, row)), send)
                    further.append(above)
        level = further
    return onward
