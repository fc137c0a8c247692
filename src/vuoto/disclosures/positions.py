"""Notations of a position that are no pair of decimal degrees with the latitude first.

Longitude first (as maps of China and GeoJSON have it), a point of Well-Known Text (OGC 06-103r4 §7), degrees with minutes and
seconds (ISO 6709 annex D), Open Location Codes (Google, specification of 2019) and geohashes.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Reading

_TURNED: Final = re.compile(r"([+-]?\d{1,3}\.\d{3,20})([,;|]\s?|\s)([+-]?\d{1,2}\.\d{3,20})(?:[,;|\s].{0,64})?")
POINT: Final = re.compile(
    r"(?<![A-Za-z])POINT ?(?:Z|M|ZM)? ?\( ?(-?\d{1,3}\.\d{3,20}) (-?\d{1,2}\.\d{3,20})(?: -?[\d.]{1,16}){0,2} ?\)", re.ASCII
)
"""A point with its coordinates in degrees: those of a projection are longer before the decimal point."""

_ANGLE: Final = r"(\d{1,%d})°\s?(\d{1,2})['′’]\s?(\d{1,2}(?:\.\d{1,6})?)(?:[\"″”]|'')\s?([%s])"
ANGLES: Final = re.compile(_ANGLE % (2, "NS") + r"[,;\s]{0,3}" + _ANGLE % (3, "EW"))
"""Degrees, minutes, seconds and hemispheres."""

_PLUS_CODE: Final = re.compile(
    r"[23456789C][23456789CFGHJMPQRV][23456789CFGHJMPQRVWX]{6}\+[23456789CFGHJMPQRVWX]{2,5}", re.IGNORECASE
)
_GEOHASH: Final = re.compile(r"[0-9b-hjkmnp-z]{6,12}")


def turned(value: str) -> Reading | None:
    """`longitude,latitude` in degrees, under a name that says so."""
    match = _TURNED.fullmatch(value.strip().strip('[]()"'))
    if match is None:
        return None
    return _degrees(match[3], match[1], "degrees of longitude and latitude within their range, to a hundred metres or better")


def point(text: str) -> Reading | None:
    """A point of Well-Known Text, which has x, the longitude, first."""
    match = POINT.fullmatch(text)
    return None if match is None else _degrees(match[2], match[1], "a point of Well-Known Text in degrees (OGC 06-103r4)")


def angles(text: str) -> Reading | None:
    """A position in degrees, minutes and seconds."""
    match = ANGLES.fullmatch(text)
    if match is None or any(float(match[n]) >= 60 for n in (2, 3, 6, 7)):
        return None
    halves = [
        (int(match[n]) + int(match[n + 1]) / 60 + float(match[n + 2]) / 3600) * (-1 if match[n + 3] in "SW" else 1)
        for n in (1, 5)
    ]
    return _degrees(
        f"{halves[0]:.6f}", f"{halves[1]:.6f}", "degrees, minutes, seconds and hemispheres of a position (ISO 6709 annex D)"
    )


def _degrees(latitude: str, longitude: str, why: str) -> Reading | None:
    north, east = float(latitude), float(longitude)
    if not (-90 <= north <= 90 and -180 <= east <= 180) or (abs(north) < 1 and abs(east) < 1):
        return None
    return Reading(f"{latitude.lstrip('+')},{longitude.lstrip('+')}", "holds", why)


def plus_code(value: str) -> Reading | None:
    """A whole Open Location Code of ten digits or more: fourteen metres."""
    text = value.strip()
    if _PLUS_CODE.fullmatch(text) is None:
        return None
    return Reading(text.upper(), "holds", "an Open Location Code of ten digits or more, an area of fourteen metres")


def geohash(value: str) -> Reading | None:
    """A geohash of six characters or more: a kilometre. Its alphabet has no a, i, l, o, so few words are one."""
    text = value.strip().lower()
    if _GEOHASH.fullmatch(text) is None or text.isdigit() or len(set(text)) < 4 or not any(c.isdigit() for c in text):
        return None
    return Reading(text, "none", f"{len(text)} characters of a geohash's alphabet, an area of a kilometre or less")
