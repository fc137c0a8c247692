"""IMSI: the number of the subscription (3GPP TS 23.003 §2.2; ITU-T E.212)."""

from __future__ import annotations

from vuoto.disclosures.checks import bare_digits
from vuoto.disclosures.identifier import Identifier, Reading, phrases
from vuoto.disclosures.numbering import MOBILE_COUNTRY_CODES


def read(value: str) -> Reading | None:
    """14 or 15 digits that begin with a mobile country code."""
    digits = bare_digits(value.removeprefix("IMSI"), 15)
    if digits is None or len(digits) < 14 or len(set(digits)) <= 2 or digits in ("310260000000000", "123456789012345"):
        return None
    if digits[:3] not in MOBILE_COUNTRY_CODES:
        return Reading(digits, "fails", f"{len(digits)} digits, but {digits[:3]} is no mobile country code (ITU-T E.212)")
    return Reading(
        digits, "holds", f"{len(digits)} digits with the mobile country code {digits[:3]} (3GPP TS 23.003 §2.2, E.212)"
    )


IDENTIFIER = Identifier(
    kind="imsi",
    names=phrases(
        "imsi, imsi number, imsi id, imsi num, imsi no, imsi code, subscriber id, subscriber identity",
        "international mobile subscriber identity",
    ),
    hints=phrases("sim id, subscription id"),
    read=read,
    hashed=True,
    clause="3GPP TS 23.003 §2.2; ITU-T E.212",
    reasoning="It names one subscription, and with it the person who holds the contract.",
    limitations="It has no check digit, only a country code; so nothing but a name tells it from other numbers.",
)
