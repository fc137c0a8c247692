"""Code that is loaded from elsewhere when it runs."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import OddityRule
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    for place in read.code.loads if read.code is not None else ():
        yield Found(
            says="makes a class loader", concern="medium" if read.code is not None and read.code.sends else "low", place=place
        )


ODDITY = OddityFinder(
    rule=OddityRule(
        name="loads-code",
        title="It loads code at run time that is not in the package",
        concern="medium",
        help=(
            "A class loader is made for a file that is not among the package's own: what it does is in no index, and may "
            "change after the build was checked. Find out where the file comes from; inside the system image it should be "
            "a shared library."
        ),
    ),
    find=_find,
)
