"""Whether data could leave a country that keeps a list of its own of the countries that it holds adequate.

The list is held against the day like the decisions of the Commission. Where it is not known whole, nothing follows from the
absence of a country: the answer is undecided.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.countries import country_cited
from vuoto.facts.declarations import TransferTool
from vuoto.transfers.by_country import decide_by_country
from vuoto.transfers.case import Case, Reasoning, Ruling, capital
from vuoto.transfers.listing import Listing
from vuoto.transfers.no_basis import without_basis
from vuoto.transfers.safeguards import declared_derogation


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A country with a list of its own."""

    country: str
    """ISO 3166-1 alpha-2."""

    by: str
    """Its list in the law table: the id of the jurisdiction."""

    adequacy: str
    """Its list, as a sentence names it."""

    safeguard: Callable[[Case, TransferTool, Reasoning], bool]
    """Whether the tool is clearly one of its safeguards on that day; gives its reasons and missing facts."""


def decide_by_list(case: Case, home: Home) -> Ruling:
    """The answer to `transfer` under the law of `home`."""
    reasoning = Reasoning(case)
    reasoning.cite("3")
    reasoning.so(*case.why_applies)
    reasoning.need(*case.applies_missing)
    if case.declared:
        reasoning.so(f'{case.name} is declared as "{case.declared.name}", {case.declared.role}')
    elif case.declaration:
        reasoning.so(f"No declared recipient for {case.name}")
    countries = [c for c in dict.fromkeys((case.declared_country, case.observed_country)) if c]
    reasoning.cite("44")
    if not countries:
        reasoning.so(f"The country in which {case.name} receives the data is not known")
        reasoning.need(f"the country in which {case.name} receives the data")
        return reasoning.rule("undecided")
    return decide_by_country(case, reasoning, countries, lambda country: _to_country(case, home, country))


def _to_country(case: Case, home: Home, country: str) -> Ruling:
    reasoning = Reasoning(case)
    if country == home.country:
        # Nothing leaves the territory; the contract's word for "no third country is involved".
        reasoning.so(f"{case.name} receives the data in {country_cited(home.country)} itself: no third country is involved")
        return reasoning.rule("within-eea")
    reasoning.so(f"{case.name} receives the data in {country_cited(country)}, outside {country_cited(home.country)}")
    rows = case.law.listed(home.by, country, case.day)
    tool = case.declared.transfer if case.declared else None
    for row in rows:
        if row.scope == "whole-jurisdiction" or _is_named(case, row, tool):
            return _adequate(case, home, country, row, reasoning)
    if tool and tool.tool == "derogation" and declared_derogation(case, tool, reasoning):
        return reasoning.rule("declared-derogation")
    if tool and tool.tool not in {"derogation", "adequacy"}:
        reasoning.cite("46")
        if _within(case, tool):
            if home.safeguard(case, tool, reasoning):
                return reasoning.rule("declared-safeguard")
        else:
            reasoning.so(f"The declaration names a safeguard for other days than {case.day}")
    reasoning.cite("45")
    if rows:
        reasoning.note("cover-unproven")
        for row in rows:
            reasoning.cite(row.clause())
            reasoning.so(f"{row.instrument}, in force on {case.day}, covers a part of {country_cited(country)} only")
            reasoning.need(row.question or "")
        return reasoning.rule("undecided")
    return _not_listed(case, home, country, tool, reasoning)


def _adequate(case: Case, home: Home, country: str, row: Listing, reasoning: Reasoning) -> Ruling:
    reasoning.cite("45")
    reasoning.cite(row.clause())
    reasoning.so(
        f"{capital(country_cited(country))} was covered by {home.adequacy} on {case.day}: {row.instrument}, {row.article}"
    )
    reasoning.so(*(f"Of that row: {c}" for c in row.conditions))
    if row.question:
        reasoning.note("cover-unproven")
        reasoning.need(f"proof that it covers the recipient: {row.question}")
    kept = case.law.list_kept(home.by)
    if kept and kept.last and case.day > kept.last:
        reasoning.need(f"whether anything changed in {home.adequacy} after {kept.last}, up to which day that is known here")
    return reasoning.rule("adequate")


def _not_listed(case: Case, home: Home, country: str, tool: TransferTool | None, reasoning: Reasoning) -> Ruling:
    named = country_cited(country)
    kept = case.law.list_kept(home.by)
    if kept and kept.holds(case.day):
        reasoning.so(f"{capital(named)} was not covered by {home.adequacy} on {case.day}")
        if tool is None or tool.tool in {"adequacy", "derogation"}:
            return without_basis(case, country, reasoning)
        # A tool is declared; what is open is whether it is one of this law, and that was asked above.
        return reasoning.rule("undecided")
    if kept and kept.last and case.day > kept.last:
        reasoning.so(f"{capital(named)} was not covered by {home.adequacy} on {kept.last}, up to which day that is known here")
    else:
        reasoning.so(f"The law table does not hold {home.adequacy}")
    reasoning.need(f"whether {home.adequacy} covered {named} on that day")
    if tool is None:
        reasoning.so("No declared basis found" if case.declaration else "No declared basis found: no declaration was given")
        reasoning.need("which safeguard or derogation the controller relies on, if any")
    return reasoning.rule("undecided")


def _is_named(case: Case, row: Listing, tool: TransferTool | None) -> bool:
    """Whether the declaration relies on that row for that day."""
    if tool is None or tool.tool != "adequacy" or tool.reference is None or not _within(case, tool):
        return False
    return _plain(tool.reference) in {_plain(word) for word in (row.id, row.instrument, *row.aliases)}


def _within(case: Case, tool: TransferTool) -> bool:
    return (tool.since is None or tool.since <= case.day) and (tool.until is None or case.day <= tool.until)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
