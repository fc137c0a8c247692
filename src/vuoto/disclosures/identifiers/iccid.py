"""ICCID: the number of the SIM card (ITU-T E.118 §4; ETSI TS 102 221 §13.2)."""

from __future__ import annotations

import re

from vuoto.disclosures.checks import luhn
from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases
from vuoto.disclosures.numbering import country_code


def read(value: str) -> Reading | None:
    """18 to 20 digits from 89, the major industry identifier of telecommunications; a trailing F fills the last half octet."""
    text = value.strip().replace(" ", "").replace("-", "").upper()
    if len(text) > 21:
        return None
    digits = text.rstrip("F")
    if not (digits.isascii() and digits.isdigit() and 18 <= len(digits) <= 20) or not digits.startswith("89"):
        return None
    if len(set(digits)) <= 3:
        return None
    if country_code(digits[2:]) is None:
        return Reading(digits, "fails", f"{len(digits)} digits from 89, but no country code follows (ITU-T E.118 §4)")
    if len(digits) == 18:
        return Reading(digits, "none", "18 digits from 89 and a country code, an ICCID without its check digit (ITU-T E.118 §4)")
    if not luhn(digits):
        return Reading(digits, "fails", f"{len(digits)} digits from 89, but the Luhn check digit does not hold (ITU-T E.118 §4)")
    return Reading(
        digits, "holds", f"{len(digits)} digits from 89 and a country code, the Luhn check digit holds (ITU-T E.118 §4)"
    )


IDENTIFIER = Identifier(
    kind="iccid",
    names=phrases(
        "iccid, icc id, sim serial, sim serial number, icc serial number, sim serialnumber, sim sn, simsn, icc",
        "sim serial no, sim serial num, sim serialno",
        "integrated circuit card identity, integrated circuit card identifier, integrated circuit card id",
        "iccid number, sim card number, simcard id, sim card id, uicc id, sim card serial number, sim card serial",
    ),
    hints=phrases("sim, sim id, sim number, sim card, card id, card no, card number, sim no, serial number, serial"),
    read=read,
    anywhere=phrases("iccid, icc id, ccid, sim serial, sim serial number"),
    bare=(Bare(b"0" * 19, "digits", re.compile(r"(?<![\w.+-])89\d{17,18}F?(?![\w.-])", re.ASCII), "possible"),),
    hashed=True,
    clause="ITU-T E.118 §4; ETSI TS 102 221 §13.2",
    reasoning="It names one SIM card, and with it the person who holds the contract.",
    limitations="Nineteen digits from 89 whose Luhn sum holds occur among random 64-bit numbers; alone and nameless: possible.",
)
