"""The end of the way: the country is not adequate, and no safeguard or derogation was declared that holds."""

from __future__ import annotations

from datetime import date
from typing import Final

from vuoto.facts.countries import country_cited
from vuoto.facts.verdicts import Clause
from vuoto.facts.vocabulary import kind_of
from vuoto.transfers.case import Case, Reasoning, Ruling, capital, titles

EDPB_5_2021: Final = Clause(
    law="EDPB Guidelines 05/2021 v2.0 (14 February 2023)",
    article="section 2",
    says="A transfer has an exporter under the GDPR, another importer that receives the data, and a third country; "
    "what a person gives directly and of their own accord is none.",
    source="https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/"
    "guidelines-052021-interplay-between-application-article-3_en",
    rests_on="pages of three law firms that restate the guidelines",
)

_OWN_INITIATIVE: Final = frozenset({"email", "phone_number", "person_name", "account", "credential", "message_content"})
"""Kinds that a person may have typed. The others are read and sent by software, whatever the person wanted."""


def without_basis(case: Case, country: str, reasoning: Reasoning) -> Ruling:
    """The answer where nothing found carries a transfer to `country`, with what may still speak against there being one."""
    reasoning.cite("46")
    reasoning.cite("49")
    if case.regime.modern and case.regime.edpb:
        # The guidelines read chapter V of the GDPR, not the directive before it.
        reasoning.cite_guidance(EDPB_5_2021, date(2023, 2, 14))
    _say_nothing_declared(case, reasoning)
    reasoning.need(f"who receives it at {case.name}, and for whom: another controller or processor than the exporter")
    territory = case.law.territory(country)
    if territory and territory.own_law:
        # Outside by the Treaties, but the state's own law may reach there: nothing is concluded from the map.
        reasoning.so(f"{capital(country_cited(country))} lies outside ({territory.note})")
        reasoning.need(
            f"whether the data protection law of {country_cited(territory.state)} applied in {country_cited(country)} on that day"
        )
        return reasoning.rule("undecided")
    if _same_legal_entity(case):
        # EDPB 05/2021, second criterion: an importer that is the exporter itself is none.
        reasoning.so(
            "The declaration names the controller itself as recipient: there may be no other importer, and so no transfer"
        )
        reasoning.need("whether both are one legal entity")
        return reasoning.rule("undecided")
    told = [k for k in case.kinds if k in _OWN_INITIATIVE]
    if told and all(k in _OWN_INITIATIVE or kind_of(k).family == "technical" for k in case.kinds):
        # EDPB 05/2021, examples on data collected from the person directly.
        reasoning.so(f"{titles(told)} may have been given by the person directly, which would be no transfer")
        reasoning.need("whether the person gave it directly and of their own accord")
        return reasoning.rule("undecided")
    if case.declaration is None:
        reasoning.need("the controller's declaration: which safeguard or derogation it relies on, if any")
    return reasoning.rule("no-declared-basis")


def _say_nothing_declared(case: Case, reasoning: Reasoning) -> None:
    if case.declaration is None:
        reasoning.so("No declared basis found: no declaration was given")
    elif case.declared is None:
        reasoning.so("No declared basis found: the recipient is not declared")
    elif case.declared.transfer is None:
        reasoning.so("No declared basis found: the declaration names no safeguard and no derogation for it")
    else:
        reasoning.so("No declared basis found that held on that day")


def _same_legal_entity(case: Case) -> bool:
    if case.declaration is None or case.declared is None or case.declared.role != "controller":
        return False
    return case.declared.name.casefold().startswith(case.declaration.controller.name.casefold())
