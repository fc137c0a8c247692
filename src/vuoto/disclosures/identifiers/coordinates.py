"""Geographic coordinates (ISO 6709; RFC 5870)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Bare, Identifier, Notation, Reading, phrases
from vuoto.disclosures.positions import ANGLES, POINT, angles, geohash, plus_code, point, turned

_PAIR: Final = re.compile(r"(?:geo[:!])?([+-]?\d{1,3}\.\d{3,20})[,;| ]\s{0,3}([+-]?\d{1,3}\.\d{3,20})(?:[,;?|].{0,64})?")
_MAPS: Final = 5
"""Decimals that maps write: with as many, a pair whose first half can be no latitude has the longitude first."""
_ISO_6709: Final = re.compile(r"([+-]\d{2}\.\d{3,10})([+-]\d{3}\.\d{3,10})(?:[+-][\d.]{1,10})?/?")

_SENTENCE: Final = re.compile(r"\$[A-Z]{2}(?:RMC|GGA|GLL|GNS),[^*$\r\n]{16,100}\*[0-9A-Fa-f]{2}")
_FIX: Final = re.compile(r"(\d{2,3})(\d{2}\.\d{1,10}),([NSEW])")

_BETWEEN: Final = re.compile(
    r"(?<![\w.-])\d{4}\.\d{3,7},[NS],\d{5}\.\d{3,7},[EW](?![\w.]|[^*\r\n]{0,80}\*[0-9A-Fa-f]{2}\b)", re.ASCII
)
"""Degrees and minutes of the same notation in a tracker's own sentence: the two letters say what it is. Where a checksum follows,
it is a receiver's sentence, whose checksum must hold."""


def _fix(text: str, why: str) -> Reading | None:
    """A position in degrees and minutes, as `_FIX` has them."""
    halves = _FIX.findall(text)
    if len(halves) != 2 or halves[0][2] not in "NS" or halves[1][2] not in "EW" or any(float(m) >= 60 for _, m, _ in halves):
        return None
    degrees = [(int(whole) + float(minutes) / 60) * (-1 if side in "SW" else 1) for whole, minutes, side in halves]
    if not (abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180 and any(degrees)):
        return None
    latitude, longitude = (f"{half:.6f}".rstrip("0").rstrip(".") for half in degrees)
    return Reading(f"{latitude},{longitude}", "holds", why)


def _sentence(text: str) -> Reading | None:
    """A receiver's sentence (NMEA 0183, IEC 61162-1): its checksum is the exclusive or of all characters between $ and *."""
    content, _, given = text[1:].rpartition("*")
    checksum = 0
    for character in content:
        checksum ^= ord(character)
    if checksum != int(given, 16):
        return None
    return _fix(content, "a position in a receiver's sentence whose checksum holds (NMEA 0183, IEC 61162-1)")


def read(value: str) -> Reading | None:
    """`latitude,longitude` in degrees with three decimals or more: a hundred metres (ISO 6709 annex H orders latitude first).

    Within a degree of zero, zero lies open sea, and every fraction of a screen: such pairs are none.
    """
    text = value.strip().strip('[]()"')
    if len(text) > 128:
        return None
    if text[:1] == "$":
        return _sentence(text) if _SENTENCE.fullmatch(text) else None
    written = point(value.strip()) or angles(text)
    if written is not None:
        return written
    if _BETWEEN.fullmatch(text):
        return _fix(text, "degrees, minutes and hemispheres of a position, as receivers write it (NMEA 0183)")
    match = _PAIR.fullmatch(text) or _ISO_6709.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    if (
        90 < abs(latitude) <= 180
        and abs(longitude) <= 90
        and all(len(half.partition(".")[2]) >= _MAPS for half in match.groups())
    ):
        return turned(f"{match[1]},{match[2]}")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or (abs(latitude) < 1 and abs(longitude) < 1):
        return None
    return Reading(
        f"{match[1].lstrip('+')},{match[2].lstrip('+')}",
        "holds",
        "degrees of latitude and longitude within their range, to a hundred metres or better (ISO 6709)",
    )


IDENTIFIER = Identifier(
    kind="coordinates",
    names=phrases(
        "coordinates, coords, coord, location, loc, geo, gps, lat lon, lat lng, lat long, latlng, latlon, latlong",
        "latitude longitude, position, geo location, geolocation, gps location, geo loc, user location, last location",
        "last known location, gps position, geo point, geopoint, point, home location, ll, gps coordinates",
        "location coordinates, gps coord, geo coordinates, my location, lat long accu, latlong accu, lat lon accuracy",
        "geo position",
    ),
    halves=(
        phrases(
            "lat, latitude, gps lat, geo lat, loc lat, location lat, location latitude, gps latitude, geo latitude",
            "lat e 7, latitude e 7, lat e 6, latitude e 6, last lat, user lat, ulat, lati, latitud, cur lat, lat d",
        ),
        phrases(
            "lon, lng, long, longitude, gps lon, gps lng, gps long, geo lon, geo lng, geo long, loc lon, loc lng",
            "loc long, location lon, location lng, location long, location longitude, gps longitude, geo longitude",
            "lng e 7, lon e 7, longitude e 7, last lon, last lng, last long, user lon, user lng, ulng, ulon, longi",
            "lng e 6, lon e 6, longitude e 6, longitud, cur lng, cur lon, lon d, lng d",
        ),
    ),
    hints=phrases(
        "q, query, origin, destination, waypoint, waypoints, saddr, daddr, near, nearby, around, at, prox, viewpoint, map center",
        "start location, end location, from location, to location, start point, end point, from place, to place, pickup",
        "dropoff, drop off, current place, via, viewport center, search center, route start, route end",
    ),
    notations=(
        Notation(phrases("lng lat, lnglat, lon lat, lonlat, long lat, longlat, longitude latitude"), turned),
        # OGC KML 2.3 §9.4.2 and RFC 7946 §3.1.1: the longitude first.
        Notation(phrases("point coordinates, geometry coordinates"), turned),
        # OSRM and Mapbox ask for a route as `/route/v1/driving/10.7389,59.9133;…`.
        Notation(phrases("driving, walking, cycling"), turned),
        Notation(phrases("plus code, open location code, olc, full plus code"), plus_code),
        Notation(phrases("geohash, geo hash, geohash code, location hash"), geohash),
    ),
    read=read,
    bare=(
        Bare(b"POINT", "digits", POINT, "likely", "likely"),
        Bare(b"0\xb0", "digits", ANGLES, "likely", "likely"),
        Bare(
            b"geo:",
            "digits",
            re.compile(r"(?<!\w)geo:-?\d{1,2}\.\d{3,20},-?\d{1,3}\.\d{3,20}(?:[;?][\w=&;.,%+-]{0,64})?", re.ASCII),
            "likely",
            "likely",
        ),
        *(Bare(trigger, "digits", _BETWEEN, "likely", "likely") for trigger in (b",N,00000.0", b",S,00000.0")),
        *(Bare(trigger, "digits", _SENTENCE, "validated", "validated") for trigger in (b"RMC,0", b"GGA,0", b"GLL,0", b"GNS,0")),
    ),
    clause="ISO 6709; RFC 5870; NMEA 0183",
    reasoning="They tell where the person is.",
    limitations="They may be a place searched for and not the person's own; pairs of other decimal numbers need a name to count.",
)
