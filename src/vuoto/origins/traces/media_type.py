"""The media type in the code, where it is none of those that half of all apps hold: `application/encrypted-json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.rarity import words
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import HIT, Sign, Trace, bits

COMMON: Final = words(
    "application/grpc application/gzip application/javascript application/json application/json-rpc "
    "application/octet-stream application/protobuf application/x-gzip application/x-protobuf "
    "application/x-www-form-urlencoded application/xml image/jpeg image/png multipart/form-data text/html text/plain text/xml"
)
"""Types that libraries write, or that every other app holds."""

GUESS: Final = 0.002
WORTH_TELLING: Final = 1.0


def _types(sighting: Sighting) -> list[str]:
    return [t for t in dict.fromkeys(m.partition(";")[0].strip() for m in sighting.media_types) if t and t not in COMMON]


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    for kind in _types(sighting):
        holdings = suspect.holds(kind, ("media-type", "constant", "header", "resource", "native"))
        worth = bits(HIT, suspect.rate(kind, GUESS))
        if holdings and worth >= WORTH_TELLING:
            yield Sign(
                what=f"holds the media type {kind}, which stands {suspect.share(kind)}",
                bits=worth,
                group="media type",
                places=tuple(dict.fromkeys(place for h in holdings for place in h.places)),
            )


TRACE = Trace(
    name="media type",
    says="A media type that is not among the common ones, as a text of code.",
    find=_find,
    words=_types,
)
