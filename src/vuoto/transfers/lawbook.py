"""The dated facts of law, read from the data files in `law`: who is a member, which decisions held, which safeguards existed.

The files say for each row where it can be read and what it rests on. Nothing here decides: see `jurisdictions`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pkgutil import get_data
from typing import TYPE_CHECKING, Any, Final

from vuoto.facts.verdicts import Clause
from vuoto.transfers.listing import Listing, ListKept
from vuoto.transfers.span import Span

if TYPE_CHECKING:
    from vuoto.facts.document import Reference

FILES: Final = ("decisions.json", "lists.json", "membership.json", "territories.json", "tools.json")

_FIRST_HAND: Final = "the act itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Span):
    """A decision on adequacy, or an act by which a country was no third country."""

    id: str
    """`EU-US-DPF`."""

    kind: str
    """`adequacy`, `membership` or `not-a-third-country`."""

    country: str
    """ISO 3166-1 alpha-2, or `IO:…` for an international organisation."""

    name: str
    """What it is about, in words."""

    instrument: str
    """Its number: `(EU) 2023/1795`."""

    legal_basis: str
    """Under which article it was made."""

    end_reason: str | None
    """Why it ended."""

    scope: str
    """`whole-jurisdiction`, `recipients`, `processing` or `international-organisation`."""

    question: str | None
    """The fact that decides whether a recipient falls under it, where that is not the country alone."""

    conditions: tuple[str, ...]
    """What it leaves out."""

    aliases: tuple[str, ...]
    """Names under which it is known."""

    follows: str | None
    """Id of the row that this one renews, and replaces from its first day."""

    union_law_applies: bool
    """Whether Union law applied in that country as in a member state."""

    efta_question: str | None
    """What must be known before it can be applied to Iceland, Liechtenstein and Norway."""

    source: str
    """Where it can be read."""

    rests_on: str | None
    """What the row rests on, where that is not the act itself."""

    def clause(self, article: str, says: str) -> Clause:
        """A clause that cites this decision."""
        law = f"Decision {self.instrument}" if re.match(r"\(EU\)|\d", self.instrument) else self.instrument
        return Clause(law=law, article=article, says=says, source=self.source, rests_on=self.rests_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Span):
    """A state and the body of Union data protection law that applied in it."""

    country: str
    """ISO 3166-1 alpha-2."""

    body: str
    """`EU` or `EEA`."""

    law: str
    """`directive` (95/46/EC) or `gdpr`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """A territory with a country code of its own."""

    code: str
    """ISO 3166-1 alpha-2."""

    state: str
    """The state it belongs to."""

    inside: bool
    """Whether Union data protection law applies as in that state."""

    own_law: bool
    """Outside, but that state's own law may reach there."""

    note: str
    """Why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard(Span):
    """Something a controller can rely on under art. 46."""

    id: str
    """`SCC-2021`."""

    tool: str
    """The declaration's word: `scc`."""

    instrument: str
    """`(EU) 2021/914`."""

    concluded_until: date | None
    """Last day on which new contracts on it could be concluded."""

    aliases: tuple[str, ...]
    """Names under which it is known."""

    source: str
    """Where it can be read."""

    rests_on: str | None
    """What the row rests on, where that is not the act itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lawbook:
    """All of it."""

    as_of: date
    """The day to which the table was kept."""

    decisions: tuple[Decision, ...]
    """By first day."""

    memberships: tuple[Membership, ...]
    """By country and first day."""

    territories: tuple[Territory, ...]
    """By code."""

    safeguards: tuple[Safeguard, ...]
    """By first day."""

    listings: tuple[Listing, ...] = ()
    """The lists of other states, by whose they are, first day and id."""

    lists: tuple[ListKept, ...] = ()
    """How far each of these lists is known, by whose it is."""

    def listed(self, by: str, country: str, day: date) -> tuple[Listing, ...]:
        """The rows of a list that covered `country`, or the state that it is an inner territory of, on `day`."""
        state = self._state(country)
        return tuple(row for row in self.listings if row.by == by and state in row.countries and row.holds(day))

    def list_kept(self, by: str) -> ListKept | None:
        """The days of which that list is known whole."""
        return next((one for one in self.lists if one.by == by), None)

    def list_changes(self, by: str, countries: Iterable[str]) -> list[date]:
        """Each day from which that list, or what is known of it, was different for these countries, sorted."""
        wanted = set(map(self._state, countries))
        spans: list[Span] = [one for one in self.lists if one.by == by]
        spans += [row for row in self.listings if row.by == by and wanted & row.countries]
        return sorted({s.first for s in spans} | {s.last + timedelta(days=1) for s in spans if s.last})

    def territory(self, country: str) -> Territory | None:
        """The territory with that code, or `None` for a state."""
        return next((t for t in self.territories if t.code == country), None)

    def _state(self, country: str) -> str:
        """The state that an inner territory belongs to, else `country`."""
        territory = self.territory(country)
        return territory.state if territory and territory.inside else country

    def membership(self, country: str, day: date) -> Membership | None:
        """The membership that held for `country`, or for the state that it is an inner territory of."""
        state = self._state(country)
        return next((m for m in self.memberships if m.country == state and m.holds(day)), None)

    def in_force(self, country: str, day: date, *kinds: str) -> tuple[Decision, ...]:
        """The decisions of these kinds in force for `country` on `day`, a renewal in place of what it renews."""
        found = [d for d in self.decisions if d.country == country and d.kind in kinds and d.holds(day)]
        renewed = {d.follows for d in found}
        return tuple(d for d in found if d.id not in renewed)

    def ended(self, country: str, day: date) -> tuple[Decision, ...]:
        """The adequacy decisions for `country` that had ended by `day`."""
        past = [d for d in self.decisions if d.country == country and d.kind == "adequacy" and d.last and d.last < day]
        return tuple(past)

    def changes(self, countries: Iterable[str]) -> list[date]:
        """Each day from which the law on these countries, or the safeguards, were different, sorted."""
        wanted = set(countries)
        for country in tuple(wanted):
            territory = self.territory(country)
            if territory:
                wanted.add(territory.state)
        spans: list[Span] = [d for d in self.decisions if d.country in wanted]
        spans += [m for m in self.memberships if m.country in wanted]
        spans += self.safeguards
        days = {s.first for s in spans} | {s.last + timedelta(days=1) for s in spans if s.last}
        days |= {s.concluded_until + timedelta(days=1) for s in self.safeguards if s.concluded_until}
        return sorted(days)


def read_lawbook(texts: Mapping[str, bytes]) -> Lawbook:
    """The law book from the bytes of `FILES` by name."""
    documents = {name: json.loads(texts[name]) for name in FILES}
    decisions = [_decision(row) for row in documents["decisions.json"]["rows"]]
    safeguards = [_safeguard(row) for row in documents["tools.json"]["rows"]]
    return Lawbook(
        as_of=date.fromisoformat(documents["decisions.json"]["as_of"]),
        decisions=tuple(sorted(decisions, key=lambda d: (d.first, d.id))),
        memberships=tuple(_membership(row) for row in documents["membership.json"]["rows"]),
        territories=tuple(_territory(row) for row in documents["territories.json"]["rows"]),
        safeguards=tuple(sorted(safeguards, key=lambda s: (s.first, s.id))),
        listings=tuple(sorted(map(_listing, documents["lists.json"]["rows"]), key=lambda row: (row.by, row.first, row.id))),
        lists=tuple(
            ListKept(by=by, first=date.fromisoformat(row["from"]), last=_day(row["known_to"]))
            for by, row in sorted(documents["lists.json"]["lists"].items())
        ),
    )


@cache
def lawbook() -> Lawbook:
    """The law book shipped with the package."""
    return read_lawbook(_shipped())


def references() -> tuple[Reference, ...]:
    """The data sets of law, for the document: name, date, hash and licence of each file as shipped."""
    # Here and not above: they load OpenSSL and NumPy, which judging does not need.
    from hashlib import sha256

    from vuoto.facts import document

    found = []
    for text in _shipped().values():
        head = json.loads(text)
        digest = sha256(text).hexdigest()
        found.append(
            document.Reference(name=f"Law: {head['name']}", snapshot=head["as_of"], sha256=digest, licence=head["licence"])
        )
    return tuple(sorted(found))


@cache
def _shipped() -> dict[str, bytes]:
    # `pkgutil` and not `importlib.resources`, which costs 10 ms to import.
    found = {name: get_data("vuoto.transfers.law", name) for name in FILES}
    return {name: text for name, text in found.items() if text is not None}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _rests_on(row: dict[str, Any]) -> str | None:
    return None if row["rests_on"] == _FIRST_HAND else str(row["rests_on"])


def _decision(row: dict[str, Any]) -> Decision:
    return Decision(
        id=row["id"],
        kind=row["kind"],
        country=row["country"],
        name=row["name"],
        instrument=row["instrument"],
        legal_basis=row["legal_basis"],
        first=date.fromisoformat(row["from"]),
        last=_day(row["to"]),
        end_reason=row["end_reason"],
        scope=row["scope"],
        question=row["question"],
        conditions=tuple(row["conditions"]),
        aliases=tuple(row["aliases"]),
        follows=row.get("follows"),
        union_law_applies=row.get("union_law_applies", False),
        efta_question=row.get("efta_question"),
        source=row["read_at"],
        rests_on=_rests_on(row),
    )


def _listing(row: dict[str, Any]) -> Listing:
    return Listing(
        id=row["id"],
        by=row["by"],
        countries=frozenset(row["countries"]),
        name=row["name"],
        instrument=row["instrument"],
        article=row["article"],
        first=date.fromisoformat(row["from"]),
        last=_day(row["to"]),
        scope=row["scope"],
        question=row["question"],
        conditions=tuple(row["conditions"]),
        aliases=tuple(row["aliases"]),
        source=row["read_at"],
        rests_on=_rests_on(row),
    )


def _membership(row: dict[str, Any]) -> Membership:
    first, last = date.fromisoformat(row["from"]), _day(row["to"])
    return Membership(country=row["country"], body=row["body"], law=row["law"], first=first, last=last)


def _territory(row: dict[str, Any]) -> Territory:
    return Territory(code=row["code"], state=row["state"], inside=row["inside"], own_law=row["own_law"], note=row["note"])


def _safeguard(row: dict[str, Any]) -> Safeguard:
    return Safeguard(
        id=row["id"],
        tool=row["tool"],
        instrument=row["instrument"],
        first=date.fromisoformat(row["from"]),
        last=_day(row["to"]),
        concluded_until=_day(row["concluded_until"]),
        aliases=tuple(row["aliases"]),
        source=row["read_at"],
        rests_on=_rests_on(row),
    )
