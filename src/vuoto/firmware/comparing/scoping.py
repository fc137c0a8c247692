"""In which of many builds a package, a class, a host or some code is.

Builds come as indexes and are looked at one after the other: packages that were met before, by their digest, are not read again,
so that hundreds of builds of one phone cost little more than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Final, Literal, NamedTuple

from vuoto.errors import InputError
from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.problems import Problem
from vuoto.facts.scopes import Scope, ScopeHit, ScopeRow
from vuoto.firmware.comparing.resemblance import FEWEST_FEATURES, LIKE_CODE, SAME_CODE, Code, Containment, Sought, code_of
from vuoto.firmware.comparing.scope_words import sentences_of
from vuoto.firmware.index import BuildIndex, PackageHeader, digest_of_code
from vuoto.firmware.named_hosts import HostTexts, hosts_of

AT_ONCE: Final = 64
"""Packages whose code is held at a time."""

COMMON_NAMES: Final = 5
"""Packages of different names that hold a feature for it to tell nothing: then it is of the framework's use, or a library's."""

MOST_HOSTS: Final = 5
"""Hosts below the one that is asked for that are told for one package."""


LIMITS: Final = (
    "Only the builds that were given were looked into: one that was shipped and is not among them may have it as well",
    "That a build has it is no proof that it ran on a phone: what left one is what `vuoto audit` says of a capture",
    "An app that came or was updated after the phone was sold is in no build",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for."""

    kind: Literal["package", "class", "host", "like"]
    """A package by name or path, a class, a host, or the code of a package that is given."""

    what: str
    """The name, path, class (with dots or in DEX notation) or host; for `like` what the package is called in the answer."""

    like: ReadPackage | None = field(default=None)
    """The package whose code is looked for, where `kind` is `like`."""


class Shared(NamedTuple):
    """What a package holds of the one that is looked for."""

    features: frozenset[int]
    prints: int


def find_scope(builds: Iterable[tuple[str, BuildIndex | str]], asked: Asked) -> Scope:
    """The answer over `builds`: each by its name, opened, or why it could not be."""
    search = _Search(asked)
    drafts = [search.look(name, index) for name, index in builds]
    rows = tuple(sorted((search.finish(draft) for draft in search.ordered(drafts)), key=_order))
    problems = [Problem(where=row.build, what=row.why) for row in rows if row.why]
    return Scope(
        asked=asked.kind,
        what=asked.what,
        sentences=sentences_of(asked.kind, asked.what, rows),
        rows=rows,
        problems=tuple(problems),
        limits=LIMITS,
    )


class _Found(NamedTuple):
    """A package of a build, and what its code is known by."""

    header: PackageHeader
    key: str
    """The digest of its file, and behind a `+` what tells apart what stands beside files of one digest (splits, `oat/`)."""


class _Draft(NamedTuple):
    """A build before it is known how its packages compare with those of the others."""

    row: ScopeRow
    found: tuple[_Found, ...]


class _Search:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.codes: dict[str, Code] = {}
        """Of packages found by name, by digest."""
        self.shared: dict[str, Shared] = {}
        """Of packages compared with the one given, by key."""
        self.carriers: dict[int, set[str]] = defaultdict(set)
        self.hosts: dict[str, tuple[str, ...]] = {}
        """Of packages that hold the host's name: the hosts among theirs that are it or below it, by key."""
        self.sought = Sought(code_of(asked.like)) if asked.like is not None else None
        self.first: str | None = None
        if asked.like is not None:
            prints = code_of(asked.like).prints
            sizes = [len(one.features) for one in prints]
            features = [feature for one in prints for feature in one.features]
            self.first = f"{asked.like.package.sha256}+{digest_of_code(sizes, features)}"
        self.rare: frozenset[int] | None = None

    def look(self, name: str, index: BuildIndex | str) -> _Draft:
        """What can be said of one build alone."""
        if isinstance(index, str):
            return _Draft(_row(name, None, why=f"could not be read: {index}"), ())
        try:
            found = self.found(index)
            part = f"could not be read in whole: {index.problems[0].what}" if index.problems else None
            row = _row(name, index.build_facts, why=part)
        except InputError as error:
            return _Draft(_row(name, None, why=f"could not be read: {error.what}"), ())
        return _Draft(row, found)

    def found(self, index: BuildIndex) -> tuple[_Found, ...]:
        """The packages of a build that may be what is asked for."""
        headers = index.packages()
        what = self.asked.what
        if self.asked.kind == "like":
            keys = [f"{header.sha256}+{code}" for header, code in zip(headers, index.code_digests(), strict=True)]
            self._compare(index, keys)
            return tuple(map(_Found, headers, keys))
        if self.asked.kind == "package":
            numbers = [n for n, header in enumerate(headers) if what in (header.name, header.path)]
        elif self.asked.kind == "class":
            # Classes without a text or a call have no print; those that the manifest names are found by it.
            by_code = index.having("packages.code.prints.name", descriptor(what))
            by_manifest = index.having("packages.package.components.name", descriptor(what)[1:-1].replace("/", "."))
            numbers = sorted({*by_code, *by_manifest})
        else:
            holding = index.mentions({what, what.lower(), what.upper()})
            numbers = sorted({number for holders in holding.values() for number in holders})
            keys = self._name_hosts(index, headers, numbers)
            return tuple(_Found(headers[n], key) for n, key in zip(numbers, keys, strict=True))
        if self.asked.kind == "package":
            keys = [self._key(read) for read in index.read(numbers).packages]
            return tuple(_Found(headers[n], key) for n, key in zip(numbers, keys, strict=True))
        return tuple(_Found(headers[n], headers[n].sha256) for n in numbers)

    def _name_hosts(self, index: BuildIndex, headers: Sequence[PackageHeader], numbers: Sequence[int]) -> list[str]:
        """What these packages name of the host that is asked for, by the one reading of hosts; their keys."""
        what = self.asked.what.lower()
        keys = []
        for number, read in zip(numbers, index.read_as(HostTexts, numbers), strict=True):
            # Not by digest: splits beside an equal file name hosts as well.
            keys.append(f"{headers[number].sha256}+{len(self.hosts)}")
            self.hosts[keys[-1]] = tuple(host for host in hosts_of(read) if host == what or host.endswith(f".{what}"))
        return keys

    def _key(self, read: ReadPackage) -> str:
        """What the code of a package is known by from now on."""
        code = code_of(read)
        for number in count():
            key = f"{read.package.sha256}+{number}" if number else read.package.sha256
            known = self.codes.setdefault(key, code)
            if known is code or known.prints == code.prints:
                return key
        raise AssertionError

    def _compare(self, index: BuildIndex, keys: Sequence[str]) -> None:
        assert self.sought is not None
        new = [n for n, key in enumerate(keys) if key not in self.shared]
        for at in range(0, len(new), AT_ONCE):
            some = new[at : at + AT_ONCE]
            for number, read in zip(some, index.read(some).packages, strict=True):
                code = code_of(read)
                found = self.sought.shared(code)
                self.shared[keys[number]] = Shared(found, len(self.sought.prints & code.by_print.keys()))
                for feature in found:
                    self.carriers[feature].add(read.package.name or read.package.path.rpartition("/")[2])

    def ordered(self, drafts: Sequence[_Draft]) -> list[_Draft]:
        """The drafts in the order of the builds, and what the rest is compared with: the first content that was met."""
        result = sorted(drafts, key=lambda draft: _order(draft.row))
        if self.first is None:
            self.first = next((found.key for draft in result for found in draft.found), None)
        if self.sought is not None:
            common = {feature for feature, names in self.carriers.items() if len(names) >= COMMON_NAMES}
            rare = self.sought.features - common
            self.rare = rare if len(rare) >= FEWEST_FEATURES else self.sought.features
        elif self.first in self.codes:
            self.sought = Sought(self.codes[self.first])
        return result

    def finish(self, draft: _Draft) -> ScopeRow:
        """The row of a build, with how its packages compare."""
        hits = sorted((hit for found in draft.found if (hit := self.hit(*found)) is not None), key=lambda hit: hit.path)
        row = draft.row
        if hits:
            return _with(row, "present", tuple(hits), None)
        return _with(row, "unknown" if row.why else "absent", (), row.why)

    def hit(self, header: PackageHeader, key: str) -> ScopeHit | None:
        """A package as a hit, or `None` where it does not hold what was asked for."""
        if self.asked.kind == "class":
            return _hit(header, "named", None, f"defines {self.asked.what}")
        if self.asked.kind == "host":
            return self.naming(header, key)
        # One that was too large to be read has no digest.
        if key == self.first and header.sha256:
            return _hit(header, "identical", 1.0, "the same bytes")
        share = self.containment(key)
        if share is None:
            return _hit(header, "other-code", None, "other bytes") if self.asked.kind == "package" else None
        if header.sha256 and self.first is not None and self.first.partition("+")[0] == header.sha256:
            beside = f"the same file, and other code beside it ({share.words()})"
            return _hit(header, _likeness(share) or "other-code", share.share, beside)
        likeness = _likeness(share)
        if likeness is not None:
            what = "the same code" if likeness == "same-code" else "much of the code"
            return _hit(header, likeness, share.share, f"{what} ({share.words()})")
        if self.asked.kind == "package":
            return _hit(header, "other-code", share.share, f"other code ({share.words()})")
        return None

    def naming(self, header: PackageHeader, key: str) -> ScopeHit:
        """A package that holds a host's name: as a host, or merely in a text."""
        named = self.hosts[key]
        if not named:
            return _hit(header, "in-a-text", None, f"holds {self.asked.what} in a text that is no address")
        more = f" and {len(named) - MOST_HOSTS} more" if len(named) > MOST_HOSTS else ""
        return _hit(header, "named", None, f"names {', '.join(named[:MOST_HOSTS])}{more}")

    def containment(self, digest: str) -> Containment | None:
        """How much of the first content is in another."""
        if self.sought is None:
            return None
        if self.asked.kind == "package":
            return self.sought.containment(self.codes[digest]) if digest in self.codes else None
        assert self.rare is not None
        found = self.shared[digest]
        return Containment(
            features=len(self.rare),
            found=len(self.rare & found.features),
            classes=len(self.sought.prints),
            found_classes=found.prints,
        )


def descriptor(name: str) -> str:
    """`Lcom/example/Foo;` for `com.example.Foo`; one that is written so already stays."""
    return name if name.startswith("L") and name.endswith(";") else f"L{name.replace('.', '/')};"


def _likeness(share: Containment) -> str | None:
    """What the code is called that has this share of the one looked for; `None` where it is too little or tells nothing."""
    if not share.tells or share.share < LIKE_CODE:
        return None
    return "same-code" if share.share >= SAME_CODE else "like-code"


def _hit(header: PackageHeader, likeness: str, share: float | None, says: str) -> ScopeHit:
    return ScopeHit(
        path=header.path,
        package=header.name,
        version=header.version_name,
        sha256=header.sha256,
        likeness=likeness,
        share=None if share is None else round(share, 4),
        says=says,
    )


def _row(name: str, facts: BuildFacts | None, *, why: str | None) -> ScopeRow:
    return ScopeRow(
        build=name,
        state="unknown",
        model=facts.model if facts else None,
        product=facts.product if facts else None,
        fingerprint=facts.fingerprint if facts else None,
        built=_built(facts) if facts else None,
        security_patch=facts.security_patch if facts else None,
        incremental=facts.incremental if facts else None,
        hits=(),
        why=why,
    )


def _with(row: ScopeRow, state: Literal["present", "absent", "unknown"], hits: tuple[ScopeHit, ...], why: str | None) -> ScopeRow:
    return replace(row, state=state, hits=hits, why=why)


def _built(facts: BuildFacts) -> str | None:
    """The day of the build; a build may say its date by any partition, and the first that can be read counts."""
    values = {p.name: p.value for p in facts.properties}
    for name in ("ro.build.date.utc", "ro.system.build.date.utc", "ro.vendor.build.date.utc", "ro.product.build.date.utc"):
        value = values.get(name, "")
        if value.isascii() and value.isdigit() and len(value) <= 12 and 0 < int(value) < 1 << 33:
            return datetime.fromtimestamp(int(value), UTC).date().isoformat()
    return None


def _order(row: ScopeRow) -> tuple[str, str, tuple[tuple[int, int, str], ...], str]:
    """Date, patch level, number (its digits as numbers), file; what says nothing comes last."""
    return row.built or row.security_patch or "9", row.security_patch or "9", tuple(_digits(row.incremental or "")), row.build


def _digits(text: str) -> Iterator[tuple[int, int, str]]:
    """Sort key of a text in which digits stand for numbers of any length: fewer digits come first, then the digits decide."""
    number = ""
    for character in text:
        if character.isascii() and character.isdigit():
            number += character
            continue
        if number:
            yield _number(number)
            number = ""
        yield 1, 0, character
    if number:
        yield _number(number)


def _number(digits: str) -> tuple[int, int, str]:
    # No `int`: Python refuses to make one of more than 4300 digits, and the text is the build's own.
    significant = digits.lstrip("0")
    return 0, len(significant), significant
