"""The EU and the EEA: the GDPR, before it Directive 95/46/EC, and the ePrivacy Directive.

The GDPR applies from 25 May 2018 (art. 99(2)), in Iceland, Liechtenstein and Norway from 20 July 2018. Not read: national law.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from vuoto.transfers.chapter_v import decide
from vuoto.transfers.jurisdiction import Jurisdiction
from vuoto.transfers.lawbook import Lawbook
from vuoto.transfers.regime import Regime, clauses

_EPRIVACY_SOURCE = "http://data.europa.eu/eli/dir/2002/58/oj"

GDPR: Final = Regime(
    name="the GDPR",
    clauses=clauses(
        "GDPR",
        "http://data.europa.eu/eli/reg/2016/679/oj",
        {
            "3": (
                "art. 2 and 3",
                "It applies to who is established in the Union, and to those who offer to people there or watch them.",
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
            "44": ("art. 44", "Data may go to a third country only as chapter V allows."),
            "45": ("art. 45", "They may where the Commission has decided that the country protects them adequately."),
            "46": ("art. 46", "They may where the exporter provides appropriate safeguards."),
            "49": ("art. 49(1)", "They may exceptionally, on a derogation for a specific situation."),
        },
    )
    | clauses(
        "ePrivacy Directive",
        _EPRIVACY_SOURCE,
        {
            "5(3)": (
                "art. 5(3), as amended by Directive 2009/136/EC",
                "Reading what a terminal stores needs consent, unless to carry a communication or a service asked for needs it.",
            )
        },
    ),
)

_DIRECTIVE_CLAUSES = clauses(
    "Directive 95/46/EC",
    "http://data.europa.eu/eli/dir/1995/46/oj",
    {
        "3": ("art. 4(1)", "The law of the member state applies in which the controller is established or uses equipment."),
        "4(1)": ("art. 2(a)", "Personal data are whatever relates to a person who can be identified, directly or indirectly."),
        "5(1)(c)": ("art. 6(1)(c)", "Data are adequate, relevant and not excessive for the purpose."),
        "13": ("art. 10 and 11", "People are told the purposes and, as far as fairness asks, the recipients."),
        "32": ("art. 17(1)", "Data are protected as the risk asks, above all on their way through a network."),
        "44": ("art. 25(1)", "Data may go to a third country only if it protects them adequately."),
        "45": ("art. 25(6)", "The Commission may find that it does."),
        "46": ("art. 26(2) and (4)", "They may go on adequate safeguards such as contractual clauses."),
        "49": ("art. 26(1)", "They may go on one of the exceptions listed."),
    },
)

DIRECTIVE: Final = Regime(name="Directive 95/46/EC", clauses=_DIRECTIVE_CLAUSES | {"5(3)": GDPR.clause("5(3)")}, modern=False)

DIRECTIVE_BEFORE_2011: Final = Regime(
    name="Directive 95/46/EC",
    clauses=_DIRECTIVE_CLAUSES
    | clauses(
        "ePrivacy Directive",
        _EPRIVACY_SOURCE,
        {"5(3)": ("art. 5(3), first version", "Before a terminal is read, people are told and may refuse.")},
    ),
    modern=False,
    consent_on_device=False,
)

# Directive 2009/136/EC art. 4(1): to be applied from 25 May 2011.
_CONSENT_FROM = date(2011, 5, 25)
_GDPR_FROM = date(2018, 5, 25)

_EFTA_CAVEAT = {"5(3)": "whether the amendment of 2009 to art. 5(3) held in that EEA EFTA state on that day"}


def _governs(law: Lawbook, country: str, day: date) -> Regime | None:
    membership = law.membership(country, day)
    if membership:
        regime = GDPR if membership.law == "gdpr" else _directive(day)
        return replace(regime, efta=True, caveats=_EFTA_CAVEAT) if membership.body == "EEA" else regime
    if any(d.union_law_applies for d in law.in_force(country, day, "not-a-third-country")):
        return GDPR  # Withdrawal Agreement art. 127
    return None


def _directive(day: date) -> Regime:
    return DIRECTIVE if day >= _CONSENT_FROM else DIRECTIVE_BEFORE_2011


def _assumed(day: date) -> Regime:
    return GDPR if day >= _GDPR_FROM else _directive(day)


JURISDICTION = Jurisdiction(id="eu", name="the EU or the EEA", governs=_governs, transfer=decide, assumed=_assumed)
