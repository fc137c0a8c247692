"""Reads one record of an MMDB, in the shapes that are about: GeoLite2, DB-IP, ipinfo, IPtoASN, ip-location-db and our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vuoto.facts.countries import COUNTRIES
from vuoto.recipients.register import NetworkWord

LONGEST_NAME: Final = 120
"""Characters of an AS name that are kept: a user's file is a foreign file."""

LARGEST_ASN: Final = 0xFFFF_FFFF
"""RFC 6793: four octets."""


def read_record(record: object, source: str) -> NetworkWord | None:
    """What the record says, or `None` where it says nothing that is known here.

    The registry country is the registered one where the record tells it apart from where the address is used (`GeoLite2`), else
    the only one that the record gives.
    """
    if not isinstance(record, Mapping):
        return None
    asn = _number(_first(record, "asn", "autonomous_system_number"))
    name = _text(_first(record, "as_name", "autonomous_system_organization", "as_organization"))
    registry = (
        _country(record.get("registry_country"))
        or _nested(record.get("registered_country"))
        or _nested(record.get("country"))
        or _country(record.get("country_code"))
        or _country(record.get("country"))
    )
    as_country = _country(_first(record, "as_country", "as_country_code"))
    said = [
        word
        for word, value in (("autonomous system", asn), ("its country", as_country), ("registry country", registry))
        if value is not None
    ]
    if not said:
        return None
    return NetworkWord(
        asn=asn,
        as_name=name if asn is not None else None,
        as_country=as_country,
        registry_country=registry,
        sources=(f"{source}: {', '.join(said)}",),
    )


def _first(record: Mapping[object, object], *keys: str) -> object:
    return next((record[key] for key in keys if record.get(key) is not None), None)


def _nested(value: object) -> str | None:
    return _country(value.get("iso_code")) if isinstance(value, Mapping) else None


def _country(value: object) -> str | None:
    """ISO 3166-1 alpha-2, or `None` for regions (`EU`, `AP`), names and anything else."""
    code = value.upper() if isinstance(value, str) and len(value) == 2 else ""
    return code if code in COUNTRIES else None


def _number(value: object) -> int | None:
    """An AS number, also as `AS15169` or a decimal string."""
    if isinstance(value, str):
        digits = value.removeprefix("AS")
        value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 10 else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value <= LARGEST_ASN else None


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    if value.isprintable() and "  " not in value:
        return value[:LONGEST_NAME].strip() or None
    line = " ".join("".join(c if c.isprintable() else " " for c in value[: LONGEST_NAME * 2]).split())
    return line[:LONGEST_NAME] or None
