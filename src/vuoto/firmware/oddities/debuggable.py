"""Packages that may be debugged."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import OddityRule
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    if read.package.debuggable:
        yield Found(says="the manifest allows debugging")


ODDITY = OddityFinder(
    rule=OddityRule(
        name="debuggable",
        title="It may be debugged",
        concern="high",
        help=(
            "Anyone with a cable and the developer's settings can run code as this package and read what it keeps. A "
            "build that is sold must not hold it: build the package in release mode."
        ),
    ),
    find=_find,
)
