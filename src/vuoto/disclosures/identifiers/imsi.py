"""IMSI: the number of the subscription (3GPP TS 23.003 §2.2; ITU-T E.212)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import bare_digits
from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases
from vuoto.disclosures.numbering import MOBILE_COUNTRY_CODES

_NETWORK: Final = re.compile(r"(?<!\d)\d{14,16}(?=@(?:[\w-]{1,32}\.){0,3}mnc\d{2,3}\.mcc\d{3}\.)", re.ASCII | re.IGNORECASE)
"""The user part of a network access identifier of the IMS or of EAP-SIM (TS 23.003 §13.3, §19.3.2), there behind a `0` or `1`."""
_IN_SIP: Final = re.compile(r"(?<=sip:)\d{15}(?=@)", re.ASCII)
"""The user of a SIP URI that is as long as an IMSI (TS 23.003 §13.3); telephone numbers there are shorter, or have a plus."""

_IN_URN: Final = re.compile(r"(?<=urn:imei-imsi:\d{15}-)\d{15}(?!\d)", re.ASCII)
"""Behind the IMEI, as endpoints of LwM2M are called (OMA-TS-LightweightM2M_Core 1.2 §7.3.1)."""

_GLUED: Final = re.compile(r"(?<=[Ii][Mm][Ss][Ii])\d{14,15}(?!\d)", re.ASCII)
"""Right behind its name, as home-made formats write it."""


def read(value: str) -> Reading | None:
    """14 or 15 digits that begin with a mobile country code."""
    digits = bare_digits(value.removeprefix("IMSI"), 16)
    if digits is not None and len(digits) == 16:
        digits = digits[1:] if digits[0] in "01" and digits[1:4] in MOBILE_COUNTRY_CODES else None
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
    anywhere=("imsi",),
    read=read,
    bare=(
        Bare(b".mcc000.", "digits", _NETWORK, "validated", "validated"),
        Bare(b"sip:000000000000000@", "digits", _IN_SIP, "likely", "likely"),
        *(Bare(name + b"0" * 14, "digits", _GLUED, "likely", "likely") for name in (b"IMSI", b"imsi")),
        Bare(b"imei-imsi:", "digits", _IN_URN, "validated", "validated"),
    ),
    hashed=True,
    clause="3GPP TS 23.003 §2.2; ITU-T E.212",
    reasoning="It names one subscription, and with it the person who holds the contract.",
    limitations="It has no check digit, only a country code; a name must tell it, or an IMEI or ICCID in the same record.",
)
