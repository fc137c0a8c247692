"""The answer of the release gate to one build: may it ship as this variant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vuoto.facts.changes import ComparedBuild
from vuoto.facts.code import CodePlace
from vuoto.facts.problems import Problem

GATE_SCHEMA: Final = "vuoto.gate/1"

GateOutcome = Literal["refused", "undecided", "passed"]
"""`refused`: a rule says no; `undecided`: none says no, and something could not be seen that could change that; `passed`."""

GATE_OUTCOMES: Final[tuple[GateOutcome, ...]] = ("refused", "undecided", "passed")
"""Worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Somebody's word that a finding is known and may stand for a time."""

    number: int
    """Its place in the file, from 1."""

    rule: str
    """The rule whose finding it is about."""

    package: str | None
    """The package's name, or `None` for any."""

    subject: str | None
    """The host, kind of data, certificate or whatever the finding is about; `None` for any."""

    owner: str
    """Who answers for it."""

    reason: str
    """Why."""

    expires: date
    """The last day on which it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverUse:
    """What became of a waiver."""

    waiver: Waiver
    """The waiver."""

    state: str
    """`used`; `expired`: it would cover findings, and holds no more; `unused`: it covers none."""

    says: str
    """A sentence without a full stop at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFinding:
    """One thing that a rule says of the build."""

    id: str
    """Stable, from rule, package and subject."""

    rule: str
    """The rule's name."""

    outcome: GateOutcome
    """`refused` or `undecided`."""

    package: str | None
    """The package's name, or `None` for the build itself or where the package has none."""

    path: str
    """Where the package stands in the build; `""` for the build itself."""

    subject: str
    """What: a host, a kind of data, a certificate; what a waiver names."""

    because: str
    """The reason, a sentence without a full stop at the end."""

    places: tuple[CodePlace, ...] = ()
    """Where in the code, sorted; bounded."""

    waiver: int | None = None
    """Number of the waiver under which it stands, or `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """What one rule says."""

    rule: str
    """Its name."""

    asks: str
    """What it asks, half a sentence."""

    outcome: GateOutcome
    """Its answer, waived findings left out."""

    findings: int
    """How many, waived ones included."""

    note: str | None = None
    """On what it could rest, where that limits the answer: `no baseline was given: every host counts`."""

    remedy: str = ""
    """What to do about a finding, a sentence without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """The whole answer."""

    build: ComparedBuild
    """The build that was asked about."""

    variant: str
    """As which variant it was to ship."""

    declaration: str
    """The declaration's version."""

    baseline: ComparedBuild | None
    """What it was compared with, or `None`."""

    others: tuple[str, ...]
    """Further builds that were looked into, with their variants: `china.vfx (TA-1062)`."""

    as_of: str
    """The day on which waivers were judged, `YYYY-MM-DD`."""

    outcome: GateOutcome
    """The answer."""

    rules: tuple[RuleAnswer, ...]
    """By name."""

    findings: tuple[GateFinding, ...]
    """Refusals before what is undecided, waived ones last; by package, rule and subject."""

    waivers: tuple[WaiverUse, ...]
    """In the order of the file."""

    limits: tuple[str, ...]
    """What the gate cannot see, as sentences."""

    problems: tuple[Problem, ...]
    """What could not be read."""

    schema: str = GATE_SCHEMA
    """Always `vuoto.gate/1`."""
