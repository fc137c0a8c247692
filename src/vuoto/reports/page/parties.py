"""Who received it: what each register says, side by side, and what the law of the day says, with reasons and clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vuoto.facts.recipients import Recipient
from vuoto.facts.verdicts import Clause, Verdict
from vuoto.reports.page.element import Html, h
from vuoto.reports.page.table import Cell, table
from vuoto.reports.sentences import Account
from vuoto.reports.showing import (
    JURISDICTION_WORDS,
    OUTCOME_TONES,
    OUTCOME_WORDS,
    QUESTION_WORDS,
    capital,
    counted,
    country_title,
    country_words,
    kind_title,
    listed,
    reading_order,
    recipient_name,
)

MOST_RECIPIENTS: Final = 200
"""Accounts written out in full; `audit.json` holds all."""

# A web address inside a source's words, up to what ends it in prose.
_ADDRESS: Final = re.compile(r"(https?://[^\s,;()<>\"]+)")

MOST_ADDRESSES: Final = 12
MOST_VERDICTS: Final = 60


def parties(found: Sequence[Account]) -> Html | None:
    """The section, or nothing where nobody received anything."""
    if not found:
        return None
    more = len(found) - MOST_RECIPIENTS
    return h(
        "section",
        {"id": "recipients"},
        h("h2", None, "Who received it, and on what basis"),
        [_party(account, number) for number, account in enumerate(found[:MOST_RECIPIENTS])],
        h("p", {"class": "note"}, f"{counted(more, 'more recipient')}: audit.json holds all.") if more > 0 else None,
    )


def _party(account: Account, number: int) -> Html:
    who = account.recipient
    kinds = sorted({r.kind for r in account.rows}, key=reading_order)
    return h(
        "article",
        {"class": "party", "aria-labelledby": f"party-{number}"},
        h("h3", {"id": f"party-{number}"}, recipient_name(who), " ", h("span", {"class": "country"}, country_words(who))),
        h("p", None, f"Received {listed([kind_title(k) for k in kinds])}."),
        _registers(who),
        h("div", {"class": "verdicts"}, [_verdict(v) for v in account.verdicts[:MOST_VERDICTS]]),
        h("p", {"class": "note"}, f"{len(account.verdicts) - MOST_VERDICTS:,} more verdicts: audit.json holds all.")
        if len(account.verdicts) > MOST_VERDICTS
        else None,
    )


def _registers(who: Recipient) -> Html:
    """One line per register: who says what, and from which source. Registers may contradict each other; then that is said."""
    rows: list[tuple[str, str, str | None, str]] = []
    if who.domain_registry:
        rows.append(("Domain registry", who.domain_registry.name, who.domain_registry.country, who.domain_registry.source))
    if who.organisation:
        rows.append(("Organisation", who.organisation.name, who.organisation.country, who.organisation.source))
    for address in who.addresses[:MOST_ADDRESSES]:
        sources = "; ".join(address.sources)
        rows.append((f"Address registry, {address.ip}", address.ip, address.registry_country, sources))
        if address.asn is not None or address.as_name:
            system = " ".join(w for w in (f"AS{address.asn}" if address.asn is not None else "", address.as_name or "") if w)
            system += f", run by {address.operator}" if address.operator else ""
            rows.append((f"Network, {address.ip}", system, address.as_country, sources))
    rows += [
        ("Declaration", recipient_name(who), claim.country, "the declaration given")
        for claim in who.countries
        if claim.register == "declaration"
    ]
    named = who.places
    torn = (
        h("p", {"class": "torn"}, h("b", None, "The registers disagree: "), listed([country_title(c) for c in named]), ".")
        if len(named) > 1
        else None
    )
    caption = f"What the registers say of {recipient_name(who)}"
    return h(
        "div",
        None,
        torn,
        h("p", {"class": "note"}, f"{capital(who.country_why)}.") if who.country_why else None,
        table(caption, ("Register", "Says", "Country", "Source"), [_register(*row) for row in rows], named=0)
        if rows
        else h("p", {"class": "note"}, "No register says anything of it."),
    )


def _register(register: str, says: str, country: str | None, source: str) -> tuple[str | Cell, ...]:
    return register, says, country_title(country) if country else "not said", Cell(_linked(source), "source")


def _linked(source: str) -> list[Html | str]:
    """A source with its address as a link; it is followed by hand only, and tells nobody where from."""
    parts = _ADDRESS.split(source)
    return [h("a", {"href": part, "rel": "noreferrer"}, part) if place % 2 else part for place, part in enumerate(parts)]


def _verdict(verdict: Verdict) -> Html:
    law = JURISDICTION_WORDS.get(verdict.jurisdiction, verdict.jurisdiction)
    return h(
        "div",
        {"class": f"verdict {OUTCOME_TONES[verdict.outcome]}"},
        h(
            "h4",
            None,
            h("span", {"class": "question"}, f"{QUESTION_WORDS[verdict.question]}, {law}"),
            " ",
            h("span", {"class": "outcome"}, OUTCOME_WORDS[verdict.outcome]),
        ),
        h(
            "p",
            {"class": "note"},
            f"Law of {verdict.as_of}; about {listed([kind_title(k) for k in sorted(verdict.kinds, key=reading_order)])}.",
        )
        if verdict.kinds
        else h("p", {"class": "note"}, f"Law of {verdict.as_of}."),
        h("ul", None, [h("li", None, capital(reason)) for reason in verdict.because]) if verdict.because else None,
        h(
            "div",
            None,
            h("p", {"class": "label"}, "What would decide or change it"),
            h("ul", None, [h("li", None, capital(m)) for m in verdict.missing]),
        )
        if verdict.missing
        else None,
        h(
            "div",
            None,
            h("p", {"class": "label"}, "Applied"),
            h("ul", {"class": "clauses"}, [_clause(c) for c in verdict.clauses]),
        )
        if verdict.clauses
        else None,
    )


def _clause(clause: Clause) -> Html:
    name = f"{clause.law}, {clause.article}" if clause.article else clause.law
    linked = clause.source.startswith(("https://", "http://")) and " " not in clause.source
    return h(
        "li",
        None,
        h("a", {"href": clause.source, "rel": "noreferrer"}, name) if linked else h("b", None, name),
        f": {clause.says}",
        None if linked else f" ({clause.source})",
        h("span", {"class": "note"}, f" Rests on {clause.rests_on}.") if clause.rests_on else None,
    )
