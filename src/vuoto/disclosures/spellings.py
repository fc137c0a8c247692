"""How one known value may be written: with and without separators, in either case, with its kind's usual dressing."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.numbering import country_code

MOST_SPELLINGS: Final = 10
"""Spellings of one value: what the rules below can give, and a bound on what is kept for each."""

SHORTEST_HIDDEN: Final = 4
"""Bytes of a value that is looked for encoded and digested; of shorter ones somebody has published every digest."""

SHORTEST_NUMBER: Final = 12
"""Digits that must be left of a number without its leading zeros."""

SHORTEST_NATIONAL: Final = 9
"""Digits from which a national number is looked for as it is; shorter ones occur by chance, and only their digests tell."""

SHORTEST_SUBSCRIBER: Final = 7
"""Digits of the shortest national number that is looked for, as a digest."""

_SEPARATED: Final = re.compile(r"[A-Za-z0-9+]+(?:[ :._/()-]{1,2}[A-Za-z0-9]+)+\)?")
_SEPARATORS: Final = str.maketrans("", "", " :._/()-")
_JOINABLE: Final = frozenset(
    (
        "imei",
        "imeisv",
        "meid",
        "imsi",
        "iccid",
        "msisdn",
        "phone_number",
        "mac_address",
        "bssid",
        "bluetooth_address",
        "advertising_id",
        "vendor_id",
        "installation_id",
        "serial_number",
        "android_id",
    )
)
"""Kinds whose separators carry no meaning."""

_SIXTEEN: Final = re.compile(r"[0-9A-Fa-f]{16}")

_MACS: Final = frozenset(("mac_address", "bssid", "bluetooth_address"))


def ungrouped(number: str) -> str:
    """A number without its separators and the plus of its international form."""
    return number.strip().translate(_SEPARATORS).lstrip("+")


def spell(kind: str, value: str) -> tuple[str, ...]:
    """The spellings of `value`, without repeats in either case; the first is as written."""
    text = value.strip()
    if not text:
        return ()
    forms: dict[str, None] = {text: None}
    joined = text.translate(_SEPARATORS)
    if kind in _JOINABLE or kind.startswith("custom:"):
        if len(joined) >= 8 and joined != text and _SEPARATED.fullmatch(text):
            forms[joined] = None
        digits = joined.isascii() and joined.isdigit()
        if kind in _MACS and len(joined) == 12:
            pairs = [joined[i : i + 2] for i in range(0, 12, 2)]
            forms |= {":".join(pairs): None, "-".join(pairs): None, f"{joined[:4]}.{joined[4:8]}.{joined[8:]}": None}
        elif kind == "imei" and digits and len(joined) in (14, 15):
            # 3GPP TS 23.003 §6.2.1: the check digit is not part of what is transmitted in the network.
            forms[joined[:14]] = None
            forms[f"{joined[:8]}-{joined[8:14]}"] = None  # as in its URN (RFC 7254 §4), whose last digit is spare
            if len(joined) == 15:
                forms[f"{joined[:2]}-{joined[2:8]}-{joined[8:14]}-{joined[14:]}"] = None
                forms[f"{joined[:2]} {joined[2:8]} {joined[8:14]} {joined[14:]}"] = None  # as settings and boxes print it
        elif kind in ("msisdn", "phone_number") and joined.startswith("+"):
            forms |= {joined[1:]: None, "00" + joined[1:]: None}
            forms |= {form: None for form in national(kind, text) if len(form) >= SHORTEST_NATIONAL}
        if kind in ("imei", "imsi") and digits and joined[0] == "0" and len(joined.lstrip("0")) >= SHORTEST_NUMBER:
            forms[joined.lstrip("0")] = None  # as a number has no leading zero (RFC 8259 §6)
        if kind == "android_id" and _SIXTEEN.fullmatch(joined):  # as Google's check-in, and as Java's `long`, writes it
            number = int(joined, 16)
            forms |= {str(number): None} | ({str(number - (1 << 64)): None} if number >> 63 else {})
        if kind == "iccid" and digits:
            forms[" ".join(joined[i : i + 4] for i in range(0, len(joined), 4))] = None  # as cards are printed
        elif len(joined) == 32 and kind not in ("imei", "imsi", "iccid"):
            forms["-".join((joined[:8], joined[8:12], joined[12:16], joined[16:20], joined[20:]))] = None
    elif kind == "email":
        forms[text.lower()] = None
    elif kind == "coordinates":
        forms |= {half.strip(): None for half in text.split(",") if "." in half and len(half.strip()) >= 7}
    unique: dict[str, str] = {}
    for form in forms:
        unique.setdefault(form.lower(), form)
    return tuple(unique.values())[:MOST_SPELLINGS]


def national(kind: str, value: str) -> tuple[str, ...]:
    """A telephone number in E.164 form as people at home write it: without the country's code, and with the prefix 0 of most."""
    joined = value.strip().translate(_SEPARATORS)
    if kind not in ("msisdn", "phone_number") or not joined.startswith("+") or not joined[1:].isdigit():
        return ()
    code = country_code(joined[1:])
    number = joined[1 + len(code) :] if code is not None else ""
    return (number, "0" + number) if len(number) >= SHORTEST_SUBSCRIBER else ()


def cases(spelling: str) -> tuple[str, ...]:
    """A spelling as written, in lower and in upper case, without repeats: encodings and digests tell them apart."""
    return tuple(dict.fromkeys((spelling, spelling.lower(), spelling.upper())))
