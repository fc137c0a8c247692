"""IMEISV: IMEI with the software version instead of the check digit (3GPP TS 23.003 §6.2.2)."""

from __future__ import annotations

from vuoto.disclosures.checks import bare_digits
from vuoto.disclosures.identifier import Identifier, Reading, phrases
from vuoto.disclosures.identifiers.imei import REPORTING_BODIES


def read(value: str) -> Reading | None:
    """16 digits: type allocation code, serial number, software version number."""
    digits = bare_digits(value, 16)
    if digits is None or len(digits) != 16 or len(set(digits)) <= 2:
        return None
    if digits[:2] not in REPORTING_BODIES:
        return Reading(digits, "fails", f"16 digits, but no reporting body has the prefix {digits[:2]}")
    return Reading(digits, "holds", "16 digits, the reporting body exists (3GPP TS 23.003 §6.2.2)")


IDENTIFIER = Identifier(
    kind="imeisv",
    names=phrases("imeisv, imei sv, imei software version"),
    hints=phrases("imei"),
    anywhere=phrases("imeisv"),
    read=read,
    hashed=True,
    clause="3GPP TS 23.003 §6.2.2",
    reasoning="Its first fourteen digits name one telephone for its whole life.",
    limitations="It has no check digit; without a name it cannot be told from any number of sixteen digits.",
)
