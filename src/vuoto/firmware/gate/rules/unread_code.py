"""What could not be read, so that no rule can speak of it: containers, packages, code, and code that is loaded at run time."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import ReadPackage
from vuoto.facts.gates import GateFinding
from vuoto.firmware.comparing.abilities import place_words
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule


def _judge(question: Question) -> Iterator[GateFinding]:
    for problem in question.build.problems:
        yield finding(RULE.name, "undecided", None, problem.where, f"{problem.where}: {problem.what}")
    for pair in question.pairs:
        read, package = pair.new, pair.new.package
        why = _unread(read)
        if why:
            yield finding(RULE.name, "undecided", read, "package", why)
        if read.code is None:
            continue
        if read.code.problems:
            first = read.code.problems[0]
            because = f"its code could not be read in whole: {first.where}: {first.what}"
            yield finding(RULE.name, "undecided", read, "code", because)
        before = pair.old.code.loads if pair.old is not None and pair.old.code is not None else ()
        if read.code.loads and not before and package.kind != "jar":
            place = place_words(read.code.loads[0])
            because = f"it loads code at run time, in {place}: what that does is in no build"
            yield finding(RULE.name, "undecided", read, "loaded code", because, read.code.loads)


def _unread(read: ReadPackage) -> str:
    package = read.package
    if not package.sha256 or package.kind == "zip":
        problem = f": {package.problems[0].what}" if package.problems else ""
        return f"it could not be read as a package{problem}"
    if package.kind == "apk" and package.name is None:
        return "its manifest could not be read"
    if package.kind == "apk" and package.has_code and read.code is None and package.components and package.split is None:
        return "its manifest says that it has code, and none was found"
    return ""


def _note(question: Question) -> str | None:
    return None if question.baseline is not None else "no baseline was given: all code that is loaded at run time counts"


RULE = Rule(
    name="unread-code",
    asks="whether there is something that could not be read, or code that is loaded at run time",
    rests_on="problems of reading; loaded code counts where the baseline's package loaded none",
    remedy="Give what is missing (the old build of an incremental update, the whole image), or waive it with a reason",
    judge=_judge,
    note=_note,
)
