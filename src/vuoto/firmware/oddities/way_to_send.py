"""Ways from an identifier to a send of any other kind."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import Concern, OddityRule
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.oddities.way_in_clear_text import ODDITY as IN_CLEAR_TEXT
from vuoto.firmware.oddity import Found, OddityFinder
from vuoto.firmware.open_ways import strongest


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    if read.code is None:
        return
    told = {(found.place, found.steps) for found in IN_CLEAR_TEXT.find(read, build)}
    for path in strongest(read.code.paths):
        if (path.read.place, path.steps) in told:
            continue
        kind = kind_of(path.read.kind)
        concern: Concern = "medium" if path.strength == "value" and kind.family != "technical" else "low"
        how = "" if path.strength == "value" else ", as far as the order of calls says"
        yield Found(
            says=f"{kind.title} may reach a send by {path.send.channel}{how}",
            concern=concern,
            place=path.read.place,
            steps=path.steps,
        )


ODDITY = OddityFinder(
    rule=OddityRule(
        name="way-to-send",
        title="An identifier may reach a send",
        concern="medium",
        help=(
            "Code leads from the place where an identifier is read to a place that sends. Where a value was followed "
            "through registers, parameters and fields it weighs more than where only calls connect the two. Static "
            "presence is no proof of use: look for it in a capture, and for its basis in the declaration."
        ),
    ),
    find=_find,
)
