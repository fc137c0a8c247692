"""What could not be read, so that no rule can speak of it: containers, packages, code, and code that is loaded at run time.

So is what is not there to be read: a build without packages, or without a partition that the baseline has, is more often half a
build than a small one. And native code that can open connections, of which no way is followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.gates import GateFinding
from vuoto.firmware.comparing.abilities import place_words
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule

_CALLS: Final = frozenset(
    ("connect", "sendto", "sendmsg", "sendmmsg", "getaddrinfo", "SSL_connect", "SSL_write", "curl_easy_perform")
)
"""Functions of libc, BoringSSL and curl without which native code sends nothing to a host (POSIX.1, `sys/socket.h`)."""


def _judge(question: Question) -> Iterator[GateFinding]:
    for problem in question.build.problems:
        yield finding(RULE.name, "undecided", None, problem.where, f"{problem.where}: {problem.what}")
    for subject, because in _missing(question):
        yield finding(RULE.name, "undecided", None, subject, because)
    for pair in question.pairs:
        read, package = pair.new, pair.new.package
        why = _unread(read)
        if why:
            yield finding(RULE.name, "undecided", read, "package", why)
        known = {problem.what for problem in pair.old.package.problems} if pair.old is not None else set()
        gained = [problem for problem in package.problems if problem.what not in known]
        if gained and not why:
            more = f", and {len(gained) - 1:,} more" if len(gained) > 1 else ""
            yield finding(RULE.name, "undecided", read, "contents", f"it could not be read in whole: {gained[0].what}{more}")
        if question.baseline is not None:
            for library in sorted(_talking(read) - (_talking(pair.old) if pair.old is not None else set())):
                because = f"its native code {library} can open connections from now on, and what it sends was not followed"
                yield finding(RULE.name, "undecided", read, library, because)
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


def _missing(question: Question) -> Iterator[tuple[str, str]]:
    """Subject and reason for what a whole build would have."""
    packages = question.build.packages
    if not packages:
        yield "packages", "no package was found in it: give the whole build, an OTA zip, its partitions or their folder"
        return
    there = {_partition(read.package.path) for read in packages}
    names = {read.package.name for read in packages}
    lost: dict[str, list[str | None]] = {}
    for read in question.baseline.packages if question.baseline is not None else ():
        lost.setdefault(_partition(read.package.path), []).append(read.package.name)
    for partition, had in sorted(lost.items()):
        if partition and partition not in there and names.isdisjoint(name for name in had if name):
            because = f"nothing of {partition} was found, where the baseline has {_counted(had)}: is the whole build there?"
            yield partition, because


def _counted(packages: list[str | None]) -> str:
    return f"{len(packages):,} package{'s' if len(packages) > 1 else ''}"


def _partition(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""


def _talking(read: ReadPackage) -> set[str]:
    """Names of the files of a package's native code that take functions for sending from the system."""
    return {one.path.rpartition("/")[2] for one in read.package.native_libraries if not _CALLS.isdisjoint(one.imports)}


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
    asks="whether there is something that could not be read or is not there, or code that is loaded at run time or native",
    rests_on=(
        "problems of reading; packages and partitions that the baseline has; loaded code, and native code that can open "
        "connections, count where the baseline's package had none"
    ),
    remedy="Give what is missing (the whole image; --old with what an incremental update starts from), or waive it with a reason",
    judge=_judge,
    note=_note,
)
