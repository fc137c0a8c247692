"""Short methods that only set or get fields of their object, so that a call of one says what it does to that object alone.

`box.setImei(imei)`, `box.getName()`, `new Box(imei)`: a body without branches that reads and writes fields of its object, moves
values, and calls nothing but its superclass' constructor of the same kind. Everything else is no accessor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vuoto.firmware.code.body import Body
from vuoto.firmware.code.effects import Accessor
from vuoto.firmware.code.operations import mask

# A constructor has some ten; a call of a range may have 255, and then it is no accessor that anybody wrote.
MAX_PARAMETERS: Final = 32

Origins = frozenset[int | str]
NOTHING: Final[Origins] = frozenset()


def accessor_of(
    body: Body, ins: int, name_of: Callable[[int], str], constructor: Callable[[int], Accessor | None]
) -> Accessor | None:
    """What the method does, or `None` where it does more.

    `constructor(reference)`: what the constructor of the superclass does that is called on the same object.
    """
    operations = body.operations
    if not ins:
        return None
    this = mask(body.parameters)
    held: dict[int, Origins] = {mask(body.parameters + at): frozenset((at,)) for at in range(1, min(ins, MAX_PARAMETERS))}
    fields: dict[str, Origins] = {}
    for row, (what, target, inputs, reference) in enumerate(operations):
        if what == "return":
            return None if this in inputs else Accessor(tuple(fields.items()), held.get(inputs[0], NOTHING))
        if body.next[row] != [row + 1]:
            # The end of a method that gives nothing back; a branch, or a block that handles exceptions.
            return Accessor(tuple(fields.items()), NOTHING) if what == "end" else None
        if target & this or (this in inputs and what not in ("get", "put", "call")):
            return None
        if what == "call":
            above = constructor(reference) if inputs[:1] == (this,) and this not in inputs[1:] else None
            if above is None:
                return None
            for name, origins in above.puts:
                fields[name] = _of_call(origins, inputs, held, fields)
            continue
        if what == "put":
            if inputs[1:] != (this,) or inputs[0] == this:
                return None
            fields[name_of(reference)] = held.get(inputs[0], NOTHING)
            continue
        if what == "get" and inputs != (this,):
            return None
        if what in ("array-get", "array-put", "result", "throw", "test"):
            return None
        origins = NOTHING
        if what == "get":
            name = name_of(reference)
            origins = fields.get(name, frozenset((name,)))
        elif what in ("move", "mix"):
            origins = frozenset(one for register in inputs for one in held.get(register, NOTHING))
        _write(held, target, origins)
    return None


def _of_call(origins: Origins, inputs: tuple[int, ...], held: dict[int, Origins], fields: dict[str, Origins]) -> Origins:
    """Origins in the superclass' constructor, as origins in the one that calls it."""
    found: set[int | str] = set()
    for origin in origins:
        if isinstance(origin, str):
            found |= fields.get(origin, frozenset((origin,)))
        elif origin < len(inputs):
            found |= held.get(inputs[origin], NOTHING)
    return frozenset(found)


def _write(held: dict[int, Origins], target: int, origins: Origins) -> None:
    while target:
        lowest = target & -target
        held[lowest] = origins
        target ^= lowest
