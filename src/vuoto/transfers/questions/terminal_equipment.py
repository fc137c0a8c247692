"""May it be read from the device at all? ePrivacy Directive art. 5(3): consent, unless strictly necessary."""

from __future__ import annotations

from datetime import date

from vuoto.facts.declarations import Processing
from vuoto.facts.verdicts import Clause
from vuoto.facts.vocabulary import kind_of
from vuoto.transfers.case import Case, Reasoning, Ruling, titles
from vuoto.transfers.declared import purposes
from vuoto.transfers.question import Question

_EDPB_2_2023 = Clause(
    law="EDPB Guidelines 2/2023 v2.0 (7 October 2024)",
    article="unique identifiers",
    says="Software on the device that sends identifiers stored there, at whoever's instruction, gains access to them.",
    source="https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/"
    "guidelines-22023-technical-scope-art-53-eprivacy-directive_en",
    rests_on="pages that restate the guidelines",
)

_STORED_FAMILIES = frozenset({"device", "subscriber", "network", "software", "place"})
_STORED_KINDS = frozenset({"installed_apps", "contact", "browsing_history"})
"""What software reads from the device; what a person types into a form is not read from it."""


def _decide(case: Case) -> tuple[Ruling, ...]:
    kinds = [k for k in case.kinds if kind_of(k).family in _STORED_FAMILIES or k in _STORED_KINDS]
    groups: dict[str, list[str]] = {}
    for kind in kinds:
        groups.setdefault(_standing(case, kind), []).append(kind)
    return tuple(_rule(case, standing, group) for standing, group in sorted(groups.items()))


def _standing(case: Case, kind: str) -> str:
    if case.declaration is None:
        return "no declaration"
    uses = [p for p in purposes(case.declaration, case.declared) if kind in p.data] if case.declared else []
    if not uses:
        return "no purpose"
    return "agreed" if any(_agreed(case, p) for p in uses) else "other basis"


def _agreed(case: Case, purpose: Processing) -> bool:
    return purpose.legal_basis == "consent" if case.regime.consent_on_device else purpose.opt_out


def _rule(case: Case, standing: str, kinds: list[str]) -> Ruling:
    listed = titles(kinds)
    wanted = "consent" if case.regime.consent_on_device else "a right to refuse"
    necessary = f"whether sending {listed} was strictly necessary for a service that the person had asked for"
    reasoning = Reasoning(case)
    reasoning.cite("5(3)")
    if case.regime.edpb and case.regime.consent_on_device:
        reasoning.cite_guidance(_EDPB_2_2023, date(2024, 10, 7))
    if "5(3)" in case.regime.caveats:
        reasoning.need(case.regime.caveats["5(3)"])
    reasoning.so(f"{listed} {'are' if len(kinds) > 1 else 'is'} read from the device by software")
    if standing == "agreed":
        # Art. 5(3), first sentence: the user has given consent (or could refuse).
        reasoning.so(f"The declaration names {wanted} for sending this to {case.name}")
        reasoning.need(f"proof of that {wanted.removeprefix('a ')}")
        return reasoning.rule("declared", kinds)
    if standing == "other basis":
        # Art. 5(3), second sentence: strictly necessary for a service explicitly requested.
        reasoning.so(f"The declaration sends this to {case.name} on another basis than {wanted}")
        reasoning.need(necessary)
        return reasoning.rule("undecided", kinds)
    if standing == "no purpose":
        reasoning.so(f"The declaration names no purpose, and so no {wanted.removeprefix('a ')}, for sending this to {case.name}")
        reasoning.need(
            f"whether the person had {'given consent' if case.regime.consent_on_device else 'been told and could refuse'}",
            necessary,
        )
        return reasoning.rule("no-declared-basis", kinds)
    reasoning.so("No declaration was given")
    reasoning.need(f"the controller's declaration: on {wanted}, or as strictly necessary", necessary)
    return reasoning.rule("undecided", kinds)


QUESTION = Question(id="terminal-equipment", decide=_decide)
