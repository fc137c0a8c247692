"""Finds the plug-in files of a room: one file, one exported constant, no central list.

A room calls `plugins("vuoto.payloads.decoders", Decoder, "DECODER")` and gets the constant of each module in that package,
sorted by module name. Order never decides anything: plug-ins declare a confidence, and the room reports ties.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

P = TypeVar("P")


def plugins(package: str, kind: type[P], constant: str) -> tuple[P, ...]:
    """The plug-ins of `package`, each a module's `constant` of type `kind`, by module name.

    Raises `TypeError` when a module of the package does not export the constant, or exports something else: that is a bug of
    whoever added the file, and is found by the first test that runs.
    """
    found = _modules(package)
    result: list[P] = []
    for name in found:
        value = getattr(import_module(f"{package}.{name}"), constant, None)
        if not isinstance(value, kind):
            raise TypeError(f"{package}.{name} must export {constant}, a {kind.__name__}")
        result.append(value)
    return tuple(result)


@cache
def _modules(package: str) -> tuple[str, ...]:
    paths = import_module(package).__path__
    return tuple(sorted(m.name for m in iter_modules(paths) if not m.name.startswith("_")))
