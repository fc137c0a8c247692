"""Names of query parameters in the code: `_android_id`, `aid`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace
from vuoto.origins.traces._names import chosen, find

_HOWS: Final = ("constant", "field", "parameter", "path", "url", "resource", "native")


def _words(sighting: Sighting) -> list[str]:
    return chosen(sighting.parameters)


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    return find(sighting.parameters, suspect, hows=_HOWS, called="parameter names", group="names")


TRACE = Trace(
    name="parameter name",
    says="Names of query parameters as constants, annotations, in texts of URLs and paths.",
    find=_find,
    words=_words,
)
