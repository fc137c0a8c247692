"""Cell of the mobile network in which the device is (3GPP TS 23.003 §4 and §19.6; 3GPP2 C.S0005)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import MISSING
from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases
from vuoto.disclosures.numbering import MOBILE_COUNTRY_CODES

_HEX: Final = re.compile(r"0x[0-9a-f]{1,9}", re.IGNORECASE)
_GLOBAL: Final = re.compile(r"(\d{3})[-:_,. ](\d{2,3})[-:_,. ](\d{1,10})[-:_,. ](\d{1,11})")
_ACCESS: Final = re.compile(
    r"(?<=cell-id-3gpp=)\d{5,6}[0-9a-f]{8,15}(?![0-9a-z])|(?<=cgi-3gpp=)\d{5,6}[0-9a-f]{8}(?![0-9a-z])", re.IGNORECASE | re.ASCII
)
"""In P-Access-Network-Info, behind the parameter's name (3GPP TS 24.229 §7.2A.4.3)."""

_JOINED: Final = re.compile(r"(\d{3})\d{2,3}(?:[0-9a-f]{8}|[0-9a-f]{11}|[0-9a-f]{15})", re.IGNORECASE | re.ASCII)
"""Country, network, then in hexadecimal: area and cell of GERAN (4 + 4 digits), of E-UTRAN (4 + 7), of NR (6 + 9)."""

UNAVAILABLE: Final = frozenset((2147483647, 65535, 268435455, 65534, 9223372036854775807))
"""`CellInfo.UNAVAILABLE` and the reserved all-ones values of 16 and 28 bits."""

_NARROW: Final = 0xFFFF
_WIDE: Final = 1 << 28
"""A GSM cell identity has at most 16 bits (§4.3.1), as many numbers have; with RNC or eNodeB before it, 28 (§19.6)."""


def read(value: str) -> Reading | None:
    """A cell identity of up to 36 bits (5G, TS 23.003 §19.6A), or a whole CGI: MCC, MNC, area, cell."""
    text = value.strip()
    if len(text) > 48 or text.lower() in MISSING:
        return None
    whole = _GLOBAL.fullmatch(text)
    if whole is not None:
        return Reading(
            "-".join(whole.groups()), "holds", "mobile country and network code, area and cell (3GPP TS 23.003 §4.3.1)"
        )
    joined = _JOINED.fullmatch(text)
    if joined is not None and joined[1] in MOBILE_COUNTRY_CODES and not text.isdigit():
        return Reading(text.lower(), "holds", "country, network, area and cell as SIP writes them (3GPP TS 24.229 §7.2A.4.3)")
    hexadecimal = _HEX.fullmatch(text) is not None
    if not hexadecimal and not (text.isascii() and text.isdigit() and len(text) <= 11):
        return None
    number = int(text, 16) if hexadecimal else int(text)
    if number in UNAVAILABLE or not 0 < number < 1 << 36:
        return None
    if number < 256:
        return Reading(str(number), "fails", "a number of one byte, too small to tell one cell from others")
    if _NARROW < number < _WIDE:
        return Reading(
            str(number), "fits", "a number of 17 to 28 bits, the size of a UTRAN or E-UTRAN cell identity (3GPP TS 23.003 §19.6)"
        )
    return Reading(str(number), "none", "a cell identity of at most 36 bits (3GPP TS 23.003 §4.3 and §19.6)")


IDENTIFIER = Identifier(
    kind="cell_id",
    names=phrases(
        "base station id, basestation id, gsm cell id, lte cell id, cell tower id, ecgi, ncgi, enodeb id, gsm cid, cell cid",
        "serving cell id, cell global id, nr cell id, ue cell id, cell towers cell id, cell identity, cell global identity",
    ),
    shy=phrases("cell id, cid, ci, cell, base id, cgi, eci, nci, enb id, tower id, serving cell, cell location, bid"),
    hints=phrases(
        "cell id, base id, cgi, eci, ecgi cell, cell cgi, cgi cell, lte eci, current cell id, enb cell id, gsm cell, lte ci",
        "lte cid, lte cell, wcdma cell id, umts cell id, uc id, utran cell id, neighbor cell id, nci, long cell id, cell lcid",
    ),
    company=phrases(
        "tac, pci, earfcn, arfcn, uarfcn, rsrq, sinr, asu, signal strength, location area code, tracking area code, lcid",
        "mcc, mnc, lac, base id, mobile country code, mobile network code, cell id, plmn, rsrp, psc, base station id",
        "radio type, cell type, imei, imsi, iccid, meid, network operator, mcc mnc, bssid, android id, rssi",
        "mac address",
    ),
    read=read,
    bare=(
        Bare(b"cell-id-0gpp=", "digits", _ACCESS, "validated", "validated"),
        Bare(b"cgi-0gpp=", "digits", _ACCESS, "validated", "validated"),
    ),
    clause="3GPP TS 23.003 §4.3, §19.6; 3GPP2 C.S0005",
    reasoning="Public maps give the place of a cell to within hundreds of metres: it tells where the person is.",
    limitations="It is a plain number; short names like `cid` need company. Codes of areas (LAC, TAC) are no cell.",
)
