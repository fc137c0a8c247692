"""Whether data could leave a country whose own list of adequate countries the law table does not hold.

Then only what is clear is decided: that nothing left, or that the declaration names a tool. Everything else is undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.countries import country_cited
from vuoto.facts.declarations import TransferTool
from vuoto.transfers.case import Case, Reasoning, Ruling
from vuoto.transfers.safeguards import declared_derogation


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A country with a list of its own."""

    country: str
    """ISO 3166-1 alpha-2."""

    adequacy: str
    """Its list, as a sentence names it."""

    safeguard: Callable[[Case, TransferTool, Reasoning], bool]
    """Whether the tool is clearly one of its safeguards on that day; gives its reasons and missing facts."""


def decide_by_declaration(case: Case, home: Home) -> Ruling:
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
    if countries == [home.country]:
        # Nothing leaves the territory; the contract's word for "no third country is involved".
        reasoning.so(f"{case.name} receives the data in {country_cited(home.country)} itself: no third country is involved")
        return reasoning.rule("within-eea")
    names = " or ".join(country_cited(c) for c in countries)
    reasoning.so(f"{case.name} receives the data in {names}, outside {country_cited(home.country)}")
    tool = case.declared.transfer if case.declared else None
    if tool and tool.tool == "derogation" and declared_derogation(case, tool, reasoning):
        return reasoning.rule("declared-derogation")
    if tool and tool.tool not in {"derogation", "adequacy"}:
        reasoning.cite("46")
        if (tool.since is None or tool.since <= case.day) and (tool.until is None or case.day <= tool.until):
            if home.safeguard(case, tool, reasoning):
                return reasoning.rule("declared-safeguard")
        else:
            reasoning.so(f"The declaration names a safeguard for other days than {case.day}")
    reasoning.cite("45")
    reasoning.so(f"The law table does not hold {home.adequacy}")
    reasoning.need(f"whether {home.adequacy} covered {names} on that day")
    if tool is None:
        reasoning.so("No declared basis found" if case.declaration else "No declared basis found: no declaration was given")
        reasoning.need("which safeguard or derogation the controller relies on, if any")
    return reasoning.rule("undecided")
