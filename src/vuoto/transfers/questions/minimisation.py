"""Was it more than the declared purposes need? GDPR art. 5(1)(c), measured by what the declaration itself lists."""

from __future__ import annotations

from vuoto.transfers.case import Case, Reasoning, Ruling, titles
from vuoto.transfers.declared import declared_kinds, purposes
from vuoto.transfers.question import Question


def _decide(case: Case) -> tuple[Ruling, ...]:
    reasoning = Reasoning(case)
    reasoning.cite("5(1)(c)")
    if case.declaration is None:
        reasoning.so("No declaration was given: there is no declared purpose to measure by")
        reasoning.need("the controller's declaration: for which purposes, which kinds of data")
        return (reasoning.rule("undecided"),)
    if case.declared is None:
        # Art. 5(1)(b) and (c): without a purpose nothing is needed.
        reasoning.so(f"No declared purpose sends anything to {case.name}")
        reasoning.need(f"the purpose for which {titles(case.kinds)} would be needed there")
        return (reasoning.rule("undeclared"),)
    listed = declared_kinds(case.declaration, case.declared)
    within = [k for k in case.kinds if k in listed]
    beyond = [k for k in case.kinds if k not in listed]
    named = ", ".join(f'"{p.key}"' for p in purposes(case.declaration, case.declared)) or "none"
    rulings = []
    if within:
        answer = Reasoning(case)
        answer.cite("5(1)(c)")
        answer.so(f"{titles(within)} lie within what the declared purposes ({named}) list for {case.name}")
        rulings.append(answer.rule("declared", within))
    if beyond:
        answer = Reasoning(case)
        answer.cite("5(1)(c)")
        answer.so(f"{titles(beyond)} went to {case.name} beyond what the declared purposes ({named}) list")
        answer.need(f"the purpose for which {titles(beyond)} would be needed there")
        rulings.append(answer.rule("undeclared", beyond))
    return tuple(rulings)


QUESTION = Question(id="minimisation", decide=_decide)
