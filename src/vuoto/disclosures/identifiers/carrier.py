"""The mobile operator: its name, or its MCC and MNC (ITU-T E.212)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases
from vuoto.disclosures.numbering import MOBILE_COUNTRY_CODES
from vuoto.disclosures.operators import is_operator

_CODE: Final = re.compile(r"(\d{3})[-_/]?(\d{2,3})")
_NAME: Final = re.compile(r"[^\W\d_][\w .&'+/-]{1,39}")


def read(value: str) -> Reading | None:
    """MCC and MNC, whose country code can be checked, or a name of 2 to 40 characters."""
    text = value.strip()
    if len(text) > 40 or is_missing(text) or text.lower() in ("android", "wifi", "mobile", "no service", "emergency calls only"):
        return None
    code = _CODE.fullmatch(text)
    if code is not None:
        if code[1] not in MOBILE_COUNTRY_CODES:
            return None
        return Reading(code[1] + code[2], "holds", f"the mobile country code {code[1]} exists (ITU-T E.212)")
    if is_operator(text):
        return Reading(text, "fits", "the brand of a mobile network")
    return Reading(text, "none", "a name, which has no check") if _NAME.fullmatch(text) else None


IDENTIFIER = Identifier(
    kind="carrier",
    names=phrases(
        "carrier name, network operator, network operator name, sim operator, sim operator name, operator name",
        "mobile operator, mobile carrier, mcc mnc, mccmnc, plmn, spn, home operator, network carrier, sim carrier",
        "cellular provider, service provider name, isp carrier, cell operator, telecom operator, carrier code",
        "sim carrier name, operator code, device carrier, sim spn, sim country operator",
    ),
    hints=phrases("carrier, operator, isp, isp name, provider, op, net operator, network name, sp name, vendor operator, telco"),
    anywhere=phrases("carrier, carrier name, operator, operator name"),
    shy=phrases("carrier, operator, isp"),
    company=phrases(
        "imei, imsi, mcc, mnc, network type, sim state, android id, device model, os version, model, os, manufacturer",
        "brand, device id, advertising id, connection type, mac address",
    ),
    read=read,
    clause="ITU-T E.212",
    reasoning="Alone it singles nobody out; with others it helps to recognise a device.",
    limitations="In shops and parcel services `carrier` is whoever carries the goods.",
)
