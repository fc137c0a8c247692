"""Where a program loads code that is not among its own files: what that code does, nobody reads here.

Android's class loaders, made by their names, by a class of the program that extends one, or by reflection on a constant name:
`Class.forName("dalvik.system.DexClassLoader")`. A name that is put together at run time is not seen.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.facts.code import CodePlace
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.program import Program

MAX_LOADS: Final = 32
"""Places told; one is enough to say that there is code which was not read."""

LOADERS: Final = r"Ldalvik/system/(?:Dex|Path|InMemoryDex|DelegateLast|BaseDex)ClassLoader;"

# Android's class loaders, and loading a file that is no class loader's. An object of the program's own class that extends one is
# made by a constructor of that class, which stands below it.
_LOADERS: Final = (
    (LOADERS, ("<init>",)),
    (r"Ldalvik/system/DexFile;", ("<init>", "loadDex", "openInMemoryDexFile", "openDexFile")),
    # Hidden calls by which a loader that is there already is given more files.
    (LOADERS, ("addDexPath",)),
    (r"Ldalvik/system/DexPathList;", ("<init>", "addDexPath", "makePathElements", "makeDexElements", "makeInMemoryDexElements")),
)
# A class by its name, as `Class.forName` and `findClass` (with slashes) take it.
_NAMES: Final = tuple(
    f"dalvik{mark}system{mark}{name}"
    for mark in "./"
    for name in (
        "BaseDexClassLoader",
        "DelegateLastClassLoader",
        "DexClassLoader",
        "DexFile",
        "DexPathList",
        "InMemoryDexClassLoader",
        "PathClassLoader",
    )
)
# Calls of reflection; without one beside it a name is a text to compare with, as in a check of who the caller is.
_REFLECTION: Final = (
    (r"Ljava/lang/Class;", ("forName",)),
    (r"Ljava/lang/ClassLoader;", ("loadClass", "findClass")),
)


def find_loads(program: Program) -> list[CodePlace]:
    """Where class loaders are made, sorted; at most `MAX_LOADS`."""
    found = {
        (hit.dex, hit.row) for hit in program.find_calls(_LOADERS)[:MAX_LOADS] if not _is_of_itself(program, hit.dex, hit.row)
    }
    found |= set(_by_name(program)[:MAX_LOADS])
    return sorted({program.place(number, row) for number, row in found})[:MAX_LOADS]


def _is_of_itself(program: Program, number: int, row: int) -> bool:
    """Whether it is a constructor that calls the one above it, or another of its own class: the object is made elsewhere."""
    dex = program.dexes[number]
    owner, _, rest = program.place(number, row).method.partition("->")
    if not rest.startswith("<init>("):
        return False
    called = _owner_called(dex, row)
    return called == owner or called in program.parents(owner)


def _owner_called(dex: Dex, row: int) -> str:
    unit = int(dex.code.unit[row])
    return dex.type(int(dex.method_class[int(dex.code.units[unit + 1])]))


def _by_name(program: Program) -> list[tuple[int, int]]:
    """Constants that name a class loader, in a method that asks for a class by its name."""
    named = [(number, rows) for number, dex in enumerate(program.dexes) if len(rows := _names_used(dex))]
    if not named:
        return []
    asked = {(hit.dex, _body(program.dexes[hit.dex], hit.row)) for hit in program.find_calls(_REFLECTION)}
    return [
        (number, row) for number, rows in named for row in rows.tolist() if (number, _body(program.dexes[number], row)) in asked
    ]


def _names_used(dex: Dex) -> I64:
    indices = dex.string_indices(_NAMES)
    if not indices:
        return np.zeros(0, np.int64)
    rows, used = dex.string_uses
    return rows[np.isin(used, indices)]


def _body(dex: Dex, row: int) -> int:
    return int(dex.code.first.searchsorted(row, side="right")) - 1
