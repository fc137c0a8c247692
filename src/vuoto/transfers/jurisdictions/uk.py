"""The United Kingdom after the transition: the UK GDPR, from 1 January 2021. Before that day Union law applied: see `eu`.

Not in the law table: the adequacy regulations of the Secretary of State. Where they would decide, the answer is `undecided`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from vuoto.facts.declarations import TransferTool
from vuoto.transfers.by_declaration import Home, decide_by_declaration
from vuoto.transfers.case import Case, Reasoning, Ruling
from vuoto.transfers.jurisdiction import Jurisdiction
from vuoto.transfers.lawbook import Lawbook
from vuoto.transfers.regime import Regime, clauses

UK_GDPR: Final = Regime(
    name="the UK GDPR",
    clauses=clauses(
        "UK GDPR",
        "https://www.legislation.gov.uk/eur/2016/679/contents",
        {
            "3": (
                "art. 2 and 3",
                "It applies to who is established in the UK, and to those who offer to people there or watch them.",
            ),
            "4(1)": (
                "art. 4(1)",
                "Personal data are whatever relates to a person who can be identified, also by an identifier of a device.",
            ),
            "5(1)(c)": ("art. 5(1)(c)", "No more data than the purpose needs."),
            "13": (
                "art. 13(1)(e), 14(1)(d) and (e)",
                "People are told the recipients or their categories and, where data come from elsewhere, which data.",
            ),
            "32": ("art. 32(1)(a)", "Data are protected as the risk asks, by encryption among other means."),
            "44": ("chapter V", "Data may leave the UK only as chapter V allows."),
            "45": ("chapter V", "They may go to a country covered by UK adequacy regulations."),
            "46": ("art. 46", "They may go on appropriate safeguards."),
            "49": ("art. 49(1)", "They may go exceptionally, on a derogation for a specific situation."),
        },
        rests_on="general knowledge",
    )
    | clauses(
        "Privacy and Electronic Communications Regulations 2003",
        "https://www.legislation.gov.uk/uksi/2003/2426/contents",
        {
            "5(3)": (
                "regulation 6",
                "Reading what a terminal stores needs consent, unless to carry a communication or a service asked for needs it.",
            )
        },
        rests_on="general knowledge",
    ),
    edpb=False,
)

_FROM = date(2021, 1, 1)  # IP completion day was 31 December 2020, 23:00

# The International Data Transfer Agreement and the Addendum were issued under s. 119A DPA 2018, in force on this day.
_IDTA_FROM = date(2022, 3, 21)


def _governs(_law: Lawbook, country: str, day: date) -> Regime | None:
    return UK_GDPR if country == "GB" and day >= _FROM else None


def _safeguard(case: Case, tool: TransferTool, reasoning: Reasoning) -> bool:
    if tool.tool != "scc":
        # Art. 46(2)(b), (e), (f) and 46(3)(a).
        reasoning.so(f"The declaration names a safeguard: {tool.tool}")
        reasoning.need("the Commissioner's approval of it")
        return True
    reference = (tool.reference or "").lower()
    if case.day >= _IDTA_FROM and ("idta" in reference or "addendum" in reference):
        reasoning.so("The declaration names the UK's own transfer agreement or addendum")
        reasoning.need("the agreement as concluded, and the transfer risk assessment")
        return True
    reasoning.so("The declaration names standard contractual clauses; those of the EU alone are not the UK's")
    reasoning.need("whether the UK's transfer agreement, its addendum, or older clauses still allowed were concluded")
    return False


def _transfer(case: Case) -> Ruling:
    return decide_by_declaration(case, Home(country="GB", adequacy="the UK's adequacy regulations", safeguard=_safeguard))


JURISDICTION = Jurisdiction(id="uk", name="the United Kingdom", governs=_governs, transfer=_transfer)
