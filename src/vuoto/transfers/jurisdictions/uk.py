"""The United Kingdom after the transition: the UK GDPR, from 1 January 2021. Before that day Union law applied: see `eu`.

From 5 February 2026 as amended by the Data (Use and Access) Act 2025. In the law table: the countries that Schedule 21 to the
Data Protection Act 2018 kept, and those of the Secretary of State's regulations, up to a day that it names. A country that is not
among them is `undecided` on a later day.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from vuoto.facts.declarations import TransferTool
from vuoto.transfers.by_list import Home, decide_by_list
from vuoto.transfers.case import Case, Reasoning, Ruling
from vuoto.transfers.jurisdiction import Jurisdiction
from vuoto.transfers.lawbook import Lawbook
from vuoto.transfers.regime import Regime, clauses

_GDPR_TEXT: Final = "https://www.legislation.gov.uk/eur/2016/679/contents"
_PECR_TEXT: Final = "https://www.legislation.gov.uk/uksi/2003/2426/contents"
_COMMENCEMENT: Final = "https://www.legislation.gov.uk/uksi/2026/82/regulation/2"
_READ: Final = "S.I. 2026/82 reg. 2 as a second site gives its text, and the Act's schedules as enacted; both read on 2026-11-24"

_COMMON: Final = clauses(
    "UK GDPR",
    _GDPR_TEXT,
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
        "46": ("art. 46", "They may go on appropriate safeguards."),
        "49": ("art. 49(1)", "They may go exceptionally, on a derogation for a specific situation."),
    },
    rests_on="general knowledge",
)

UK_GDPR: Final = Regime(
    name="the UK GDPR",
    clauses=_COMMON
    | clauses(
        "UK GDPR",
        _GDPR_TEXT,
        {
            "44": ("art. 44", "Data may leave the UK only as chapter V allows."),
            "45": ("art. 45", "They may go to a country covered by UK adequacy regulations (s. 17A Data Protection Act 2018)."),
        },
        rests_on="general knowledge",
    )
    | clauses(
        "Privacy and Electronic Communications Regulations 2003",
        _PECR_TEXT,
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

# Data (Use and Access) Act 2025, s. 85 with Schedule 7, and s. 112 with Schedule 12.
UK_GDPR_2026: Final = Regime(
    name="the UK GDPR",
    clauses=_COMMON
    | clauses(
        "UK GDPR",
        _COMMENCEMENT,
        {
            "44": (
                "art. 44A, in force from 5 February 2026",
                "Data may leave the UK where regulations approve the transfer, on appropriate safeguards, or on a derogation.",
            ),
            "45": (
                "art. 45A, in force from 5 February 2026",
                "They may go where regulations of the Secretary of State approve the transfer.",
            ),
        },
        rests_on=_READ,
    )
    | clauses(
        "Privacy and Electronic Communications Regulations 2003",
        _COMMENCEMENT,
        {
            "5(3)": (
                "regulation 6 and Schedule A1, in force from 5 February 2026",
                "Reading what a terminal stores needs information and consent, unless an exception of the Schedule holds.",
            )
        },
        rests_on=_READ,
    ),
    edpb=False,
)

_FROM = date(2021, 1, 1)  # IP completion day was 31 December 2020, 23:00
_AMENDED_FROM = date(2026, 2, 5)  # S.I. 2026/82 reg. 2(m) and (w)

# The International Data Transfer Agreement and the Addendum were issued under s. 119A DPA 2018, in force on this day.
_IDTA_FROM = date(2022, 3, 21)


def _governs(_law: Lawbook, country: str, day: date) -> Regime | None:
    if country != "GB" or day < _FROM:
        return None
    return UK_GDPR_2026 if day >= _AMENDED_FROM else UK_GDPR


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
    approving = "regulations that approve such transfers" if case.day >= _AMENDED_FROM else "adequacy regulations"
    return decide_by_list(case, Home(country="GB", by="uk", adequacy=f"the UK's {approving}", safeguard=_safeguard))


JURISDICTION = Jurisdiction(id="uk", name="the United Kingdom", governs=_governs, transfer=_transfer, changes=(_AMENDED_FROM,))
