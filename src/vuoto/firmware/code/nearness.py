"""How many steps a value is away from a send at least, for each body of a program, so that a search need not go where none is.

A step is what `values` counts as one: a call that is given the value, a result that goes back, a field that is written in one
body and read in another. Less is known here than there, and what is not known counts as possible: calls reach all methods of
their name and types in classes that extend one another, any value of a body may go where one of them goes. So a body is never
nearer than said, and where it is said to be too far, nothing is lost by passing it over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from vuoto.firmware.code.call_graph import ACC_STATIC, OPAQUE, TAKEN_OVER, CallGraph, Node
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.framework import FILLS, HOLDS
from vuoto.firmware.code.leb128 import I64, Mask
from vuoto.firmware.code.opcodes import FIELD
from vuoto.firmware.code.program import Program

Pairs = tuple[I64, I64]
"""Two columns: bodies or instructions, and what each calls, is, reads or writes."""

FAR: Final = 100
"""Steps of a body from which no send is known to be reached."""

# Longer methods are looked into as such, not taken for setters.
MAX_SETTER_ROWS: Final = 40
# Rounds until it is known who fills what he is given; a chain of calls that is longer counts as one that does.
MAX_ROUNDS: Final = 64
# Of 63: more than names, types or families of the largest programs.
_WORD_BITS: Final = 21
# Methods that copy into what they are given (`framework.FILLS`).
COPIES: Final = ("arraycopy", "getChars", "read", "readFully", "get")


class Nearness:
    """The distances, of all bodies at once."""

    def __init__(self, graph: CallGraph, sends: Iterable[Node], most: int) -> None:
        """`most`: steps beyond which nobody asks."""
        self._edges = _Edges(graph.program)
        found = np.full(self._edges.count, FAR)
        start = np.zeros(self._edges.count, np.bool_)
        start[[self._edges.first[number] + body for number, body in sends]] = True
        self._gives_back = self._edges.returns | self._edges.fills
        for step in range(most + 1):
            start = self._edges.with_setters(start) & (found == FAR)
            if not start.any():
                break
            found[start] = step
            start = self._edges.before(start)
        self._found = found

    def steps(self, node: Node) -> int:
        """Steps from a body to a send, at least."""
        return int(self._found[self._edges.first[node[0]] + node[1]])

    def gives_back(self, node: Node) -> bool:
        """Whether a value that a body is given may come back to who gave it, which takes no step."""
        return bool(self._gives_back[self._edges.first[node[0]] + node[1]])


class _Numbers:
    """Names as numbers, which are the same in all files of a program; together they make the number of a method or field."""

    def __init__(self, program: Program) -> None:
        self._families = _families(program)
        self._own = set(self._families)
        self._words: dict[str, int] = {}

    def family(self, dex: Dex) -> tuple[I64, Mask]:
        """Per type of a file, and once more: the number of its family; and whether calls of it are followed."""
        numbers = [self._word(self._families.get(name, name)) for name in dex.types]
        followed = [name in self._own and not name.startswith(OPAQUE) for name in dex.types]
        return np.array([*numbers, 0], np.int64), np.array([*followed, False], np.bool_)

    def words(self, texts: Sequence[str], used: I64) -> I64:
        """Per text, and once more: the number of those that are used."""
        size = len(texts)
        result = np.zeros(size + 1, np.int64)
        used = np.flatnonzero(np.bincount(np.minimum(used, size), minlength=size + 1)[:size])
        result[used] = [self._word(texts[index]) for index in used.tolist()]
        return result

    def whole(self, name: I64 | int, kind: I64 | int, family: I64) -> I64:
        """The number of a method or field. Two may have the same where a file has more names than any compiler writes."""
        return (np.asarray(name, np.int64) << _WORD_BITS | kind) << _WORD_BITS | family

    def _word(self, text: str) -> int:
        return self._words.setdefault(text, len(self._words) + 1)

    def word(self, text: str) -> int:
        """The number of a text."""
        return self._word(text)


class _Edges:
    """Who calls whom, and who writes what others read; bodies are numbered through all files."""

    def __init__(self, program: Program) -> None:
        self.first = [0]
        for dex in program.dexes:
            self.first.append(self.first[-1] + len(dex.code.body_offset))
        self.count = self.first[-1]
        self.takes, self.returns, self.fills = (np.zeros(self.count, np.bool_) for _ in range(3))
        short, makes, puts = (np.zeros(self.count, np.bool_) for _ in range(3))
        numbers = _Numbers(program)
        calls, defined, reads, writes = [], [], [], []
        for begin, dex in zip(self.first, program.dexes, strict=False):
            method = _Methods(dex, numbers)
            calls += method.calls(begin)
            defined += method.defined(begin)
            got, put = _fields_of(dex, numbers, begin)
            reads.append(got)
            writes.append(put)
            puts[put[0]] = True
            fills = method.fills()
            self.fills[begin + dex.body_of(fills)] = True
            own = begin + dex.method_body[method.own]
            for mask, holds in ((self.takes, method.takes), (self.returns, method.returns), (makes, method.makes)):
                mask[own[holds[method.reference]]] = True
            static = dex.classes.method_access[method.own] & ACC_STATIC != 0
            lengths = np.diff(dex.code.first)[dex.method_body[method.own]]
            short[own[~static & (lengths <= MAX_SETTER_ROWS)]] = True
        self.sets = short & (makes | puts)
        self._groups = 0
        self._calls, self._defined = self._dense(_joined(calls), _joined(defined))
        self._find_fillers()
        body, field = _joined(reads)
        # What is put into an object that a field holds is written to the field.
        filled = self.fills[body]
        self._reads, self._writes = self._dense((body, field), _joined([*writes, (body[filled], field[filled])]))

    def _dense(self, uses: Pairs, there: Pairs) -> tuple[Pairs, Pairs]:
        """The same with numbers from 0 on; uses of what is not there are left out, as nothing comes of them."""
        numbers, there_at = np.unique(there[1], return_inverse=True)
        self._groups = max(self._groups, len(numbers))
        at = np.searchsorted(numbers, uses[1])
        known = np.flatnonzero(np.append(numbers, -1)[at] == uses[1])
        return (uses[0][known], at[known]), (there[0], there_at)

    def with_setters(self, bodies: Mask) -> Mask:
        """These, and those that call one of them which may do no more than set fields: that is told where it is called."""
        for _ in range(MAX_ROUNDS):
            more = bodies | self._callers(bodies & self.sets)
            if (more == bodies).all():
                break
            bodies = more
        return bodies

    def before(self, bodies: Mask) -> Mask:
        """The bodies from which a value may come to one of these in a step."""
        result = self._callers(bodies & self.takes)
        body, group = self._calls
        called = self._marked(group[bodies[body]])
        body, group = self._defined
        back = np.zeros(self.count, np.bool_)
        back[body[called[group]]] = True
        result |= back & (self.returns | self.fills)
        body, field = self._reads
        read = self._marked(field[bodies[body]])
        body, field = self._writes
        result[body[read[field]]] = True
        return result

    def _callers(self, bodies: Mask) -> Mask:
        body, group = self._defined
        asked = self._marked(group[bodies[body]])
        body, group = self._calls
        result = np.zeros(self.count, np.bool_)
        result[body[asked[group]]] = True
        return result

    def _marked(self, numbers: I64) -> Mask:
        result = np.zeros(self._groups, np.bool_)
        result[numbers] = True
        return result

    def _find_fillers(self) -> None:
        """Who calls one that fills what it is given may fill by it what he was given himself."""
        for _ in range(MAX_ROUNDS):
            more = self.fills | self._callers(self.fills)
            if (more == self.fills).all():
                return
            self.fills = more
        self.fills[:] = True


class _Methods:
    """What is known of the methods of a file by their names and types."""

    def __init__(self, dex: Dex, numbers: _Numbers) -> None:
        self.dex, self._numbers = dex, numbers
        size = len(dex.types)
        owner = np.minimum(dex.method_class, size)
        family, followed = numbers.family(dex)
        names = numbers.words(dex.strings, dex.method_name)[np.minimum(dex.method_name, len(dex.strings))]
        proto = np.minimum(dex.method_proto, len(dex.protos))
        types = numbers.words(dex.protos, dex.method_proto)[proto]
        self._family = family[owner]
        self._followed = followed[owner]
        self._number = numbers.whole(names, types, self._family)
        self.takes = np.array([not one.startswith("()") for one in dex.protos] + [False], np.bool_)[proto]
        self.returns = np.array([not one.endswith(")V") for one in dex.protos] + [False], np.bool_)[proto]
        self.makes = self._are_named(("<init>",))
        self._holds = np.array([HOLDS.match(one) is not None for one in dex.types] + [False], np.bool_)[owner]
        self.own = np.flatnonzero(dex.method_body >= 0)
        """Rows of the defined methods with code."""
        self.reference = dex.classes.method[self.own]
        there = self.reference < len(owner)
        self.own, self.reference = self.own[there], self.reference[there]

    def _are_named(self, names: tuple[str, ...]) -> Mask:
        result = np.zeros(len(self.dex.method_class), np.bool_)
        result[self.dex.methods_named(names)] = True
        return result

    def calls(self, begin: int) -> list[Pairs]:
        """Bodies, and the methods of the program that they call or hand things over to."""
        rows, references = self._invokes()
        called = self._followed[references]
        bodies, references = begin + self.dex.body_of(rows[called]), references[called]
        found = [(bodies, self._number[references])]
        for name, taker in TAKEN_OVER.items():
            hands = self._are_named((name,))[references]
            found.append((bodies[hands], self._handed(taker, references[hands])))
        return found

    def defined(self, begin: int) -> list[Pairs]:
        """Bodies, and the methods that they are."""
        bodies = begin + self.dex.method_body[self.own]
        found = [(bodies, self._number[self.reference])]
        for taker in sorted(set(TAKEN_OVER.values())):
            takes = self._are_named((taker,))[self.reference]
            found.append((bodies[takes], self._handed(taker, self.reference[takes])))
        return found

    def _handed(self, taker: str, references: I64) -> I64:
        """Of the classes of these methods: the number of the one that takes over, whatever its types."""
        return self._numbers.whole(self._numbers.word(taker), 0, self._family[references])

    def fills(self) -> I64:
        """Instructions that put something into an object or array that may have been given."""
        rows, references = self._invokes()
        copies = np.zeros(len(self._number), np.bool_)
        for index in self.dex.methods_named(COPIES).tolist():
            copies[index] = any(pattern.match(self.dex.method(index)) for pattern, _ in FILLS)
        opcode = self.dex.code.opcode
        array_puts = np.flatnonzero((opcode >= 0x4B) & (opcode <= 0x51))
        return np.concatenate((rows[(self._holds | copies)[references]], array_puts))

    def _invokes(self) -> Pairs:
        rows, references = self.dex.invokes
        there = references < len(self._number)
        return rows[there], references[there]


def _fields_of(dex: Dex, numbers: _Numbers, begin: int) -> tuple[Pairs, Pairs]:
    """Bodies and the fields that they read, and those that they write."""
    rows, references = dex.references(FIELD)
    there = references < len(dex.field_class)
    rows, references = rows[there], references[there]
    names = numbers.words(dex.strings, dex.field_name)[np.minimum(dex.field_name, len(dex.strings))]
    types = numbers.words(dex.types, dex.field_type)[np.minimum(dex.field_type, len(dex.types))]
    family = numbers.family(dex)[0][np.minimum(dex.field_class, len(dex.types))]
    bodies, fields = begin + dex.body_of(rows), numbers.whole(names, types, family)[references]
    opcodes = dex.code.opcode[rows]
    got = (opcodes <= 0x58) | ((opcodes >= 0x60) & (opcodes <= 0x66))
    return (bodies[got], fields[got]), (bodies[~got], fields[~got])


def _families(program: Program) -> dict[str, str]:
    """Per class of the program: one name for all that extend one another, as far as the program defines them."""
    above = {name: name for name in program.classes}

    def top(name: str) -> str:
        while above[name] != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    for name in program.classes:
        for parent in program.parents(name):
            if parent in above:
                above[top(name)] = top(parent)
    return {name: top(name) for name in above}


def _joined(parts: list[Pairs]) -> Pairs:
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *(one for one, _ in parts)]), np.concatenate([none, *(other for _, other in parts)])
