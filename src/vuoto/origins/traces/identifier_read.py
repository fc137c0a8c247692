"""Reads of what was sent: the code asks for this kind of data, and perhaps a way leads from there to a send.

What singles somebody out counts: a model or a build is read by everything. A way on which the value was followed counts more than
one that only the order of calls connects, and that more than a read alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.facts.vocabulary import KINDS, kind_of
from vuoto.origins.evidence import CodeSeen, PathSeen
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

LACKING: Final = -0.6
"""For each kind, up to `MOST_LACKING`, that it is not seen to read beside others that it reads."""

MOST_LACKING: Final = 4

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
    ways = {k: min(mine, key=_best_first) for k in kinds if (mine := [p for p in code.paths if p.read.kind == k])}
    reads = {k: found for k in kinds if k not in ways and (found := _reads(code, k))}
    lacking = [k for k in kinds if k not in ways and k not in reads]
    if ways:
        best = min(ways.values(), key=_best_first)
        lead = "a way leads" if len(ways) == 1 else "ways lead"
        how = "the value was followed" if best.strength == "value" else "by the order of calls"
        yield Sign(
            what=f"reads the {_listed(ways)}, and {lead} from there to a send ({how})",
            bits=_joined(
                [bits(READ_BY / 2, suspect.rate_of("ways", k, GUESS_WITH_WAY.get(w.strength, 0.05))) for k, w in ways.items()]
            ),
            group="reads",
            places=tuple(dict.fromkeys(p.method for way in ways.values() for p in (way.read.place, way.send.place))),
            steps=tuple(f"{step.how} {step.what} (in {step.place.method})" for step in best.steps),
        )
    if reads:
        yield Sign(
            what=f"reads the {_listed(reads)}",
            bits=_joined([bits(READ_BY, suspect.rate_of("reads", kind, GUESS)) for kind in reads]),
            group="reads",
            places=tuple(dict.fromkeys(place for places in reads.values() for place in places)),
        )
    if lacking and (ways or reads):
        yield Sign(
            what=f"is not seen to read the {_listed(lacking)}",
            bits=LACKING * min(len(lacking), MOST_LACKING),
            group="reads missing",
        )
    elif lacking:
        told = _listed(kinds[:1]) if len(kinds) == 1 else f"{_listed(kinds[:2])} or what else was sent"
        yield Sign(what=f"is not seen to read the {told}", bits=MISSING, group="reads missing")


def _best_first(way: PathSeen) -> tuple[bool, int]:
    return way.strength != "value", len(way.steps)


def _reads(code: CodeSeen, kind: str) -> list[str]:
    return [r.place.method for r in code.reads if r.kind == kind and r.certainty != "possible"]


def _joined(each: list[float]) -> float:
    """What reads one identifier reads others more readily: the strongest whole, the next half, then a quarter."""
    return sum(worth * 0.5**place for place, worth in enumerate(sorted(each, reverse=True)))


def _listed(kinds: Iterable[str]) -> str:
    titles = [kind_of(kind).title for kind in kinds]
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


TRACE = Trace(
    name="identifier read",
    says="The code asks the system for the kind of data that was sent; a way from there to a send counts more, most where "
    "the value was followed.",
    find=_find,
)
