"""A forbidden package's code under another name: its bytes, or what of its classes survives renaming.

Looked for is the code of packages that the declaration forbids in this variant or that other variants' builds alone have, as far
as `--builds` holds them. What counts are features that nothing else of the baseline has. Where enough of them are here, the
package is refused; the numbers are told, and nothing is said of who copied from whom.
"""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import ReadPackage
from vuoto.facts.gates import GateFinding
from vuoto.firmware.comparing.resemblance import LIKE_CODE, Sought, code_of
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule

SOME_CODE = 0.25
"""Share of a forbidden package's features from which the answer is undecided; two apps of one trade share less."""


def _judge(question: Question) -> Iterator[GateFinding]:
    wanted = _wanted(question)
    if not wanted:
        return
    sought = [(known, where, Sought(code_of(known), question.common)) for known, where in wanted]
    changed = {id(pair.new) for pair in question.pairs}
    for read in question.build.packages:
        package = read.package
        if id(read) not in changed:
            continue
        code = code_of(read)
        best = None
        for known, where, one in sought:
            if package.name == known.package.name:  # the rules of names speak of it
                continue
            if package.sha256 and package.sha256 == known.package.sha256:
                because = f"it has the same bytes as {known.package.name} in {where}"
                best = (2.0, known, finding(RULE.name, "refused", read, known.package.name or "", because))
                break
            share = one.containment(code)
            if not share.tells or share.share < SOME_CODE or (best is not None and share.share <= best[0]):
                continue
            told = f"{known.package.name} in {where}: {share.words()}"
            if share.share >= LIKE_CODE:
                row = finding(RULE.name, "refused", read, known.package.name or "", f"it holds the same code as {told}")
            else:
                row = finding(RULE.name, "undecided", read, known.package.name or "", f"it holds a part of the code of {told}")
            best = (share.share, known, row)
        if best is not None:
            yield best[2]


def _wanted(question: Question) -> list[tuple[ReadPackage, str]]:
    """Packages whose code must not be here, each content once, and the build that shows it."""
    forbidden = set(question.variant.forbidden_packages)
    foreign = set(question.foreign_names) - question.own_names if question.own_names is not None else set()
    found: dict[str, tuple[ReadPackage, str]] = {}
    for read in question.baseline.packages if question.baseline is not None else ():
        if read.package.name in forbidden:
            found.setdefault(read.package.sha256, (read, "the baseline"))
    for build in question.others:
        for read in build.packages:
            if read.package.name in forbidden or read.package.name in foreign:
                found.setdefault(read.package.sha256, (read, build.name))
    return [found[digest] for digest in sorted(found)]


def _note(question: Question) -> str | None:
    if _wanted(question):
        return None
    return "no build was given that holds a forbidden package: its code is not known, and was not looked for"


RULE = Rule(
    name="same-code",
    asks="whether a package holds the code of a forbidden one, or of another variant's, under another name",
    rests_on="builds that hold the forbidden package (`--builds`), and a baseline, which tells what every build has",
    remedy="Take the package out; where the code is meant to be there, say so in a waiver",
    judge=_judge,
    note=_note,
)
