"""GDPR art. 45: the decisions on adequate protection in a country, held against the day."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vuoto.facts.countries import country_cited
from vuoto.facts.verdicts import Clause
from vuoto.transfers.case import Case, Reasoning
from vuoto.transfers.lawbook import Decision


def whole_country(case: Case, country: str, reasoning: Reasoning) -> bool:
    """Whether a decision for the whole country was in force (art. 45(3)). Cites it, or says that there was none."""
    decisions = case.law.in_force(country, case.day, "adequacy")
    for decision in decisions:
        if decision.scope == "whole-jurisdiction" and not _efta_step_missing(case, decision):
            # Art. 45(1): such a transfer needs no specific authorisation.
            reasoning.cite("45")
            reasoning.cite(_cited(decision))
            reasoning.so(f"An adequacy decision for {country_cited(country)} was in force on {case.day}: {decision.instrument}")
            reasoning.so(*(f"Of that decision: {c}" for c in decision.conditions))
            return True
    return False


def named_decision(case: Case, country: str, reasoning: Reasoning) -> str | None:
    """Whether the decision that the declaration names was in force: `adequate`, `not`, `open`, or `None` where it names none."""
    tool = case.declared.transfer if case.declared else None
    if tool is None or tool.tool != "adequacy":
        return None
    reasoning.cite("45")
    if tool.reference is None:
        reasoning.so("The declaration relies on an adequacy decision and does not say which")
        reasoning.need("which adequacy decision is relied on")
        return None
    found = [d for d in case.law.decisions if d.kind == "adequacy" and _is_named(d, tool.reference)]
    if not found:
        reasoning.so(f'The declaration relies on "{tool.reference[:80]}", which is no adequacy decision that the law table knows')
        reasoning.need("which adequacy decision is relied on")
        return None
    fitting = [d for d in found if d.country == country or d.scope == "international-organisation"]
    if not fitting:
        reasoning.cite(_cited(found[0]))
        reasoning.so(f"The decision that the declaration names ({found[0].name}) is not about {country_cited(country)}")
        return "not"
    held = [d for d in fitting if d.holds(case.day)]
    if not held:
        # Art. 45(3), (5): a decision counts from its first day to its last.
        decision = fitting[-1]
        reasoning.cite(_cited(decision))
        reasoning.so(_not_in_force(decision, case))
        return "not"
    decision = held[-1]
    reasoning.cite(_cited(decision))
    if _efta_step_missing(case, decision):
        reasoning.need(decision.efta_question or "")
        return "open"
    if (tool.since and case.day < tool.since) or (tool.until and case.day > tool.until):
        reasoning.so(f"The declaration relies on {decision.instrument} {_window(tool.since, tool.until)}, not on {case.day}")
        return None
    reasoning.so(f"The declaration names {decision.instrument}, {decision.name}, in force on {case.day}")
    reasoning.so(*(f"Of that decision: {c}" for c in decision.conditions))
    if decision.question:
        reasoning.note("cover-unproven")
        reasoning.need(f"proof that it covers the recipient: {decision.question}")
    return "adequate"


def open_scope(case: Case, country: str, reasoning: Reasoning) -> bool:
    """Whether a decision was in force that covers some recipients or processing only, so that a fact is missing."""
    partial = [
        d
        for d in case.law.in_force(country, case.day, "adequacy")
        if d.scope != "whole-jurisdiction" or _efta_step_missing(case, d)
    ]
    for decision in partial:
        # Art. 45(3): "a territory or one or more specified sectors within a third country".
        reasoning.cite("45")
        reasoning.cite(_cited(decision))
        reasoning.so(
            f"The adequacy decision in force on {case.day}, {decision.instrument}, covers a part of {country_cited(country)} only"
        )
        for question in (decision.question, decision.efta_question if _efta_step_missing(case, decision) else None):
            if question:
                reasoning.need(question)
    return bool(partial)


def none_in_force(case: Case, country: str, reasoning: Reasoning) -> None:
    """Say that no decision was in force, and which had been."""
    reasoning.cite("45")
    reasoning.so(f"No adequacy decision for {country_cited(country)} was in force on {case.day}")
    for decision in case.law.ended(country, case.day):
        reasoning.cite(_cited(decision))
        reasoning.so(f"{decision.instrument}, {decision.name}, had ended on {decision.last} ({decision.end_reason})")


def _cited(decision: Decision) -> Clause:
    until = f" to {decision.last}" if decision.last else ""
    return decision.clause("art. 1", f"{decision.name}: adequate protection within its scope, from {decision.first}{until}.")


def _efta_step_missing(case: Case, decision: Decision) -> bool:
    return case.regime.efta and decision.efta_question is not None


def _not_in_force(decision: Decision, case: Case) -> str:
    named = f"The decision that the declaration names, {decision.instrument}, {decision.name}, was not in force on {case.day}"
    if case.day < decision.first:
        return f"{named}: it began on {decision.first}"
    return f"{named}: it ended on {decision.last} ({decision.end_reason})"


def _window(since: object, until: object) -> str:
    return " ".join(filter(None, (f"from {since}" if since else "", f"until {until}" if until else "")))


def _is_named(decision: Decision, reference: str) -> bool:
    number = _number(decision.instrument)
    if number and number in set(_numbers(reference)):
        return True
    return _plain(reference) in {_plain(word) for word in (decision.id, *decision.aliases)}


def _numbers(text: str) -> Iterable[str]:
    return re.findall(r"(?<!\d)\d{4}/\d{1,4}(?!\d)", text)


def _number(instrument: str) -> str | None:
    # "amends (EU) 2021/1772" names another act's number, not its own.
    return None if "amends" in instrument else next(iter(_numbers(instrument)), None)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
