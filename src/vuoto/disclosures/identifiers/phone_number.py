"""Telephone number (ITU-T E.164)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases
from vuoto.disclosures.numbering import country_code

_NUMBER: Final = re.compile(r"(?:tel:)?(\+|00)?([0-9][0-9 ()./-]{5,24})")
_IN_URI: Final = re.compile(r"(?:(?<=\bsip:)\+\d{8,15}(?=@)|(?<=\btel:)\+\d{8,15}(?![\d.]))", re.ASCII)
"""A global number in a SIP or tel URI (RFC 3261 §19.1.6, RFC 3966 §5.1.4): the subscriber, or who is called."""
_IN_MESSAGE: Final = re.compile(r"\+\d{8,15}(?=/TYPE=PLMN(?!\w))", re.ASCII)
"""Who sends or gets a multimedia message (OMA-TS-MMS_ENC §8)."""


def read_number(value: str) -> Reading | None:
    """Up to 15 digits (E.164 §6.1); with a plus its country code can be checked, without one nothing can."""
    text = value.strip()
    if len(text) > 32:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match[2])
    if not 7 <= len(digits) <= 15 or len(set(digits)) <= 2 or digits in "01234567890123456789":
        return None
    if match[1]:
        code = country_code(digits)
        if code is None:
            return Reading("+" + digits, "fails", "international form, but no country code follows (ITU-T E.164)")
        return Reading("+" + digits, "holds", f"international form with the country code {code} (ITU-T E.164 §6)")
    if "." in match[2] and (match[2].count(".") < 2 or any(len(group) < 2 for group in match[2].split("."))):
        return None  # a decimal number, a version
    return Reading(digits, "none", f"{len(digits)} digits, a national number or one without its plus (ITU-T E.164 §6)")


IDENTIFIER = Identifier(
    kind="phone_number",
    names=phrases(
        "phone, phone number, phone no, phone num, mobile number, mobile no, mobile phone, mobile phone number, tel",
        "telephone, telephone number, tel no, cell phone, cellphone, cell number, msisdn to, callee, caller number",
        "phonenumber, phone e164, contact phone, recipient phone, sms to, mobile, whatsapp number, called number",
    ),
    hints=phrases(
        "login, username, user name, account, user, recipient, sms address, message address, messages address",
        "to, from, receiver, sender, destination, dest, callee id, caller id, caller, called, calling",
    ),
    read=read_number,
    bare=(
        Bare(b"sip:+00000000", "digits", _IN_URI, "likely", "likely"),
        Bare(b"tel:+00000000", "digits", _IN_URI, "likely", "likely"),
        Bare(b"0/TYPE=PLMN", "digits", _IN_MESSAGE, "likely", "likely"),
    ),
    hashed=True,
    clause="ITU-T E.164 §6",
    reasoning="It reaches one person.",
    limitations="A number without a plus is told from other numbers by the field's name alone.",
)
