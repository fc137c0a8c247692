"""A package that the declaration forbids in this variant, by its name; or by one that a person takes for it.

Android tells capital letters apart and lets a look-alike be another package. Whether it is one cannot be said: undecided.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from vuoto.facts.gates import GateFinding
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule

_ALIKE: Final = {
    "a": "\u0430\u03b1",
    "c": "\u0441",
    "d": "\u0501",
    "e": "\u0435",
    "g": "\u0261",
    "h": "\u04bb",
    "i": "\u0456\u0131\u03b9",
    "j": "\u0458",
    "k": "\u03ba",
    "l": "\u04cf1|",
    "n": "\u0578",
    "o": "\u043e\u03bf0",
    "p": "\u0440\u03c1",
    "s": "\u0455",
    "u": "\u03c5",
    "v": "\u03bd",
    "x": "\u0445",
    "y": "\u0443",
}
"""Letters and digits that are taken for a Latin letter in the fonts of terminals (Unicode UTS 39, those of names)."""

_FOLDED: Final = {ord(one): letter for letter, others in _ALIKE.items() for one in others}


def _judge(question: Question) -> Iterator[GateFinding]:
    forbidden = set(question.variant.forbidden_packages)
    alike = {looks(name): name for name in sorted(forbidden)}
    for read in question.build.packages:
        for kept in sorted(forbidden.intersection(one.name for one in read.package.hidden if one.kind == "package" and one.name)):
            where = ", ".join(one.path for one in read.package.hidden if one.name == kept)
            because = f"it keeps {kept} in {where}, which the declaration forbids in {question.variant.key}"
            yield finding(RULE.name, "refused", read, kept, because)
        name = read.package.name
        if name is None:
            continue
        version = f" {read.package.version_name}" if read.package.version_name else ""
        if name in forbidden:
            because = (
                f"the declaration forbids {name} in {question.variant.key}, and it is there{version and f', version{version}'}"
            )
            yield finding(RULE.name, "refused", read, name, because)
        elif (meant := alike.get(looks(name))) is not None and name not in question.variant.packages:
            because = f"its name is spelt almost as {meant}, which the declaration forbids in {question.variant.key}"
            yield finding(RULE.name, "undecided", read, meant, because)


def looks(name: str) -> str:
    """What a name looks like: two names of one look are not told apart by a person who reads quickly."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return text.translate(_FOLDED).replace("i", "l").replace("rn", "m").replace("vv", "w")


RULE = Rule(
    name="forbidden-package",
    asks="whether a package is there, or kept inside another, that the declaration forbids in this variant",
    rests_on=(
        "`forbidden_packages` of the variant; a name that differs in capitals or look-alike letters alone is undecided, and a "
        "package under quite another name is asked for by `same-code`"
    ),
    remedy="Take the package out of this variant's build",
    judge=_judge,
)
