"""Serial number of the device, as its maker gave it."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_SERIAL: Final = re.compile(r"[A-Z0-9][A-Z0-9./-]{4,30}[A-Z0-9]", re.IGNORECASE)

_CAPITALS: Final = re.compile(r"(?=[A-Z]*[0-9])[A-Z0-9]{10,14}")
"""As Apple writes them, in ten or twelve characters: many have one digit or two."""


def read(value: str) -> Reading | None:
    """6 to 32 letters and digits with at least three digits among them, or one among capitals; nothing can be checked."""
    text = value.strip()
    if len(text) > 32 or is_missing(text) or _SERIAL.fullmatch(text) is None:
        return None
    if sum(c.isdigit() for c in text) < 3 and _CAPITALS.fullmatch(text) is None:
        return None
    if text.lower().startswith("emulator") or len(set(text)) <= 3 or text in "0123456789abcdef0123456789ABCDEF1234567890":
        return None
    if text.count(".") > 1 or "//" in text:
        return None  # a version or an address
    return Reading(text, "none", "letters and digits of a maker's serial number, which has no check")


IDENTIFIER = Identifier(
    kind="serial_number",
    names=phrases(
        "serial number, serialnumber, device serial, device serial number, hardware serial, serialno, serial no",
        "ro serialno, ro boot serialno, build serial, phone serial, hw serial, serial num, product serial number",
        "manufacturer serial, device sn, phone sn, machine sn, terminal sn, android serial, android serial number",
        "handset serial, product serial",
    ),
    shy=phrases("serial, sn, serial id, psn"),
    company=phrases(
        "imei, mac address, mac, model, device model, manufacturer, brand, android id, os version, iccid, imsi",
        "firmware version, device id, fw version, hw version, esn, lac",
    ),
    strangers=phrases("not after, not before, valid from, valid to, issuer, sequence number, renewal window, expiration"),
    read=read,
    clause="Android Build.getSerial; no standard",
    reasoning="It names one device for its whole life.",
    limitations="It has no check; certificates, licences and zone files have serial numbers too, so `serial` needs company.",
)
