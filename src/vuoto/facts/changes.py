"""What changed for a person's data from one build to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vuoto.facts.code import CodePlace
from vuoto.facts.problems import Problem

DIFFERENCE_SCHEMA: Final = "vuoto.difference/1"

Concern = Literal["high", "medium", "low", "none"]
"""`high`: personal data may go a way they did not go before, or the code is of somebody else; `medium`: code may collect,
reach or start more; `low`: worth knowing; `none`: less than before. A reading order for people, not a legal measure."""

CONCERNS: Final[tuple[Concern, ...]] = ("high", "medium", "low", "none")
"""Highest first."""

Direction = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise than before."""

    id: str
    """Stable, from content."""

    aspect: str
    """What it is about: `host`, `identifier-read`, `way`, `signer` …"""

    direction: Direction
    """`added` and `removed` speak of the subject, `changed` of its value."""

    concern: Concern
    """How much it may matter to a person."""

    package: str | None
    """Name of the package, or `None` for the build itself or where the package has no name."""

    path: str
    """Where the package stands in the newer build (in the older, where it is gone); `""` for the build itself."""

    subject: str
    """What: a host, a permission, a kind of data, a property."""

    says: str
    """A sentence without a full stop at the end."""

    before: str | None = None
    """The value before, or `None` where there was none."""

    after: str | None = None
    """The value now, or `None` where there is none."""

    places: tuple[CodePlace, ...] = ()
    """Where in the newer build's code (in the older's, where it is gone), sorted; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedBuild:
    """One side, as a heading."""

    name: str
    """What it was opened as."""

    format: str
    """Its outermost container."""

    model: str | None
    """The model it says it is for."""

    product: str | None
    """The product's name."""

    fingerprint: str | None
    """Its fingerprint."""

    security_patch: str | None
    """Its patch level."""

    packages: int
    """Packages in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed between two builds."""

    old: ComparedBuild
    """The older."""

    new: ComparedBuild
    """The newer."""

    changes: tuple[Change, ...]
    """By concern, package, aspect and subject."""

    same_bytes: int
    """Packages of the newer build that are byte for byte in the older."""

    same_meaning: int
    """Packages whose bytes differ, and in which nothing changed that is compared here."""

    changed: int
    """Packages in which something changed, those moved or renamed included."""

    added: int
    """Packages that are new."""

    removed: int
    """Packages that are gone."""

    limits: tuple[str, ...]
    """What this comparison cannot see, as sentences."""

    problems: tuple[Problem, ...]
    """What could not be read of either build."""

    schema: str = DIFFERENCE_SCHEMA
    """Always `vuoto.difference/1`."""
