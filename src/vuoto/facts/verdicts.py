"""What the law of the day says of it, with reasons."""

from __future__ import annotations

from dataclasses import dataclass

from vuoto.facts.vocabulary import Note, Outcome, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause that was applied."""

    law: str
    """`GDPR`, `ePrivacy Directive`, `UK GDPR`, `Swiss FADP`, `Decision (EU) 2016/1250` …"""

    article: str
    """`art. 45(3)`; empty where the whole is cited."""

    says: str
    """What it asks or grants, in a sentence of ours."""

    source: str
    """Where it can be read (ELI, CELEX or page)."""

    rests_on: str | None = None
    """How well the fact behind it is sourced, where it does not rest on the act itself: `two agreeing secondary sources`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One answer to one question about one recipient. A value with reasons, never a boolean."""

    id: str
    """Stable, from content."""

    recipient: str
    """Id of the recipient."""

    kinds: tuple[str, ...]
    """The kinds of data it is about, sorted."""

    question: Question
    """Which question."""

    outcome: Outcome
    """The answer."""

    as_of: str
    """The day whose law was applied, `YYYY-MM-DD`."""

    jurisdiction: str
    """Which body of law: `eu`, `uk`, `ch`."""

    clauses: tuple[Clause, ...]
    """The clauses applied, in order."""

    because: tuple[str, ...]
    """The reasons, in order, each a sentence."""

    missing: tuple[str, ...]
    """The facts that would decide or change it; empty where nothing would."""

    notes: tuple[Note, ...] = ()
    """What the answer rests on, for who has no time for all reasons, sorted."""

    disclosures: tuple[str, ...] = ()
    """Ids of the disclosures it is about."""
