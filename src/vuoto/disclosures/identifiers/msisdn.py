"""MSISDN: the telephone's own number (3GPP TS 23.003 §3.3; ITU-T E.164)."""

from __future__ import annotations

from vuoto.disclosures.identifier import Identifier, Reading, phrases
from vuoto.disclosures.identifiers.phone_number import read_number


def read(value: str) -> Reading | None:
    """A number as E.164 writes it, or national digits."""
    return read_number(value)


IDENTIFIER = Identifier(
    kind="msisdn",
    names=phrases(
        "msisdn, line 1 number, own number, own phone number, my number, my phone number, my phone",
        "sim phone number, sim number, sim msisdn, self number, subscriber number, mdn, line1, phone own",
        "up calling line id, calling line id, nokia msisdn, wap msisdn, wap network client msisdn",
    ),
    hints=("line number",),
    shy=("line number",),
    company=phrases("imei, imsi, iccid, sim serial, sim serial number, device id, android id, subscriber id, network operator"),
    anywhere=("msisdn",),
    read=read,
    hashed=True,
    clause="3GPP TS 23.003 §3.3; ITU-T E.164 §6",
    reasoning="It is the number under which the person is called.",
    limitations="That a number is the telephone's own is said by the field's name alone.",
)
