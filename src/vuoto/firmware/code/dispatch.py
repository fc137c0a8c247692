"""Which methods a call may reach, by what is known of the object it is called on.

The class hierarchy alone says that a call through an interface may reach each class that implements it. Where the object was made
in the method (`new B()`), where a method of the program gave it that only ever makes a `B`, or where a field, a parameter or a
result is declared to be a `B`, fewer remain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vuoto.firmware.code.body import Body
from vuoto.firmware.code.call_graph import CallGraph, Node
from vuoto.firmware.code.instructions import index_of, parameter_slots
from vuoto.firmware.code.objects import Site
from vuoto.firmware.code.opcodes import INVOKE_STATIC, INVOKE_STATIC_RANGE, NEW_INSTANCE

# A method that gives an object is looked into for what it makes, and one that it calls likewise.
MAX_MAKERS: Final = 3
# Calls that are asked which method they reach; a method that more than this call is everyone's.
MAX_ASKED: Final = 200
INVOKE_SUPER: Final = frozenset((0x6F, 0x75))

Classes = tuple[tuple[str, bool], ...]
"""Names of classes, and whether the object is of just that class (or of one below it)."""


class Dispatch:
    """Narrows calls. Each asked for once."""

    def __init__(self, graph: CallGraph, body_of: Callable[[Node], Body]) -> None:
        self.graph = graph
        self.program = graph.program
        self.body_of = body_of
        self._targets: dict[tuple[int, int], tuple[Node, ...]] = {}
        self._made: dict[Node, Classes] = {}

    def targets(self, node: Node, row: int, reference: int) -> tuple[Node, ...]:
        """Bodies that the call at an instruction (of the file) may reach."""
        number = node[0]
        all_targets = self.graph.targets(number, reference)
        opcode = int(self.program.dexes[number].code.opcode[row])
        if len(all_targets) < 2 or opcode in (INVOKE_STATIC, INVOKE_STATIC_RANGE) or opcode in INVOKE_SUPER:
            return all_targets
        known = self._targets.get((number, row))
        if known is None:
            body = self.body_of(node)
            at = row - body.first
            classes = self.classes(node, at, body.operations[at].inputs[0]) if at < len(body.operations) else ()
            known = tuple(target for target in all_targets if self._fits(target, classes)) if classes else all_targets
            # Declared classes that no target fits are of a program that was put together wrongly.
            known = self._targets[number, row] = known or all_targets
        return known

    def callers(self, node: Node, counts: Callable[[Node], bool]) -> list[tuple[int, int]]:
        """Calls that may reach a body: DEX file and instruction; of bodies that count."""
        every = self.graph.callers(node)
        found = [call for call in every if counts(self.graph.node_of(*call))]
        if len(every) > MAX_ASKED:
            return found
        kept = []
        for number, row in found:
            reference = index_of(self.program.dexes[number], row)
            targets = self.graph.targets(number, reference)
            # A call with too many targets to follow names none but its own, and still may reach this one.
            if node not in targets or node in self.targets(self.graph.node_of(number, row), row, reference):
                kept.append((number, row))
        return kept

    def target_of_made(self, node: Node, at: int) -> Node | None:
        """The body that a call reaches (at an instruction of the body), where its object was made in the same method."""
        body = self.body_of(node)
        operation = body.operations[at]
        dex = self.program.dexes[node[0]]
        opcode = int(dex.code.opcode[body.first + at])
        if operation.reference < 0 or not operation.inputs or opcode in (INVOKE_STATIC, INVOKE_STATIC_RANGE):
            return None
        if not self.graph.targets(node[0], operation.reference):
            return None
        sites = body.objects.sites(at, operation.inputs[0])
        if len(sites) != 1 or sites[0].kind != "new":
            return None
        owner = self._class_made(node, sites[0].number)
        _, key = self.graph.key(node[0], operation.reference)
        return self.graph.defined(owner, key)

    def classes(self, node: Node, at: int, register: int, makers: int = MAX_MAKERS) -> Classes:
        """What the object in a register may be, before an instruction of the body; nothing where that is not told."""
        found: dict[tuple[str, bool], None] = {}
        for site in self.body_of(node).objects.sites(at, register):
            classes = self._of_site(node, site, makers)
            if not classes:
                return ()
            found.update(dict.fromkeys(classes))
        return tuple(found)

    def _of_site(self, node: Node, site: Site, makers: int) -> Classes:
        dex = self.program.dexes[node[0]]
        body = self.body_of(node)
        declared = ""
        if site.kind == "new":
            declared = self._class_made(node, site.number)
            return ((declared, True),) if declared in self.program.classes else ()
        if site.kind == "call":
            reference = body.operations[site.number].reference
            targets = self.graph.targets(node[0], reference)
            made = self._made_by(targets[0], makers) if len(targets) == 1 and makers else ()
            if made:
                return made
            declared = dex.method(reference).rpartition(")")[2]
        elif site.name:
            declared = site.name.rpartition(":")[2]
        elif site.kind == "param":
            declared = self._parameter(node, site.number)
        return ((declared, False),) if declared in self.program.classes else ()

    def _class_made(self, node: Node, at: int) -> str:
        dex = self.program.dexes[node[0]]
        row = self.body_of(node).first + at
        return dex.type(index_of(dex, row)) if int(dex.code.opcode[row]) == NEW_INSTANCE else ""

    def _made_by(self, node: Node, makers: int) -> Classes:
        """The classes of the objects that a method gives back, where it makes them itself."""
        known = self._made.get(node)
        if known is None:
            self._made[node] = ()
            found: dict[tuple[str, bool], None] = {}
            for at, operation in enumerate(self.body_of(node).operations):
                if operation.what == "return":
                    classes = self.classes(node, at, operation.inputs[0], makers - 1)
                    if not classes:
                        return ()
                    found.update(dict.fromkeys(classes))
            known = self._made[node] = tuple(found)
        return known

    def _parameter(self, node: Node, position: int) -> str:
        """The declared class of a parameter, by its register."""
        dex = self.program.dexes[node[0]]
        reference = int(dex.classes.method[dex.body_method[node[1]]])
        owner, key = self.graph.key(node[0], reference)
        signature = "(" + key.partition("(")[2]
        static = int(dex.classes.method_access[dex.body_method[node[1]]]) & 0x8
        if not static and not position:
            return owner
        slots = parameter_slots(signature)
        slot = position - (0 if static else 1)
        return _types(signature)[slots.index(slot)] if slot in slots else ""

    def _fits(self, target: Node, classes: Classes) -> bool:
        """Whether a call on an object of one of these classes may reach the body."""
        dex = self.program.dexes[target[0]]
        owner, key = self.graph.key(target[0], int(dex.classes.method[dex.body_method[target[1]]]))
        for name, exact in classes:
            if self.graph.defined(name, key) == target:
                return True
            if not exact and name in self.program.ancestors(owner):
                return True
        return False


def _types(signature: str) -> list[str]:
    """The descriptors of the parameters of `(ILjava/lang/String;)V`."""
    found = []
    at, end = 1, signature.find(")")
    while 0 < at < end:
        begin = at
        while signature[at] == "[":
            at += 1
        if signature[at] == "L":
            at = signature.find(";", at)
            if at < 0:
                break
        at += 1
        found.append(signature[begin:at])
    return found
