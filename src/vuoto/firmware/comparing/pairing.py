"""Which package of one build is which of the other: by name, else by content, else by its code under another name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from vuoto.facts.builds import ReadPackage
from vuoto.firmware.comparing.resemblance import SAME_CODE, Code, Sought, code_of

CANDIDATE: Final = 0.3
"""Share of a package's class prints from which another is looked at closely."""

MAX_CARRIERS: Final = 8
"""Packages in which a print may stand to tell anything; one in more of them is a library's."""


class Match(NamedTuple):
    """A package in both builds."""

    old: ReadPackage
    new: ReadPackage
    renamed: bool
    """Whether it bears another name now, and was known by its code."""


def same_content(old: ReadPackage, new: ReadPackage) -> bool:
    """Whether two packages are the same file, and so is what was read beside it.

    The digest is the package file's alone; its splits and the code that a system keeps in `oat/` are facts of the package too.
    """
    before, after = old.package, new.package
    if not before.sha256 or before.sha256 != after.sha256:
        return False
    return old.code == new.code and all(
        one == other
        for one, other in (
            (before.permissions, after.permissions),
            (before.components, after.components),
            (before.native_libraries, after.native_libraries),
            (before.strings, after.strings),
            (before.signers, after.signers),
        )
    )


class Pairing(NamedTuple):
    """All packages of two builds."""

    matches: tuple[Match, ...]
    added: tuple[ReadPackage, ...]
    removed: tuple[ReadPackage, ...]


def pair_packages(old: Sequence[ReadPackage], new: Sequence[ReadPackage]) -> Pairing:
    """Each package once; in the order of the newer build's paths."""
    if len(old) == len(new) == 1:  # whoever gives two packages wants these two compared
        alike = _key(old[0]) == _key(new[0]) or not (old[0].package.name or new[0].package.name)
        return Pairing((Match(old[0], new[0], renamed=not alike),), (), ())
    before: dict[tuple[str, str], list[ReadPackage]] = defaultdict(list)
    for read in old:
        before[_key(read)].append(read)
    matches: list[Match] = []
    left: list[ReadPackage] = []
    waiting: dict[tuple[str, str], list[ReadPackage]] = defaultdict(list)
    for read in new:
        known = before[_key(read)]
        same = next((one for one in known if one.package.path == read.package.path), None)
        if same is None:
            waiting[_key(read)].append(read)
        else:
            known.remove(same)
            matches.append(Match(same, read, renamed=False))
    for key, reads in waiting.items():
        known = before[key]
        for read in reads:
            if not known:
                left.append(read)
                continue
            best = next((one for one in known if one.package.sha256 == read.package.sha256), known[0])
            known.remove(best)
            matches.append(Match(best, read, renamed=False))
    gone = [read for reads in before.values() for read in reads]
    renamed = list(_renamed(gone, left))
    paired = {id(read) for match in renamed for read in (match.old, match.new)}
    return Pairing(
        matches=tuple(sorted([*matches, *renamed], key=lambda m: m.new.package.path)),
        added=tuple(sorted((read for read in left if id(read) not in paired), key=lambda r: r.package.path)),
        removed=tuple(sorted((read for read in gone if id(read) not in paired), key=lambda r: r.package.path)),
    )


def _key(read: ReadPackage) -> tuple[str, str]:
    package = read.package
    # JARs have no name: their file's is what the boot class path and the libraries' lists call them by.
    return (package.name, package.split or "") if package.name else ("", package.path.rpartition("/")[2])


def _renamed(gone: Sequence[ReadPackage], left: Sequence[ReadPackage]) -> Iterator[Match]:
    """Packages that are gone and came back under another name: the same bytes, or the same code."""
    if not gone or not left:
        return
    by_content: dict[str, list[int]] = defaultdict(list)
    for at, read in enumerate(gone):
        if read.package.sha256:
            by_content[read.package.sha256].append(at)
    taken: set[int] = set()
    carriers: dict[str, list[int]] = defaultdict(list)
    codes = [code_of(read) for read in gone]
    for at, code in enumerate(codes):
        for told in code.by_print:
            carriers[told].append(at)
    for read in left:
        at = next((number for number in by_content.get(read.package.sha256, ()) if number not in taken), -1)
        if at < 0:
            at = _alike(read, codes, carriers, taken)
        if at >= 0:
            taken.add(at)
            yield Match(gone[at], read, renamed=gone[at].package.name != read.package.name)


def _alike(read: ReadPackage, codes: Sequence[Code], carriers: dict[str, list[int]], taken: set[int]) -> int:
    """The number of the first of `codes` that is the same code as the package's and not yet taken, or -1."""
    code = code_of(read)
    votes: Counter[int] = Counter()
    for told in code.by_print:
        found = carriers.get(told, ())
        if len(found) <= MAX_CARRIERS:
            votes.update(number for number in found if number not in taken)
    for at, count in sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:MAX_CARRIERS]:
        if count < CANDIDATE * len(code.by_print):
            return -1
        other = codes[at]
        there, back = Sought(other).containment(code), Sought(code).containment(other)
        if there.tells and min(there.share, back.share) >= SAME_CODE:
            return at
    return -1
