"""Where a program loads code that is not among its own files: what that code does, nobody reads here."""

from __future__ import annotations

from typing import Final

from vuoto.facts.code import CodePlace
from vuoto.firmware.code.program import Program

MAX_LOADS: Final = 32
"""Places told; one is enough to say that there is code which was not read."""

# Android's class loaders, and loading a file that is no class loader's.
_LOADERS: Final = (
    (r"Ldalvik/system/(?:Dex|Path|InMemoryDex|DelegateLast)ClassLoader;", ("<init>",)),
    (r"Ldalvik/system/DexFile;", ("<init>", "loadDex")),
)


def find_loads(program: Program) -> list[CodePlace]:
    """Where class loaders are made, sorted; at most `MAX_LOADS`."""
    return sorted({program.place(hit.dex, hit.row) for hit in program.find_calls(_LOADERS)[:MAX_LOADS]})
