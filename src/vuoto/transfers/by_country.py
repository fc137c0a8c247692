"""One answer for a recipient in one country or, where the declaration and the registers disagree, in two."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vuoto.facts.countries import country_cited
from vuoto.transfers.case import Case, Reasoning, Ruling


def decide_by_country(case: Case, reasoning: Reasoning, countries: Sequence[str], to_country: Callable[[str], Ruling]) -> Ruling:
    """The ruling that holds for each of `countries` (ISO 3166-1 alpha-2, the declared one first), else `undecided`.

    `reasoning` is what was said so far and is continued; `to_country` rules on one country.
    """
    rulings = [to_country(country) for country in countries]
    first, last = rulings[0], rulings[-1]
    if len(rulings) > 1:
        reasoning.so(
            f"The declaration names {country_cited(countries[0])} as its country, the registers {country_cited(countries[1])}"
        )
    reasoning.follow(first)
    if last.outcome in {first.outcome, "within-eea"}:
        # A server at home does not change that an importer in a third country receives the data (EDPB 05/2021).
        return reasoning.rule(first.outcome)
    reasoning.follow(last)
    reasoning.need(f"the country in which {case.name} receives the data")
    return reasoning.rule("undecided")
