"""Switzerland: the Federal Act on Data Protection (FADP), revised on 1 September 2023.

In the law table: the list of countries in annex 1 of the Data Protection Ordinance, from that day up to one that it names. A
country that is not on it is `undecided` on a later day. The Commissioner's list before it bound nobody and is not in the table:
`undecided`.
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

_TELECOMMUNICATIONS = clauses(
    "Swiss Telecommunications Act",
    "https://www.fedlex.admin.ch/eli/cc/1997/2187_2187_2187/en",
    {"5(3)": ("art. 45c", "Data on someone else's device are processed only after telling them, and they may refuse.")},
    rests_on="general knowledge",
)

FADP_2023: Final = Regime(
    name="the revised Swiss FADP",
    clauses=clauses(
        "Swiss FADP (2020)",
        "https://www.fedlex.admin.ch/eli/cc/2022/491/en",
        {
            "3": ("art. 3", "It applies to what has an effect in Switzerland."),
            "4(1)": ("art. 5(a)", "Personal data are whatever relates to a person who is identified or can be."),
            "5(1)(c)": ("art. 6(2) and (3)", "Processing is proportionate and for the purpose stated."),
            "13": ("art. 19", "People are told the recipients, and the country where data go abroad."),
            "32": ("art. 8", "Data are protected as the risk asks."),
            "44": ("art. 16(1)", "Data may go abroad only as articles 16 and 17 allow."),
            "45": ("art. 16(1)", "They may go to a country that the Federal Council has found adequate."),
            "46": ("art. 16(2)", "They may go on appropriate safeguards."),
            "49": ("art. 17", "They may go exceptionally, on one of the exceptions listed."),
        },
        rests_on="general knowledge",
    )
    | _TELECOMMUNICATIONS,
    consent_on_device=False,
    edpb=False,
)

FADP_1992: Final = Regime(
    name="the Swiss FADP of 1992",
    clauses=clauses(
        "Swiss FADP (1992)",
        "https://www.fedlex.admin.ch/eli/cc/1993/1945_1945_1945/en",
        {
            "3": ("art. 2", "It applies to processing by private persons and federal bodies."),
            "4(1)": ("art. 3(a)", "Personal data are whatever relates to a person who is identified or can be."),
            "5(1)(c)": ("art. 4(2)", "Processing is proportionate."),
            "13": ("art. 4(4)", "That data are collected, and for what, must be evident to the person."),
            "32": ("art. 7", "Data are protected by adequate measures."),
            "44": ("art. 6(1)", "Data may not go abroad where that would seriously endanger the person."),
            "45": ("art. 6(1)", "They may go where the law there protects them adequately."),
            "46": ("art. 6(2)(a)", "They may go on sufficient safeguards, contracts above all."),
            "49": ("art. 6(2)(b) to (f)", "They may go in the single cases listed."),
        },
        rests_on="general knowledge",
    )
    | _TELECOMMUNICATIONS,
    modern=False,
    consent_on_device=False,
    edpb=False,
)

_REVISED_FROM = date(2023, 9, 1)
_FROM = date(1993, 7, 1)


def _governs(_law: Lawbook, country: str, day: date) -> Regime | None:
    if country != "CH" or day < _FROM:
        return None
    return FADP_2023 if day >= _REVISED_FROM else FADP_1992


def _safeguard(case: Case, tool: TransferTool, reasoning: Reasoning) -> bool:
    if tool.tool in {"code-of-conduct", "certification"} and not case.regime.modern:
        reasoning.so(f"The declaration names a {tool.tool}, which was no safeguard under {case.regime.name}")
        return False
    # Revised art. 16(2)(b) to (e); 1992 art. 6(2)(a) and (g).
    reasoning.so(f"The declaration names a safeguard: {tool.tool}")
    if tool.tool == "scc":
        reasoning.need("whether the clauses were adapted to Swiss law, as the Commissioner asks")
    else:
        reasoning.need("whether the Commissioner was told of it or approved it")
    return True


def _transfer(case: Case) -> Ruling:
    adequacy = (
        "Switzerland's list of adequate countries"
        if case.day >= _REVISED_FROM
        else "the Swiss Commissioner's list, which bound nobody"
    )
    return decide_by_list(case, Home(country="CH", by="ch", adequacy=adequacy, safeguard=_safeguard))


JURISDICTION = Jurisdiction(id="ch", name="Switzerland", governs=_governs, transfer=_transfer)
