"""Who may call whom in a program: class hierarchy, overriding, and the system's callbacks.

A call through a class or an interface of the program may reach each overriding method of a subclass (class hierarchy analysis).
Where there are more than `MAX_DISPATCH` of them the call says nothing, and is not followed; the bound that was met is reported. A
call through an interface of the framework (`Iterator.next`) is the framework's. Objects handed to the system (threads, tasks,
handlers, services started by name) are connected to the method that the system calls on them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cached_property
from typing import Final

import numpy as np

from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.opcodes import CONST_CLASS, NEW_INSTANCE, TYPE
from vuoto.firmware.code.program import Program

Node = tuple[int, int]
"""A body: number of the DEX file, number of the body."""

# Beyond this a call could mean anything (`Runnable.run`, `Object.toString`, short names after renaming).
MAX_DISPATCH: Final = 16

# Collections, JSON and buffers that come with the package: what is put into one would seem to be in all of them. They are taken
# for framework, by the names they have where they are not renamed.
OPAQUE: Final = (
    "Landroid/support/",
    "Landroidx/",
    "Lcom/google/android/material/",
    "Lcom/google/common/",
    "Lcom/google/gson/",
    "Lcom/fasterxml/",
    "Lkotlin/",
    "Lkotlinx/",
    "Lokio/",
    "Lorg/json/",
    "Lorg/apache/commons/",
    "Lio/reactivex/",
    "Lrx/",
)

ACC_PRIVATE: Final = 0x2
ACC_STATIC: Final = 0x8
ACC_NATIVE: Final = 0x100
SERIALIZATION: Final = frozenset({"readObject", "writeObject", "readObjectNoData", "readResolve", "writeReplace"})
"""Private methods that the serialization of objects calls."""
HANDLES: Final = (0xFA, 0xFB, 0xFC, 0xFD, 0xFE)
"""Opcodes by which a method is called through a handle."""

TAKEN_OVER: Final = {"execute": "doInBackground", "executeOnExecutor": "doInBackground"}
"""Calls that hand their arguments to a method of the same object (AsyncTask)."""

CALLBACKS: Final = frozenset(
    {
        "run",
        "call",
        "doInBackground",
        "onPostExecute",
        "handleMessage",
        "onHandleIntent",
        "onHandleWork",
        "onStartCommand",
        "onStart",
        "onStartJob",
        "onReceive",
        "onCreate",
        "onBind",
        "doWork",
        "invoke",
        "accept",
        "onClick",
        "onLocationChanged",
        "onCellLocationChanged",
        "onSuccess",
        "onResponse",
        "apply",
        "get",
    }
)
"""Names of methods that the system or a library calls on an object it is given, or on a component it starts."""


class CallGraph:
    """Edges on demand; each asked for once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.bounded = 0
        """How many calls were not followed because they have too many targets."""
        self.unfollowed: set[tuple[int, int]] = set()
        """These, by DEX file and method."""
        self._by_key: dict[str, list[tuple[int, int, str]]] = {}
        self._defined: dict[str, dict[str, Node]] = {}
        self._targets: dict[tuple[int, int], tuple[Node, ...]] = {}
        self._overriding: dict[tuple[str, str], tuple[Node, ...] | None] = {}

    def key(self, number: int, reference: int) -> tuple[str, str]:
        """Owner of a method, and its name with the signature."""
        dex = self.program.dexes[number]
        if not 0 <= reference < len(dex.method_class):
            return "", ""
        proto = int(dex.method_proto[reference])
        signature = dex.protos[proto] if proto < len(dex.protos) else "()"
        return dex.type(int(dex.method_class[reference])), dex.method_short(reference) + signature

    def _named(self, key: str) -> list[tuple[int, int, str]]:
        """Every method with this name and signature that a file mentions: number of the file, the method, its owner."""
        known = self._by_key.get(key)
        if known is None:
            known = []
            name, bracket, rest = key.partition("(")
            for number, dex in enumerate(self.program.dexes):
                methods = dex.methods_with(name, bracket + rest)
                owners = dex.method_class[methods].tolist()
                known += [(number, method, dex.type(owner)) for method, owner in zip(methods, owners, strict=True)]
            self._by_key[key] = known
        return known

    def _definitions(self, key: str) -> dict[str, Node]:
        """The classes that define a method with this name and signature with code, and its body; the first of each class."""
        known = self._defined.get(key)
        if known is None:
            found: list[tuple[int, int, str]] = []
            for number, method, owner in self._named(key):
                order, methods = self._rows_by_method[number]
                begin = bisect_left(methods, method)
                found += [(number, at, owner) for at in order[begin : bisect_right(methods, method, begin)].tolist()]
            known = {}
            for number, at, owner in sorted(found):
                body = int(self.program.dexes[number].method_body[at])
                if body >= 0:
                    known.setdefault(owner, (number, body))
            self._defined[key] = known
        return known

    @cached_property
    def _rows_by_method(self) -> list[tuple[I64, memoryview]]:
        """Per DEX file: rows of defined methods sorted by the method, and those methods."""
        result = []
        for dex in self.program.dexes:
            order = np.argsort(dex.classes.method, kind="stable")
            result.append((order, dex.classes.method[order].data))
        return result

    @cached_property
    def _mentions(self) -> dict[str, list[tuple[int, I64]]]:
        """By class of the program: instructions that make an object of it or name it."""
        result: dict[str, list[tuple[int, I64]]] = defaultdict(list)
        for number, dex in enumerate(self.program.dexes):
            rows, types = dex.references(TYPE)
            opcodes = dex.code.opcode[rows]
            keep = (opcodes == NEW_INSTANCE) | (opcodes == CONST_CLASS)
            rows, types = rows[keep], types[keep]
            order = np.argsort(types, kind="stable")
            used, begins = np.unique(types[order], return_index=True)
            for index, part in zip(used.tolist(), np.split(rows[order], begins)[1:], strict=True):
                name = dex.type(index)
                if name in self.program.classes:
                    result[name].append((number, part))
        return result

    def defined(self, owner: str, key: str) -> Node | None:
        """The body of a method (name and signature) that an object of just this class has: its own, or the nearest above."""
        if owner not in self.program.classes:
            return None
        candidates = self._definitions(key)
        return next((candidates[one] for one in self.program.ancestors(owner) if one in candidates), None)

    def targets(self, number: int, reference: int) -> tuple[Node, ...]:
        """Bodies that a call of the method may reach, the one it names first."""
        known = self._targets.get((number, reference))
        if known is not None:
            return known
        owner, key = self.key(number, reference)
        candidates = {} if owner.startswith(OPAQUE) else self._definitions(key)
        found = [candidates[one] for one in self.program.ancestors(owner) if one in candidates][:1] if candidates else []
        if candidates and not key.startswith("<") and owner in self.program.classes:
            overriding = self._below(owner, key)
            if overriding is None:
                self.bounded += 1
                self.unfollowed.add((number, reference))
            else:
                found += [node for node in overriding if node not in found]
        result = self._targets[number, reference] = tuple(found)
        return result

    def _below(self, owner: str, key: str) -> tuple[Node, ...] | None:
        """Bodies of a method in the classes below `owner`; `None` where there are too many."""
        if (owner, key) not in self._overriding:
            below = [
                node for name, node in self._definitions(key).items() if name != owner and owner in self.program.ancestors(name)
            ]
            self._overriding[owner, key] = tuple(below) if len(below) <= MAX_DISPATCH else None
        return self._overriding[owner, key]

    def callers(self, node: Node) -> list[tuple[int, int]]:
        """Calls that may reach a body: DEX file and instruction."""
        dex = self.program.dexes[node[0]]
        owner, key = self.key(node[0], int(dex.classes.method[dex.body_method[node[1]]]))
        if self._definitions(key).get(owner) != node:
            # A later definition of the same class is never loaded.
            return []
        above = self.program.ancestors(owner)
        found: list[tuple[int, int]] = []
        for number, reference, named in self._named(key):
            reaches = named == owner or (
                owner in self.program.ancestors(named)
                if named not in above
                else not key.startswith("<") and named in self.program.classes and self._below(named, key) is not None
            )
            if reaches:
                found.extend((number, row) for row in self.program.dexes[number].invokes_of(reference).tolist())
        return found

    def starters(self, node: Node) -> list[tuple[int, int]]:
        """For a callback: instructions that make an object of its class, or name the class (to start it)."""
        dex = self.program.dexes[node[0]]
        reference = int(dex.classes.method[dex.body_method[node[1]]])
        if dex.method_short(reference) not in CALLBACKS:
            return []
        owner, _ = self.key(node[0], reference)
        if len(self.program.ancestors(owner)) < 2:
            return []
        return [(number, row) for number, rows in self._mentions.get(owner, ()) for row in rows.tolist()]

    def is_never_called(self, node: Node) -> bool:
        """Whether no code can call a body: it is private, nothing calls it, and nothing names it.

        Native code finds a private method by its name, so a class with native methods counts as calling all of its own; method
        handles and the serialization of objects likewise.
        """
        number, body = node
        dex = self.program.dexes[number]
        at = int(dex.body_method[body])
        reference = int(dex.classes.method[at])
        name = dex.method_short(reference)
        if not int(dex.classes.method_access[at]) & ACC_PRIVATE or name.startswith(("<", "lambda$")) or name in SERIALIZATION:
            return False
        if len(dex.invokes_of(reference)) or len(np.flatnonzero(dex.method_body == body)) > 1:
            return False
        own = dex.classes.method_access[dex.classes.method_class == dex.classes.method_class[at]]
        if (own & ACC_NATIVE).any() or np.isin(dex.code.opcode, HANDLES).any():
            return False
        return not any(np.isin(one.string_uses[1], one.string_indices((name,))).any() for one in self.program.dexes)

    def node_of(self, number: int, row: int) -> Node:
        """The body in which an instruction stands."""
        return number, int(self.program.dexes[number].code.first.searchsorted(row, side="right")) - 1
