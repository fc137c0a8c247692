"""In which builds something is: the answer to "which batch?"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vuoto.facts.problems import Problem

SCOPE_SCHEMA: Final = "vuoto.scope/1"

ScopeState = Literal["present", "absent", "unknown"]
"""`unknown`: the build, or a part of it, could not be read, and what could be read does not hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeHit:
    """A package of a build that holds what was asked for."""

    path: str
    """Where it stands in the build."""

    package: str | None
    """Its name, or `None`."""

    version: str | None
    """Its version, or `None`."""

    sha256: str
    """SHA-256 of its bytes."""

    likeness: str
    """`identical`: the bytes of the first build that has it, or of the package given; `same-code`, `like-code`: how much of its
    code is there (see `share`); `other-code`: the same name, and little of the code; `named`: names the host, or defines the
    class; `in-a-text`: holds the host's name in a text that is no address."""

    share: float | None
    """Share of the features of code that are there, 0 to 1; `None` where that was not asked."""

    says: str
    """Half a sentence: `the same bytes`, `the same code (96 % of 340 features, 41 of 44 classes)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRow:
    """One build."""

    build: str
    """Its file, below the folder."""

    state: ScopeState
    """Whether it is there."""

    model: str | None
    """The model it says it is for."""

    product: str | None
    """The product's name."""

    fingerprint: str | None
    """Its fingerprint."""

    built: str | None
    """When it was built (`ro.build.date.utc`), `2019-02-14`, or `None`."""

    security_patch: str | None
    """Its patch level."""

    incremental: str | None
    """Its number."""

    hits: tuple[ScopeHit, ...]
    """The packages, by path; empty where there are none."""

    why: str | None = None
    """Why it is unknown, or `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The whole answer."""

    asked: str
    """`package`, `class`, `host` or `like`."""

    what: str
    """The name, class, host, or file that was asked for."""

    sentences: tuple[str, ...]
    """The answer, as a person reads it first."""

    rows: tuple[ScopeRow, ...]
    """In the order in which the builds were made, as far as they say so: date, patch level, number, file."""

    problems: tuple[Problem, ...]
    """What could not be read."""

    limits: tuple[str, ...] = ()
    """What the answer does not say, as sentences without a full stop at the end."""

    schema: str = SCOPE_SCHEMA
    """Always `vuoto.scope/1`."""
