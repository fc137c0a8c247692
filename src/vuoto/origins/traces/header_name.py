"""Names of request headers in the code: `X-Umeng-Sdk`. Those that every HTTP library writes by itself are no clue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.rarity import words
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace
from vuoto.origins.traces._names import chosen, find

_HOWS: Final = ("constant", "header", "parameter", "resource", "native")

EVERYWHERE: Final = words(
    "accept accept-charset accept-encoding accept-language authorization cache-control charset connection content-encoding "
    "content-length content-type cookie date expect host if-modified-since if-none-match keep-alive origin pragma "
    "proxy-connection range referer sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode "
    "sec-fetch-site sec-websocket-extensions sec-websocket-key sec-websocket-version soapaction te transfer-encoding upgrade "
    "upgrade-insecure-requests user-agent x-requested-with"
)
"""RFC 9110 and what libraries and browsers add."""


def _own(sighting: Sighting) -> list[str]:
    return [name for name in sighting.headers if name.lower() not in EVERYWHERE and not name.startswith(":")]


def _words(sighting: Sighting) -> list[str]:
    return chosen(_own(sighting))


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    return find(_own(sighting), suspect, hows=_HOWS, called="header names", group="headers")


TRACE = Trace(
    name="header name",
    says="Names of request headers that libraries do not write by themselves, as constants or given to a connection.",
    find=_find,
    words=_words,
)
