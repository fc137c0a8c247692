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
from vuoto.firmware.code.bodies import Bodies
from vuoto.firmware.code.call_graph import ACC_STATIC, TAKEN_OVER, CallGraph, Node
from vuoto.firmware.code.effects import Event, Start
from vuoto.firmware.code.nearness import Nearness
from vuoto.firmware.code.opcodes import INVOKE_STATIC, INVOKE_STATIC_RANGE
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
        self.bodies = Bodies(graph, self.sends)
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
        self.bodies.returning = set()
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
            instructions += len(self.bodies.body(node).operations)
            if visits > MAX_VISITS or instructions > MAX_INSTRUCTIONS:
                return list(paths.values()), False
            own = not _is_parameter_of(cause, node)
            for event in follow(self.bodies.body(node), self._start(cause, node), self.bodies.calls_of(node)):
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

    def _start(self, cause: Cause, node: Node) -> Start:
        if len(cause) == 2:
            return Start(field=cause[0], selector=cause[1])
        how, _, row, position = cause
        body = self.bodies.body(node)
        if how == "param":
            return Start(parameters=mask(body.parameters + position))
        if how == "result":
            return Start(source=row - body.first)
        return Start(filled=(row - body.first, body.operations[row - body.first].inputs[position]))

    def _spread(self, node: Node, event: Event, cause: Cause, *, own: bool) -> tuple[CodeSend, Move] | None:
        """Passes on what an event says; gives the send and its step, where the value has arrived."""
        number = node[0]
        row = self.bodies.body(node).first + event.row
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
            for caller, call in self.bodies.dispatch.callers(node, lambda one: self._leads_on(one, origin.depth + 1)):
                if self.bodies.is_told_by_cells(caller, call):
                    continue
                step = ("returns to", self.graph.node_of(caller, call), node[0], row)
                self._result(caller, call, cause, step, origin.read, origin.depth + 1)
            return
        # What came in by a parameter goes back to those who gave it, whose call then has it for its result.
        position = cause[3] if len(cause) == 4 else 0
        if (node, position) not in self.bodies.returning:
            self.bodies.returning.add((node, position))
            for giver, holder, _ in list(self.given.get((node, position), ())):
                self._ask(giver, holder)

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
            sites = self.bodies.dispatch.callers(node, lambda one: self._leads_on(one, origin.depth + 1))
        for caller, call in sites:
            at = self.graph.node_of(caller, call)
            body = self.bodies.body(at)
            if call - body.first >= len(body.operations):
                continue
            operation = body.operations[call - body.first]
            key: Key = ("filled", caller, call, position)
            if operation.what != "call" or position >= len(operation.inputs) or key in self.origins:
                continue
            step = ("returns to", at, number, self.bodies.body(node).first + event.row)
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
        for node in self.bodies.readers(name):
            self._ask(node, place)

    def _pass(self, node: Node, row: int, event: Event, cause: Cause, origin: Origin) -> None:
        number = node[0]
        targets = self.bodies.dispatch.targets(node, row, event.reference)
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


def _is_parameter_of(cause: Cause, node: Node) -> bool:
    """Whether the value came into the body by a parameter, and did not arise there or come by a field or a result."""
    return len(cause) == 4 and cause[0] == "param" and (cause[1], cause[2]) == node
