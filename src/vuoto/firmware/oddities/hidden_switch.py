"""System properties that decide whether code collects or sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import Concern, OddityRule
from vuoto.firmware.oddity import Found, OddityFinder

_SWITCH: Final = re.compile(
    r"(?:enable|disable|allow|support|switch|regist|upload|report|collect|stat(?:s|istic)|telemetry|analytic|activat|\bon\b|\boff\b)"
)
"""Words of names that switch something."""


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    code = read.code
    if code is None or not code.properties or not code.sends or not code.reads:
        return
    values = {one.name: one.value for one in build.properties} if build is not None else {}
    told: set[str] = set()
    for one in code.properties:
        if one.name in told or not _SWITCH.search(one.name):
            continue
        told.add(one.name)
        if build is None:
            value = "whose value only a build tells"
        else:
            value = f"which is {values[one.name]!r} in this build" if one.name in values else "which is not set in this build"
        concern: Concern = "medium" if code.paths else "low"
        yield Found(says=f"asks for the property {one.name}, {value}", concern=concern, place=one.place)


ODDITY = OddityFinder(
    rule=OddityRule(
        name="hidden-switch",
        title="A property of the build switches it on or off",
        concern="medium",
        help=(
            "Code that can read identifiers and send asks a system property whose name says that it switches something. "
            "The maker sets it in each build, so the same package is silent in one variant and sends in another. Compare "
            "its value between the builds (vuoto firmware diff), and take code out that a variant must not run."
        ),
    ),
    find=_find,
)
