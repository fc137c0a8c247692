"""Code that a package keeps where Android does not look for it, and data that nobody can read beside a class loader."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import Concern, OddityRule
from vuoto.firmware.hiding import DISGUISED, hidden_words, unseen
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    loads = read.code is not None and bool(read.code.loads)
    for one in read.package.hidden:
        if one.kind == "dense":
            continue
        concern: Concern = "medium" if one.how in DISGUISED else "low"
        yield Found(says=hidden_words(one) + (", and makes a class loader" if loads else ""), concern=concern)
    for one in unseen(read):
        yield Found(says=f"{hidden_words(one)}, and makes a class loader", concern="medium")


ODDITY = OddityFinder(
    rule=OddityRule(
        name="hidden-code",
        title="It keeps code where Android does not look for it, or data that may be code and cannot be read",
        concern="medium",
        help=(
            "Android loads classes.dex and what follows it, and native libraries from lib. Code elsewhere runs only if the "
            "package itself loads it. What could be opened was read with the rest; its places begin with the file that it came "
            "out of. Data that is as dense as encrypted, beside a class loader, may hold code that nobody has read. Find out who "
            "loads it and when, and ask for it in the open."
        ),
    ),
    find=_find,
)
