"""GDPR chapter V in a lawyer's order: whether the law applies, whether it is a transfer, which basis it had on that day."""

from __future__ import annotations

from vuoto.facts.countries import country_cited
from vuoto.transfers.adequacy import named_decision, none_in_force, open_scope, whole_country
from vuoto.transfers.by_country import decide_by_country
from vuoto.transfers.case import Case, Reasoning, Ruling, capital
from vuoto.transfers.no_basis import without_basis
from vuoto.transfers.safeguards import declared_derogation, declared_safeguard


def decide(case: Case) -> Ruling:
    """The answer to `transfer` under Union law."""
    reasoning = Reasoning(case)
    # Art. 2 and 3: material and territorial scope.
    reasoning.cite("3")
    reasoning.so(*case.why_applies)
    reasoning.need(*case.applies_missing)
    if not case.placed:
        return reasoning.rule("undecided")
    _say_recipient(case, reasoning)
    declared, observed = case.declared_country, case.observed_country
    countries = [c for c in dict.fromkeys((declared, observed)) if c]
    if not countries:
        # Art. 44 asks for a third country: which country it is decides everything after.
        reasoning.cite("44")
        why = case.recipient.country_why or "no register names one"
        reasoning.so(f"The country in which {case.name} receives the data is not known: {why}")
        claims = "; ".join(f"{c.register} says {country_cited(c.country)}" for c in sorted(case.recipient.countries))
        reasoning.need(f"the country in which {case.name} receives the data" + (f" ({claims})" if claims else ""))
        return reasoning.rule("undecided")
    return decide_by_country(case, reasoning, countries, lambda country: _to_country(case, country))


def _say_recipient(case: Case, reasoning: Reasoning) -> None:
    if case.declared:
        reasoning.so(f'{case.name} is declared as "{case.declared.name}", {case.declared.role}')
    elif case.declaration:
        reasoning.so(f"No declared recipient for {case.name}")
    if len(case.recipient.places) > 1:
        claims = "; ".join(f"{c.register}: {country_cited(c.country)}" for c in sorted(case.recipient.countries))
        reasoning.so(f"The registers disagree on the country of {case.name} ({claims})")


def _to_country(case: Case, country: str) -> Ruling:
    reasoning = Reasoning(case)
    if _no_third_country(case, country, reasoning):
        return reasoning.rule("within-eea")
    # Art. 44 and EDPB 05/2021, third criterion: the importer is in a third country.
    reasoning.cite("44")
    reasoning.so(f"{capital(country_cited(country))} was a third country on {case.day}")
    if whole_country(case, country, reasoning):
        return reasoning.rule("adequate")
    decision = named_decision(case, country, reasoning)
    if decision == "adequate":
        return reasoning.rule("adequate")
    tool = case.declared.transfer if case.declared else None
    if tool and tool.tool == "derogation":
        if declared_derogation(case, tool, reasoning):
            return reasoning.rule("declared-derogation")
    elif tool and tool.tool != "adequacy":
        answer = declared_safeguard(case, tool, reasoning)
        if answer != "no":
            return reasoning.rule("declared-safeguard" if answer == "yes" else "undecided")
    if open_scope(case, country, reasoning):
        if decision != "not":
            reasoning.note("cover-unproven")
            return reasoning.rule("undecided")
    else:
        none_in_force(case, country, reasoning)
    return without_basis(case, country, reasoning)


def _no_third_country(case: Case, country: str, reasoning: Reasoning) -> bool:
    membership = case.law.membership(country, case.day)
    if membership:
        territory = case.law.territory(country)
        place = (
            f"{country_cited(country)}, part of {country_cited(membership.country)} for Union law,"
            if territory
            else country_cited(country)
        )
        reasoning.so(f"{case.name} receives the data in {place} inside the EEA: no third country is involved")
        reasoning.cite("44")
        return True
    for act in case.law.in_force(country, case.day, "membership", "not-a-third-country"):
        # Withdrawal Agreement art. 126, 127; Trade and Cooperation Agreement art. 782.
        reasoning.cite("44")
        reasoning.cite(act.clause("", f"{act.name}: from {act.first} to {act.last} no third country in the sense of chapter V."))
        reasoning.so(f"On {case.day} {country_cited(country)} was not treated as a third country: {act.name}")
        return True
    return False
