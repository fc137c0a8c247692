"""Names of fields of the body, inside every wrapping, in the code: `MEID`, `SIM1ICCID`.

They stand as constants (keys of a JSON object), in annotations, or as the names of fields of a class that looks like a serialised
model, which libraries such as Gson write under their own names (see `firmware.code.words` for what looks like one).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace
from vuoto.origins.traces._names import chosen, find

ODD: Final = -2.5
"""Code that hides its names hides its host as well: one that holds the host alone is more often a log or a list than the
sender."""

ODD_FROM: Final = 2.0
"""Bits against it that the names alone must give."""

_HOWS: Final = ("constant", "field", "parameter", "header", "resource", "native")


def _words(sighting: Sighting) -> list[str]:
    return chosen(sighting.fields)


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    signs = list(find(sighting.fields, suspect, hows=_HOWS, called="field names", group="names"))
    yield from signs
    missed = [sign for sign in signs if sign.bits < -ODD_FROM]
    if missed and sighting.host and suspect.holds(sighting.host):
        yield Sign(what="hides nothing of the host, and holds hardly any of the names", bits=ODD, group="host without names")


TRACE = Trace(
    name="field name",
    says="Names of the fields of the body as constants, annotations, or fields of a class that looks like a serialised "
    "model. Names that all code holds (`id`, `version`) tell nothing; rare ones together tell much.",
    find=_find,
    words=_words,
)
