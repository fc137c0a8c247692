"""Were people told? GDPR art. 13(1)(e), 14(1)(d) and (e): the recipients and the categories of data."""

from __future__ import annotations

from vuoto.transfers.case import Case, Reasoning, Ruling, titles
from vuoto.transfers.declared import declared_kinds
from vuoto.transfers.question import Question


def _decide(case: Case) -> tuple[Ruling, ...]:
    reasoning = Reasoning(case)
    reasoning.cite("13")
    if case.declaration is None:
        reasoning.so("No declaration was given")
        reasoning.need("the controller's declaration or notice: does it name this recipient and these kinds of data")
        return (reasoning.rule("undecided"),)
    if case.declared is None:
        # Art. 13(1)(e), 14(1)(e): the recipients or categories of recipients.
        reasoning.so(f"No declared recipient for {case.name}")
        reasoning.need("any other notice that names this recipient")
        return (reasoning.rule("undeclared"),)
    told = declared_kinds(case.declaration, case.declared)
    rulings = []
    for outcome, kinds in (
        ("declared", [k for k in case.kinds if k in told]),
        ("undeclared", [k for k in case.kinds if k not in told]),
    ):
        if not kinds:
            continue
        answer = Reasoning(case)
        answer.note("recipient-declared")
        answer.cite("13")
        if outcome == "declared":
            # Art. 13(1)(e): recipient and kinds are named.
            answer.so(f'{titles(kinds)} for "{case.declared.name}" ({case.name}) stand in the declaration')
            rulings.append(answer.rule("declared", kinds))
        else:
            # Art. 14(1)(d): the categories of data concerned.
            answer.so(f'"{case.declared.name}" ({case.name}) is declared, but not that it receives {titles(kinds)}')
            answer.need("any other notice that names these kinds of data")
            rulings.append(answer.rule("undeclared", kinds))
    return tuple(rulings)


QUESTION = Question(id="transparency", decide=_decide)
