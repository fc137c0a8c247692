"""Code that a sequence of digits in the dialler starts."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import OddityRule
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    for trigger in read.package.triggers:
        if trigger.kind == "secret code":
            digits = trigger.clue.partition("://")[2]
            says = f"*#*#{digits}#*#* starts it" if digits else f"a secret code starts it ({trigger.clue})"
            off = "" if trigger.enabled else " once it is turned on"
            yield Found(says=f"{says}{off}", component=trigger.component)


ODDITY = OddityFinder(
    rule=OddityRule(
        name="secret-code",
        title="A secret code starts it",
        concern="medium",
        help=(
            "Typing a sequence such as *#*#9999#*#* into the dialler starts this component. Makers use it for tests and "
            "service; what is left of it in a build for customers may switch things on that nobody declared. Find out "
            "what the code does, and take it out of builds that are sold."
        ),
    ),
    find=_find,
)
