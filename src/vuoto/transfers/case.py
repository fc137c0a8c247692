"""What is judged, and how a judgement is put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from vuoto.facts.countries import COUNTRIES
from vuoto.facts.declarations import Declaration, DeclaredRecipient
from vuoto.facts.disclosures import Disclosure
from vuoto.facts.recipients import Recipient
from vuoto.facts.verdicts import Clause
from vuoto.facts.vocabulary import Note, Outcome, kind_of
from vuoto.transfers.lawbook import Lawbook
from vuoto.transfers.regime import Regime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One disclosure, as far as it falls under the law of one stretch of days."""

    disclosure: Disclosure
    """It."""

    count: int
    """How many times in that stretch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One recipient, one stretch of days with the same law, one body of law."""

    law: Lawbook
    """The dated facts."""

    regime: Regime
    """The body of law that is applied."""

    why_applies: tuple[str, ...]
    """Why that one, sentences."""

    applies_missing: tuple[str, ...]
    """What must be known to be sure of that; empty where a known place decides."""

    placed: bool
    """Whether a known place brings the case under that law, or may; false where every known place lies outside."""

    assumed: bool
    """Whether that is assumed, as no place is known."""

    day: date
    """The day whose law is applied: the first of the stretch."""

    when: str
    """The stretch in words: `on 2019-02-20`."""

    recipient: Recipient
    """Who received it."""

    declaration: Declaration | None
    """What the controller declares."""

    declared: DeclaredRecipient | None
    """The declared recipient that covers this one."""

    sent: tuple[Sent, ...]
    """What it received."""

    @property
    def name(self) -> str:
        """What the recipient is called: its host, else its address."""
        return recipient_name(self.recipient)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds it received, sorted."""
        return tuple(sorted({s.disclosure.kind for s in self.sent}))

    @property
    def observed_country(self) -> str | None:
        """The country that the registers name, where it is one."""
        return known_country(self.recipient.country)

    @property
    def declared_country(self) -> str | None:
        """The country that the declaration names."""
        return known_country(self.declared.country) if self.declared else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """An answer, before it becomes a verdict."""

    outcome: Outcome
    """The answer."""

    kinds: tuple[str, ...]
    """The kinds it is about."""

    clauses: tuple[Clause, ...]
    """Applied, in order."""

    because: tuple[str, ...]
    """Reasons, in order."""

    missing: tuple[str, ...]
    """Facts that would decide or change it."""

    disclosures: tuple[str, ...]
    """Ids of the disclosures it is about, sorted."""

    notes: frozenset[Note] = frozenset()
    """What it rests on."""


class Reasoning:
    """Gathers clauses, reasons and missing facts on the way to an answer."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._clauses: dict[Clause, None] = {}
        self._because: dict[str, None] = {}
        self._missing: dict[str, None] = {}
        self._notes: set[Note] = set()

    def cite(self, clause: str | Clause) -> None:
        """Apply a clause: one of our own making, or the counterpart in the case's law of an article of the GDPR."""
        self._clauses[self._case.regime.clause(clause) if isinstance(clause, str) else clause] = None

    def cite_guidance(self, clause: Clause, published: date) -> None:
        """Apply a reading of the law; where it came out after the day that is judged, that is said."""
        self.cite(clause)
        if self._case.day < published:
            self.so(f"{clause.law} came after {self._case.day}: cited for how it reads the law, not as the law of that day")

    def so(self, *sentences: str) -> None:
        """Give reasons."""
        self._because.update(dict.fromkeys(sentences))

    def need(self, *facts: str) -> None:
        """Name facts that would decide or change the answer."""
        self._missing.update(dict.fromkeys(facts))

    def note(self, note: Note) -> None:
        """Mark what the answer rests on."""
        self._notes.add(note)

    def follow(self, ruling: Ruling) -> None:
        """Take over the clauses, reasons and missing facts of another ruling."""
        self._notes |= ruling.notes
        self._clauses.update(dict.fromkeys(ruling.clauses))
        self.so(*ruling.because)
        self.need(*ruling.missing)

    def rule(self, outcome: Outcome, kinds: Iterable[str] | None = None, sent: Iterable[Disclosure] | None = None) -> Ruling:
        """The answer: about all that was sent, about what is of these `kinds`, or about the disclosures `sent`."""
        about = [s.disclosure for s in self._case.sent] if sent is None else list(sent)
        if kinds is not None:
            wanted = set(kinds)
            about = [d for d in about if d.kind in wanted]
        return Ruling(
            outcome=outcome,
            kinds=tuple(sorted({d.kind for d in about})),
            disclosures=tuple(sorted(d.id for d in about)),
            clauses=tuple(self._clauses),
            because=tuple(self._because),
            missing=tuple(self._missing),
            notes=frozenset(self._notes),
        )


def recipient_name(recipient: Recipient) -> str:
    """The host, else the first address, else the id."""
    return recipient.host or (recipient.addresses[0].ip if recipient.addresses else recipient.id)


def known_country(code: str | None) -> str | None:
    """The code in capitals where ISO 3166-1 has it; registers use others too (`EU`, `AP`, `ZZ`), which name no country."""
    upper = code.upper() if code else ""
    return upper if upper in COUNTRIES else None


def capital(text: str) -> str:
    """`text` as a sentence begins."""
    return text[:1].upper() + text[1:]


def titles(kinds: Iterable[str]) -> str:
    """`IMEI, ICCID and cell id`."""
    names = [kind_of(k).title for k in kinds]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
