"""IMEI: the number of the telephone itself (3GPP TS 23.003 §6.2.1; check digit: annex B)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import bare_digits, luhn
from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases

REPORTING_BODIES: Final = frozenset(
    ["00", "01", "10", "30", "33", "35", "44", "45", "49", "50", "51", "52", "53", "54", "86", "91", "98", "99"]
)
"""First two digits of the type allocation codes that GSMA's reporting bodies have given out (GSMA TS.06); 00 is for test."""

PLACEHOLDERS: Final = frozenset(("004999010640000", "123456789012347", "123456789012345", "012345678912345", "111111111111119"))
"""Android's emulator, and numbers that people type when they need one."""

_WITHIN: Final = re.compile(
    r"(?:(?<![A-Za-z0-9.+])(?<!(?<![A-Za-z])-)\d{15}(?![A-Za-z0-9-]|\.\d)|(?<=[iI][mM][eE][iI][_-])\d{15}(?![A-Za-z0-9])"
    r"|(?<=[iI][mM][eE][iI])\d{15}(?!\d))",
    re.ASCII,
)
"""Fifteen digits on their own, behind `imei-` in the name of a file, or behind `IMEI` with nothing between."""

_IN_AGENT: Final = re.compile(r"(?<=/SN)\d{15}(?!\w)", re.ASCII)
"""As telephones put it into their User-Agent for Vodafone live! and others: `NokiaE65/SN3520…`."""


_URN: Final = re.compile(r"urn:gsma:imei:\d{8}-?\d{6}-?\d(?!\d)", re.IGNORECASE | re.ASCII)
"""Its name as a URN (RFC 7254 §4), which says itself what it is."""
_JOINED: Final = re.compile(r"(?<=urn:imei-imsi:)\d{15}(?=-)|(?<=urn:imei-msisdn:)\d{15}(?=-)", re.ASCII)
"""Before another identifier, as endpoints of LwM2M are called (OMA-TS-LightweightM2M_Core 1.2 §7.3.1)."""


def read(value: str) -> Reading | None:
    """15 digits, also as a URN (RFC 7254) or behind `IMEI:` (OMA-TS-DM_StdObj 1.3 §5.3.1); 14 are one without its check digit."""
    digits = bare_digits(value.strip('<> "').lower().removeprefix("urn:gsma:").removeprefix("imei:"), 15)
    if digits is None or len(digits) < 14 or digits in PLACEHOLDERS or len(set(digits)) <= 2:
        return None
    if len(digits) == 14:
        if digits[:2] not in REPORTING_BODIES and "0" + digits[:1] in REPORTING_BODIES and luhn("0" + digits):
            why = "14 digits, with the leading zero that numbers lose an IMEI of 15 whose Luhn check digit holds"
            return Reading("0" + digits, "holds", f"{why} (3GPP TS 23.003 annex B)")
        return Reading(digits, "none", "14 digits, an IMEI without its check digit (3GPP TS 23.003 §6.2.1)")
    holds = luhn(digits)
    if not holds and digits[14] == "0" and _URN.fullmatch(value.strip('<> "')):
        whole = next(digits[:14] + check for check in "0123456789" if luhn(digits[:14] + check))
        return Reading(whole, "holds", "14 digits and a spare 0 in its URN (RFC 7254 §4), the check digit calculated")
    if not holds:
        return Reading(digits, "fails", "15 digits, but the Luhn check digit does not hold (3GPP TS 23.003 annex B)")
    if digits[:2] not in REPORTING_BODIES:
        return Reading(digits, "none", f"15 digits, the Luhn check digit holds, but no reporting body has {digits[:2]}")
    return Reading(digits, "holds", "15 digits, the Luhn check digit holds (3GPP TS 23.003 annex B), the reporting body exists")


IDENTIFIER = Identifier(
    kind="imei",
    names=phrases(
        "imei, sip instance, imei number, imei no, imei id, imei code, imei num, international mobile equipment identity"
    ),
    hints=phrases(
        "meid, esn, device id, did, udid, hardware id, hwid, dev id, phone id, terminal id, mobile id",
        "device, devices, terminal, handset, equipment id, device identifier, unique device id, handset id",
        "device code, device no, device number",
    ),
    vague=phrases("id, uid, uuid, sn, serial, serial number, identifier"),
    read=read,
    anywhere=phrases("imei, device id, deviceid"),
    bare=(
        Bare(b"0" * 15, "digits", _WITHIN, "possible"),
        Bare(b"/SN" + b"0" * 15, "digits", _IN_AGENT, "likely", "likely"),
        Bare(b"gsma:imei:", "digits", _URN, "validated", "validated"),
        Bare(b"urn:imei-", "digits", _JOINED, "validated", "validated"),
    ),
    hashed=True,
    clause="3GPP TS 23.003 §6.2.1 and annex B",
    reasoning="It names one telephone for its whole life, whatever SIM, account or software is in it.",
    limitations="One random number of fifteen digits in ten passes; without a name, or others beside it, it is only possible.",
)
