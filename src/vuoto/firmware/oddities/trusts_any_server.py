"""Code that takes any server for the right one."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import OddityRule
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    for flaw in read.code.trust_flaws if read.code is not None else ():
        yield Found(says=f"{flaw.what.replace('-', ' ')}: {flaw.why}", place=flaw.place)


ODDITY = OddityFinder(
    rule=OddityRule(
        name="trusts-any-server",
        title="Code takes any server for the right one",
        concern="high",
        help=(
            "A trust manager or a verifier of host names says yes to everything, so TLS protects from nobody who can "
            "answer in the server's place. Remove it; pin the server's key in the network security configuration where "
            "the public ones are not enough."
        ),
    ),
    find=_find,
)
