"""MEID: the number of a CDMA telephone (3GPP2 S.R0048-A §3)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases

_HEX: Final = re.compile(r"[0-9a-f]{14}", re.IGNORECASE)
_PSEUDO_ESN: Final = re.compile(r"80[0-9a-f]{6}", re.IGNORECASE)
_URN: Final = re.compile(r"urn:(?:device-id:)?meid:(?=[0-9a-f]{14}\Z)", re.IGNORECASE)
_WITHIN: Final = re.compile(r"urn:device-id:meid:[0-9a-f]{14}(?![0-9a-z])", re.IGNORECASE)
"""Its name as a URN (RFC 8464 §4)."""


def read(value: str) -> Reading | None:
    """14 hexadecimal digits; the regional code of a MEID begins with A to F, or is 99 (S.R0048-A §3.1)."""
    text = value.strip('<> "')
    if _URN.match(text):
        text = text.rpartition(":")[2]
    if _HEX.fullmatch(text) and len(set(text.lower())) > 2:
        if text[0] in "abcdefABCDEF":
            return Reading(text.upper(), "holds", "14 hexadecimal digits with a regional code A0 to FF (3GPP2 S.R0048-A §3.1)")
        if text.isdigit():
            return Reading(text, "none", "14 digits, as in an IMEI without its check digit (3GPP2 S.R0048-A §3.1)")
        return Reading(text.upper(), "fails", "14 hexadecimal digits, but no regional code of a MEID (3GPP2 S.R0048-A §3.1)")
    if len(text) == 18 and text.isascii() and text.isdigit() and int(text[:10]) < 1 << 32 and int(text[10:]) < 1 << 24:
        return Reading(text, "none", "18 digits, the decimal form of a MEID (3GPP2 S.R0048-A §3.2)")
    if _PSEUDO_ESN.fullmatch(text):
        return Reading(
            text.upper(), "none", "8 hexadecimal digits beginning with 80, a pseudo-ESN made from a MEID (3GPP2 C.S0072)"
        )
    return None


IDENTIFIER = Identifier(
    kind="meid",
    names=phrases("meid, mobile equipment id, mobile equipment identifier, esn, pesn"),
    hints=("imei",),
    anywhere=("meid",),
    vague=phrases("device id, did, hardware id"),
    read=read,
    bare=(Bare(b"device-id:meid:", "digits", _WITHIN, "validated", "validated"),),
    hashed=True,
    clause="3GPP2 S.R0048-A §3",
    reasoning="It names one telephone for its whole life.",
    limitations="Clients put an IMEI into a field of this name on GSM and LTE telephones; the check tells which it is.",
)
