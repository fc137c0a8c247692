"""Compares two builds: pairs their packages, and asks every aspect what changed in each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.facts.changes import CONCERNS, Change, ComparedBuild, Concern, Difference
from vuoto.facts.problems import Problem
from vuoto.firmware.comparing.abilities import can_send, is_personal, ways_of
from vuoto.firmware.comparing.aspect import Aspect, Pair, make_change
from vuoto.firmware.comparing.pairing import Match, pair_packages, same_content
from vuoto.firmware.comparing.properties import PROPERTY_CHANGES, compare_properties
from vuoto.firmware.comparing.resemblance import SAME_CODE, Resemblance, Sought, code_of
from vuoto.seams import plugins

PACKAGE_CHANGE: Final = "package"
"""What a change of the set of packages is called: new, gone, moved, renamed."""

LIMITS: Final = (
    "Static presence is no proof of use: that code may reach a host does not mean that it does, on any phone",
    "Code that is encrypted, downloaded or native is compared by the texts in it alone",
    "What a phone sets at run time, or a server decides, is in no build",
)


@cache
def aspects() -> tuple[Aspect, ...]:
    """Everything that is compared, by name of its file."""
    return plugins("vuoto.firmware.comparing.aspects", Aspect, "ASPECT")


@cache
def change_names() -> tuple[str, ...]:
    """Everything that a change can be about, sorted."""
    return tuple(sorted({*PROPERTY_CHANGES, PACKAGE_CHANGE, *(name for aspect in aspects() for name in aspect.makes)}))


def compare(old: ReadBuild, new: ReadBuild) -> Difference:
    """What changed for a person's data from `old` to `new`. Never raises."""
    pairing = pair_packages(old.packages, new.packages)
    changes = list(compare_properties(old, new))
    same_bytes = same_meaning = 0
    for match in pairing.matches:
        found = list(_matched(match))
        changes += found
        identical = same_content(match.old, match.new)
        same_bytes += identical and not found
        same_meaning += not identical and not found
    for read in pairing.added:
        changes += package_changes(Pair(old=None, new=read))
        changes.append(_added(read))
    changes += [_removed(read) for read in pairing.removed]
    return Difference(
        old=compared(old),
        new=compared(new),
        changes=tuple(sorted(changes, key=reading_order)),
        same_bytes=same_bytes,
        same_meaning=same_meaning,
        changed=len(pairing.matches) - same_bytes - same_meaning,
        added=len(pairing.added),
        removed=len(pairing.removed),
        limits=LIMITS,
        problems=(*_named(old), *_named(new)),
    )


def package_changes(pair: Pair) -> Iterator[Change]:
    """What every aspect says of one package."""
    for aspect in aspects():
        yield from aspect.compare(pair)


def compared(build: ReadBuild) -> ComparedBuild:
    """The heading of a build."""
    facts = build.build
    return ComparedBuild(
        name=build.name,
        format=build.format,
        model=facts.model if facts else None,
        product=facts.product if facts else None,
        fingerprint=facts.fingerprint if facts else None,
        security_patch=facts.security_patch if facts else None,
        packages=len(build.packages),
    )


def reading_order(change: Change) -> tuple[int, str, str, str, str, str, str]:
    """Sort key: concern, then the package, what it is about, and the rest, so that the order is always the same."""
    place = CONCERNS.index(change.concern)
    return place, change.package or change.path, change.path, change.aspect, change.subject, change.direction, change.id


def _matched(match: Match) -> Iterator[Change]:
    old, new = match.old.package, match.new.package
    if match.renamed:
        share = Sought(code_of(match.old)).containment(code_of(match.new))
        if old.sha256 == new.sha256:
            says = f"bears another name now: the same bytes as {old.name or old.path} before"
        elif share.tells and share.share >= SAME_CODE:
            says = f"bears another name now: the same code as {old.name or old.path} before ({share.words()})"
        else:
            says = f"is another package: {old.name or old.path} before"
        yield make_change(PACKAGE_CHANGE, "changed", "high", "name", says, new.name, new.path, before=old.name, after=new.name)
    elif old.path != new.path and "/" in f"{old.path}{new.path}":  # packages alone stand nowhere
        privileged = "/priv-app/" in f"/{new.path}" and "/priv-app/" not in f"/{old.path}"
        more = ", where packages are granted privileged permissions" if privileged else ""
        says = f"moved from {old.path}{more}"
        concern: Concern = "medium" if privileged else "low"
        yield make_change(PACKAGE_CHANGE, "changed", concern, "path", says, new.name, new.path, before=old.path, after=new.path)
    if not same_content(match.old, match.new):
        resemblance = Resemblance(code_of(match.old), code_of(match.new))
        yield from package_changes(Pair(old=match.old, new=match.new, resemblance=resemblance))


def _added(read: ReadPackage) -> Change:
    package = read.package
    collects = read.code is not None and any(is_personal(one.kind) and one.certainty != "possible" for one in read.code.reads)
    concern: Concern = "low"
    if ways_of(read) or (collects and can_send(read)):
        concern = "high"
    elif collects or can_send(read):
        concern = "medium"
    version = f" {package.version_name}" if package.version_name else ""
    says = f"is new{',' if version else ''}{version and f' version{version},'} in {package.path}"
    return make_change(
        PACKAGE_CHANGE, "added", concern, "package", says, package.name, package.path, after=package.sha256 or None
    )


def _removed(read: ReadPackage) -> Change:
    package = read.package
    says = f"is gone from {package.path}"
    return make_change(
        PACKAGE_CHANGE, "removed", "none", "package", says, package.name, package.path, before=package.sha256 or None
    )


def _named(build: ReadBuild) -> Iterator[Problem]:
    for problem in build.problems:
        where = problem.where if problem.where.startswith(build.name) else f"{build.name}: {problem.where}"
        yield Problem(where=where, what=problem.what, next_step=problem.next_step)
