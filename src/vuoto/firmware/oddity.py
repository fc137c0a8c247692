"""The plug-in type of what is odd in a package, and the search for all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Final

from vuoto.facts.builds import BuildFacts, ReadBuild, ReadPackage
from vuoto.facts.code import CodePlace, PathStep
from vuoto.facts.firmware_view import CONCERNS, Concern, Oddity, OddityRule
from vuoto.seams import plugins

MAX_OF_ONE_RULE: Final = 500
"""Oddities of one rule told for a package; the system's own package exports some hundred components."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule found."""

    says: str
    """What it is, one sentence without a full stop at the end."""

    concern: Concern | None = None
    """How grave it is here, where that is less than the rule's own."""

    place: CodePlace | None = None
    """Where in the code."""

    component: str | None = None
    """Which component."""

    steps: tuple[PathStep, ...] = ()
    """The way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OddityFinder:
    """One rule and its search. Exported as `ODDITY` by one file of `firmware/oddities`."""

    rule: OddityRule
    """What is looked for."""

    find: Callable[[ReadPackage, BuildFacts | None], Iterator[Found]]
    """Everything of the kind in a package of a build (or of none)."""


@cache
def finders() -> tuple[OddityFinder, ...]:
    """All of them, by name of their file."""
    return plugins("vuoto.firmware.oddities", OddityFinder, "ODDITY")


def find_oddities(build: ReadBuild) -> tuple[Oddity, ...]:
    """Everything odd in the packages of a build, gravest first, then by package, rule and place."""
    found = [one for read in build.packages for finder in finders() for one in _of(read, build.build, finder)]
    return tuple(sorted(found, key=lambda o: (CONCERNS.index(o.concern), o.package, o.rule, o.says, o.id)))


def _of(read: ReadPackage, build: BuildFacts | None, finder: OddityFinder) -> Iterator[Oddity]:
    seen: set[str] = set()
    for found in finder.find(read, build):
        place = f"{found.place.dex}\0{found.place.method}\0{found.place.offset}" if found.place else ""
        words = "\0".join((finder.rule.name, read.package.path, found.says, place, found.component or ""))
        key = "o-" + sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        if key in seen:
            continue
        seen.add(key)
        yield Oddity(
            id=key,
            rule=finder.rule.name,
            concern=found.concern or finder.rule.concern,
            says=found.says,
            package=read.package.path,
            name=read.package.name,
            place=found.place,
            component=found.component,
            steps=found.steps,
        )
        if len(seen) == MAX_OF_ONE_RULE:
            return
