"""Which classes of a package belong together: those that name each other, and those that one class makes for itself.

A lambda, a reference to a function, a table of a `when` and what D8 moves out of a method are classes that no person named. They
stand in the source where they are made, so that what they say and what their maker says come from one file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

import numpy as np

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.opcodes import FIELD, METHOD, TYPE
from vuoto.firmware.code.program import Program

MAX_NEIGHBOURS: Final = 64
"""Neighbours of a class that are looked at."""

MAX_MADE: Final = 4_096
"""Classes that one class makes, with what they make, and that are read as part of it; a library of functions has six hundred."""

ACC_INTERFACE: Final = 0x200
ACC_ABSTRACT: Final = 0x400
ACC_SYNTHETIC: Final = 0x1000

OF_LAMBDAS: Final = ("Lkotlin/jvm/internal/", "Lkotlin/jvm/functions/", "Lkotlin/coroutines/jvm/internal/")
"""What Kotlin's compiler has a lambda, a reference to a function or a property, or a suspended function extend."""

SERIALIZABLE: Final = ("Ljava/lang/Object;", "Ljava/io/Serializable;")
"""What Kotlin's `Lambda` extends, which is known by it and by its methods where a package carries it under another name."""

OF_LAMBDA: Final = re.compile(r"[^>]*->(?:<init>\(I?\)V|toString\(\)Ljava/lang/String;|(?!hashCode\()\w+\(\)I)")
"""Its methods: `toString`, and where an optimiser has left them, its constructor and `getArity`."""

MARKERS: Final = "Lkotlin/jvm/internal/markers/"
"""What it has people's own collections and iterators implement."""


class Made(NamedTuple):
    """Where a class is made that no person named."""

    maker: str
    """The class in which all code stands that names it."""

    dex: int
    """Number of the DEX file of the maker."""

    row: int
    """The first instruction that names it."""


class Neighbourhood(NamedTuple):
    """The classes of a package, and how they hang together."""

    neighbours: dict[str, list[str]]
    """For each class: classes of the package that it names in code or extends, and those that do so to it; bounded."""

    made: dict[str, Made]
    """For classes that no person named, and that the code of one other class alone names: where that is."""


def neighbourhood(dexes: Sequence[Dex]) -> Neighbourhood:
    """How the classes of a package hang together."""
    program = Program(dexes)
    found: dict[str, dict[str, None]] = defaultdict(dict)
    users: dict[str, dict[str, Made]] = defaultdict(dict)

    def add(one: str, other: str) -> None:
        if one != other and other in program.classes:
            for here, there in ((one, other), (other, one)):
                if len(found[here]) < MAX_NEIGHBOURS:
                    found[here][there] = None

    for number, dex in enumerate(program.dexes):
        for owner, named, row, field in _uses(dex):
            name, user = dex.type(named).lstrip("["), dex.type(owner)
            if not field:
                add(user, name)
            # Two users tell as much as a hundred: nobody made it for itself.
            if name != user and name in program.classes and (len(users[name]) < 2 or user in users[name]):
                before = users[name].get(user)
                if before is None or (before.dex == number and before.row > row):
                    users[name][user] = Made(user, number, row)
        for name in (dex.type(index) for index in dex.classes.type.tolist()):
            for parent in program.parents(name):
                add(name, parent)
    nobodys = unnamed(program)
    made = {
        name: next(iter(places.values()))
        for name, places in users.items()
        if len(places) == 1 and name in nobodys and next(iter(places)) in program.classes
    }
    return Neighbourhood({name: list(others) for name, others in found.items()}, made)


def _uses(dex: Dex) -> list[tuple[int, int, int, bool]]:
    """What each class names in code: its type, the type it names, the first instruction, and whether it is for a field alone."""
    if not len(dex.body_method):
        return []
    owner_of_body = dex.classes.type[dex.classes.method_class[dex.body_method]]
    uses: list[tuple[int, int, int, bool]] = []
    for meaning, table in ((METHOD, dex.method_class), (TYPE, None), (FIELD, dex.field_class)):
        rows, references = dex.references(meaning)
        if not len(rows):
            continue
        owners = owner_of_body[dex.body_of(rows)]
        if table is not None:
            inside = references < len(table)
            rows, owners, references = rows[inside], owners[inside], table[references[inside]]
        pairs, first = _each_once(owners, references)
        uses += zip(*(column.tolist() for column in (*pairs, rows[first])), [meaning == FIELD] * len(first), strict=True)
    return uses


def _each_once(owners: I64, references: I64) -> tuple[tuple[I64, I64], I64]:
    """The distinct pairs of two columns, ascending, and where each stands first."""
    pairs, first = np.unique(np.stack((owners, references)), axis=1, return_index=True)
    return (pairs[0], pairs[1]), first


def unnamed(program: Program) -> frozenset[str]:
    """The classes that a compiler made of a lambda, a reference, a table or a part of a method."""
    bases = {name for name, (number, row) in program.classes.items() if _is_lambda(program, name, number, row)}
    return frozenset(name for name, (number, row) in program.classes.items() if _is_unnamed(program, name, number, row, bases))


def _is_lambda(program: Program, name: str, number: int, row: int) -> bool:
    """Whether a class is Kotlin's `Lambda`, whatever it is called."""
    dex = program.dexes[number]
    access = int(dex.classes.access[row])
    if access & (ACC_ABSTRACT | ACC_INTERFACE) != ACC_ABSTRACT or program.parents(name) != SERIALIZABLE:
        return False
    methods = dex.methods_of(dex.classes.method[np.flatnonzero(dex.classes.method_class == row)].tolist())
    return any("->toString()" in one for one in methods) and all(OF_LAMBDA.fullmatch(one) for one in methods)


def _is_unnamed(program: Program, name: str, number: int, row: int, bases: AbstractSet[str]) -> bool:
    access = int(program.dexes[number].classes.access[row])
    if access & ACC_INTERFACE:
        return False
    above = [parent for parent in program.parents(name) if not parent.startswith(MARKERS)]
    return bool(access & ACC_SYNTHETIC) or any(parent in bases or parent.startswith(OF_LAMBDAS) for parent in above)


def roots(made: dict[str, Made]) -> dict[str, list[str]]:
    """For each class that makes others and is itself not made: all that it and those make, nearest first; bounded."""
    children: dict[str, list[str]] = defaultdict(list)
    for name, place in made.items():
        children[place.maker].append(name)
    result = {}
    for root in sorted(children.keys() - made.keys()):
        found = [root]
        at = 0
        while at < len(found) and len(found) <= MAX_MADE:
            found += children.get(found[at], ())
            at += 1
        result[root] = found[1 : MAX_MADE + 1]
    return result
