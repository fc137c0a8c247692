"""Geographic coordinates (ISO 6709; RFC 5870)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases

_PAIR: Final = re.compile(r"(?:geo:)?([+-]?\d{1,3}\.\d{3,20})[,; ]\s{0,3}([+-]?\d{1,3}\.\d{3,20})(?:[,;?].{0,64})?")
_ISO_6709: Final = re.compile(r"([+-]\d{2}\.\d{3,10})([+-]\d{3}\.\d{3,10})(?:[+-][\d.]{1,10})?/?")


def read(value: str) -> Reading | None:
    """`latitude,longitude` in degrees with three decimals or more: a hundred metres (ISO 6709 annex H orders latitude first).

    Within a degree of zero, zero lies open sea, and every fraction of a screen: such pairs are none.
    """
    text = value.strip().strip('[]()"')
    if len(text) > 128:
        return None
    match = _PAIR.fullmatch(text) or _ISO_6709.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = float(match[1]), float(match[2])
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
    ),
    halves=(
        phrases(
            "lat, latitude, gps lat, geo lat, loc lat, location lat, location latitude, gps latitude, geo latitude",
            "lat e 7, latitude e 7, last lat, user lat, ulat",
        ),
        phrases(
            "lon, lng, long, longitude, gps lon, gps lng, gps long, geo lon, geo lng, geo long, loc lon, loc lng",
            "loc long, location lon, location lng, location long, location longitude, gps longitude, geo longitude",
            "lng e 7, lon e 7, longitude e 7, last lon, last lng, last long, user lon, user lng, ulng, ulon",
        ),
    ),
    read=read,
    bare=Bare(
        b"geo:",
        "digits",
        re.compile(r"(?<!\w)geo:-?\d{1,2}\.\d{3,20},-?\d{1,3}\.\d{3,20}(?:[;?][\w=&;.,%+-]{0,64})?", re.ASCII),
        "likely",
    ),
    clause="ISO 6709; RFC 5870",
    reasoning="They tell where the person is.",
    limitations="They may be a place searched for and not the person's own; pairs of other decimal numbers need a name to count.",
)
