"""Asks every question about every recipient under every body of law that applies, and gives the answers as verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final, get_args

from vuoto.facts.countries import country_cited
from vuoto.facts.declarations import Declaration
from vuoto.facts.device import Device
from vuoto.facts.disclosures import Disclosure
from vuoto.facts.recipients import Recipient
from vuoto.facts.verdicts import Clause, Verdict
from vuoto.facts.vocabulary import Question as Word
from vuoto.facts.vocabulary import kind_of
from vuoto.seams import plugins
from vuoto.transfers.case import Case, Ruling, capital, known_country, titles
from vuoto.transfers.declared import declared_recipient
from vuoto.transfers.jurisdiction import Jurisdiction
from vuoto.transfers.lawbook import Lawbook, lawbook
from vuoto.transfers.question import Question
from vuoto.transfers.regime import Regime
from vuoto.transfers.stretches import Stretch, stretches

UNKNOWN_DAY: Final = "unknown"
"""`Verdict.as_of` where neither the capture nor the caller says the day."""

_ADVERSE: Final = frozenset({"no-declared-basis", "unprotected", "undeclared"})
_ORDER: Final = {word: index for index, word in enumerate(get_args(Word))}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Applied:
    """A body of law that is applied, and why."""

    jurisdiction: Jurisdiction
    regime: Regime
    why: tuple[str, ...]
    missing: tuple[str, ...]
    placed: bool
    assumed: bool = False


def judge_transfers(
    disclosures: Sequence[Disclosure],
    recipients: Sequence[Recipient],
    declaration: Declaration | None,
    device: Device,
    *,
    as_of: date | None,
) -> tuple[Verdict, ...]:
    """The verdicts on everything that was sent with a certainty above `possible` to a recipient outside the device's own network.

    `as_of` is the day whose law is applied; `None` takes the day of each disclosure, and where the law changed between two days,
    there are two verdicts. Sorted; the same for the same facts.
    """
    return judge(lawbook(), disclosures, recipients, declaration, device, as_of=as_of)


def judge(
    law: Lawbook,
    disclosures: Sequence[Disclosure],
    recipients: Sequence[Recipient],
    declaration: Declaration | None,
    device: Device,
    *,
    as_of: date | None,
) -> tuple[Verdict, ...]:
    """`judge_transfers` under another law book."""
    rows: dict[str, list[Disclosure]] = {}
    for disclosure in disclosures:
        if disclosure.certainty != "possible":
            rows.setdefault(disclosure.recipient, []).append(disclosure)
    verdicts: list[Verdict] = []
    for recipient in recipients:
        if not recipient.local and recipient.id in rows:
            verdicts += _of_recipient(law, recipient, rows[recipient.id], declaration, device, as_of)
    return tuple(sorted(verdicts, key=lambda v: (v.recipient, _ORDER[v.question], v.jurisdiction, v.as_of, v.outcome, v.kinds)))


def _of_recipient(
    law: Lawbook,
    recipient: Recipient,
    rows: list[Disclosure],
    declaration: Declaration | None,
    device: Device,
    as_of: date | None,
) -> Iterator[Verdict]:
    declared = declared_recipient(declaration, recipient)
    places = {
        "device": known_country(device.country),
        "controller": known_country(declaration.controller.country) if declaration else None,
    }
    about = [recipient.country, declared.country if declared else None, *places.values()]
    changes = set(law.changes(c for c in map(known_country, about) if c))
    known = [place for place in places.values() if place]
    receiving = [c for c in map(known_country, about[:2]) if c]
    for j in _jurisdictions():
        # Days that concern one body of law alone count where it governs a known place.
        days = {*j.changes, *law.list_changes(j.id, receiving)}
        changes |= {day for day in days if any(j.governs(law, place, day) for place in known)}
    if declared and declared.transfer:
        changes |= {day for day in (declared.transfer.since, declared.transfer.until) if day}
    for stretch in stretches(rows, as_of, sorted(changes)):
        day = stretch.first or law.as_of
        for applied in _applied(law, places, day):
            case = Case(
                law=law,
                regime=applied.regime,
                why_applies=applied.why,
                applies_missing=applied.missing,
                placed=applied.placed,
                assumed=applied.assumed,
                day=day,
                when=stretch.when(as_of),
                recipient=recipient,
                declaration=declaration,
                declared=declared,
                sent=stretch.sent,
            )
            yield from _answers(case, applied.jurisdiction, stretch)


def _applied(law: Lawbook, places: dict[str, str | None], day: date) -> Iterator[_Applied]:
    """Each body of law that a known place brings into play (GDPR art. 3); where none does, the one taken as the measure."""
    found = False
    for jurisdiction in _jurisdictions():
        regimes = {who: jurisdiction.governs(law, place, day) for who, place in places.items() if place}
        reached = {who: regime for who, regime in regimes.items() if regime}
        if reached:
            found = True
            regime = reached.get("device") or next(iter(reached.values()))
            why = tuple(_place_sentence(who, places[who] or "", regime) for who in reached)
            yield _Applied(jurisdiction=jurisdiction, regime=regime, why=why, missing=(), placed=True)
    if found:
        return
    for jurisdiction in _jurisdictions():
        if jurisdiction.assumed:
            yield _assumption(jurisdiction, jurisdiction.assumed(day), places)


def _place_sentence(who: str, place: str, regime: Regime) -> str:
    what = "the device was used in" if who == "device" else "the controller is established in"
    return f"{capital(regime.name)} applies: {what} {country_cited(place)}"


def _assumption(jurisdiction: Jurisdiction, regime: Regime, places: dict[str, str | None]) -> _Applied:
    known = {who: place for who, place in places.items() if place}
    unknown = [who for who, place in places.items() if not place]
    asked = {
        "device": "the country in which the device was used",
        "controller": "the country in which the controller is established",
    }
    if not known:
        silent = " and ".join(f"no {who} country was given" for who in unknown)
        reason = f"It is assumed that {regime.name} applies: {silent}"
        return _Applied(
            jurisdiction=jurisdiction,
            regime=regime,
            why=(reason,),
            missing=tuple(asked[who] for who in unknown),
            placed=True,
            assumed=True,
        )
    # What is known speaks against it: one country outside is no ground to assume that the other one lies inside.
    told = " and ".join(f"the {who} is in {country_cited(place)}" for who, place in known.items())
    reason = f"Nothing known places this under a law that is read here: {told}; {regime.name} is taken as a measure only"
    missing = f"whether the controller is established in {jurisdiction.name}, or offers to people there or watches them"
    return _Applied(
        jurisdiction=jurisdiction, regime=regime, why=(reason,), missing=(*(asked[who] for who in unknown), missing), placed=False
    )


def _answers(case: Case, jurisdiction: Jurisdiction, stretch: Stretch) -> Iterator[Verdict]:
    transfer = jurisdiction.transfer(case)
    if stretch.first is None:
        because = (
            f"The input gives no time, and chapter V is read as of a day; as of {case.day} it would be: {transfer.outcome}",
        )
        transfer = replace(transfer, outcome="undecided", because=transfer.because[:1] + because, missing=_undated(transfer))
    answers: list[tuple[Word, Ruling]] = [("transfer", transfer)]
    answers += [(question.id, ruling) for question in _questions() for ruling in question.decide(case)]
    for word, ruling in answers:
        judged = _person_behind(case, word, ruling)
        if word != "transfer" and case.applies_missing:
            judged = replace(judged, because=case.why_applies + judged.because)
        if stretch.first is None and word != "transfer":
            judged = replace(judged, missing=_undated(judged))
        if stretch.first != stretch.last:
            span = f"The same law held on all days {stretch.when(None)}; the first is named"
            judged = replace(judged, because=(*judged.because, span))
        if case.day > case.law.as_of:
            judged = replace(
                judged, missing=(*judged.missing, f"changes of the law after {case.law.as_of}, the day of the law table")
            )
        yield _verdict(case, word, judged, jurisdiction, stretch)


def _undated(ruling: Ruling) -> tuple[str, ...]:
    return ("the day of the capture", *ruling.missing)


def _person_behind(case: Case, word: Word, ruling: Ruling) -> Ruling:
    """The first question of all, art. 4(1): is it personal data? Technical kinds alone single nobody out."""
    # On the wire only what went the same way can be put together; the recipient can put together all that it got.
    together = ruling.kinds if word == "security" else case.kinds
    if ruling.outcome not in _ADVERSE or any(kind_of(k).family != "technical" for k in together):
        return ruling
    why = f"{titles(together)} alone single nobody out; beside an identifier or an address kept with them they are personal data"
    return replace(
        ruling,
        outcome="undecided",
        clauses=(case.regime.clause("4(1)"), *ruling.clauses),
        because=(why, *ruling.because),
        missing=(f"whether {case.name} can put this together with an identifier of the device or the person", *ruling.missing),
    )


def _verdict(case: Case, word: Word, ruling: Ruling, jurisdiction: Jurisdiction, stretch: Stretch) -> Verdict:
    as_of = case.day.isoformat() if stretch.first else UNKNOWN_DAY
    shown = (case.recipient.id, word, jurisdiction.id, as_of, ruling.outcome, ruling.kinds)
    clauses = tuple(dict.fromkeys(ruling.clauses))
    return Verdict(
        notes=tuple(sorted(ruling.notes | ({"law-assumed"} if case.assumed else set()))),
        id=_id(shown, clauses),
        recipient=case.recipient.id,
        kinds=ruling.kinds,
        question=word,
        outcome=ruling.outcome,
        as_of=as_of,
        jurisdiction=jurisdiction.id,
        clauses=clauses,
        because=ruling.because,
        missing=tuple(dict.fromkeys(ruling.missing)),
        disclosures=ruling.disclosures,
    )


def _id(shown: tuple[object, ...], clauses: tuple[Clause, ...]) -> str:
    from hashlib import sha256

    text = json.dumps([shown, [(c.law, c.article) for c in clauses]])
    return "v-" + sha256(text.encode()).hexdigest()[:12]


@cache
def _jurisdictions() -> tuple[Jurisdiction, ...]:
    return plugins("vuoto.transfers.jurisdictions", Jurisdiction, "JURISDICTION")


@cache
def _questions() -> tuple[Question, ...]:
    return plugins("vuoto.transfers.questions", Question, "QUESTION")
