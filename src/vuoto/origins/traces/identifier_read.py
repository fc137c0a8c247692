"""Reads of what was sent: the code asks for this kind of data, and perhaps a way leads from there to a send.

What singles somebody out counts: a model or a build is read by everything. A way on which the value was followed counts more than
one that only the order of calls connects, and that more than a read alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.code import DataPath
from vuoto.facts.origins import Sighting
from vuoto.facts.vocabulary import KINDS, kind_of
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace, bits

READ_BY: Final = 0.75
"""How often code that sends a kind is seen to read it; else it is told by another process, native code or a file."""

GUESS: Final = 0.12
"""Of packages at large, how many read an identifier."""

GUESS_WITH_WAY: Final = {"value": 0.025, "calls": 0.05}
"""… with a way to a send, by its strength."""

MISSING: Final = -1.8
"""For data that the code is not seen to read, once for all kinds."""

NEVER_READ: Final = frozenset(
    {"email", "phone_number", "person_name", "credential", "message_content", "contact", "installation_id", "usage_event"}
)
"""Kinds that people type or apps make: no call of the system gives them away."""


def read_kinds(sighting: Sighting) -> list[str]:
    """The kinds that code would have to ask the system for, and that single somebody out."""
    return [k for k in sighting.kinds if k in KINDS and kind_of(k).family != "technical" and k not in NEVER_READ]


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    code = suspect.code
    kinds = read_kinds(sighting)
    if code is None or not kinds:
        return
    read = {r.kind for r in code.reads if r.certainty != "possible"}
    found = False
    for kind in kinds:
        title = kind_of(kind).title
        ways = sorted((p for p in code.paths if p.read.kind == kind), key=lambda p: (p.strength != "value", len(p.steps)))
        if ways:
            found = True
            way = ways[0]
            yield Sign(
                what=f"reads the {title}, and a way leads from there to a send ({_strength(way)}, {len(way.steps)} steps)",
                bits=bits(READ_BY / 2, GUESS_WITH_WAY.get(way.strength, 0.05)),
                group="reads",
                places=tuple(dict.fromkeys((way.read.place.method, way.send.place.method))),
                steps=tuple(f"{step.how} {step.what} (in {step.place.method})" for step in way.steps),
            )
        elif kind in read:
            found = True
            yield Sign(
                what=f"reads the {title}",
                bits=bits(READ_BY, suspect.rate_of("reads", kind, GUESS)),
                group="reads",
                places=tuple(dict.fromkeys(r.place.method for r in code.reads if r.kind == kind)),
            )
    if not found:
        title = kind_of(kinds[0]).title
        yield Sign(
            what=f"is not seen to read the {title}" if len(kinds) == 1 else f"is not seen to read any of the {len(kinds)} kinds",
            bits=MISSING,
            group="reads missing",
        )


def _strength(way: DataPath) -> str:
    return "the value was followed" if way.strength == "value" else "by the order of calls"


TRACE = Trace(
    name="identifier read",
    says="The code asks the system for the kind of data that was sent; a way from there to a send counts more, most where "
    "the value was followed.",
    find=_find,
)
