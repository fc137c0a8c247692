"""Looks for the code behind one sighting: which packages are worth a look, what each shows, and how likely each sent it.

Worth a look are packages that hold a rare word of the message, that the capture or the recorder names, or that read what was
sent. The others are counted, not read: what speaks against one that holds nothing speaks against all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from vuoto.facts.app_tags import AppTag, read_tag
from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodePlace, CodeWord
from vuoto.facts.origins import SearchedBuild, Sighting
from vuoto.facts.problems import Problem
from vuoto.origins.build import LABEL, SHARED, WAY, Build
from vuoto.origins.evidence import CodeSeen, Evidence, PackageSeen, PlaceSeen, SendSeen
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace
from vuoto.origins.traces.capture_app_tag import is_cut, of_android, shared_name, tag_name
from vuoto.origins.traces.identifier_read import read_kinds
from vuoto.origins.weighing import Odds, odds, weigh
from vuoto.seams import plugins

MOST_CANDIDATES: Final = 16
"""Packages read per sighting: more than these that fit equally well cannot be told apart anyway."""

WORTH_A_LOOK: Final = 0.08
"""Share of the best candidate's rare words that another must hold."""

MOST_SHARERS: Final = 40
"""Packages that hold a word from which on it names no candidate, unless the build is small."""

TELLING: Final = 0.25
"""Of a package that holds a word which at most three others hold: then packages that merely read what was sent are not looked
at."""

LIKELY_INSIDE: Final = 0.75
"""That a candidate sent it, from which on packages that cannot be seen into are not looked up: it would change nothing."""

UNREAD: Final = 0.0
NATIVE: Final = -3.0
LOADS: Final = -1.5
"""Bits for packages that hold nothing of the message: none against one whose code was not read; some against one with native code
that sends, or that loads code: it might all be in there."""

MOST_UNREAD: Final = 64
"""Paths of unread packages told."""

GENERAL: Final = frozenset({"reads", "timing", "encoding", "default agent"})
"""Groups of signs that fit many packages: to read an identifier, to start at boot, to use Base64. They weigh, and name nobody."""

CONTRADICTED: Final = -1.5
"""Bits against a package, of names of the message that it lacks, from which on one word alone names it no more: it must hold
another (`SECOND`). Who only logs, lists or blocks a host holds the host and nothing else of the message."""

SECOND: Final = 3.0
"""Bits from which on another trace's word counts as a second one."""

_DOTTED: Final = re.compile(r"[A-Za-z]\w*(?:\.\w+)+", re.ASCII)
"""What in a `User-Agent` may be the name of a package."""

_NATIVE_SENDS: Final = frozenset({"connect", "sendto", "send", "SSL_write", "curl_easy_perform"})
_WITNESSES: Final = ("capture app tag", "socket trace")

Weighed = list[tuple[str, Sign, float]]
"""Signs with the name of their trace and the bits they count for, strongest first."""


@cache
def traces() -> tuple[Trace, ...]:
    """All traces, by module name."""
    return plugins("vuoto.origins.traces", Trace, "TRACE")


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryGlance:
    """Of a native library what says whether it sends."""

    imports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageGlance:
    """Of a package what says whether it could be read."""

    path: str
    kind: str
    sha256: str
    native_libraries: tuple[LibraryGlance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Of a package what it is called."""

    name: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameGlance:
    """The part of a `ReadPackage` that says what it is called."""

    package: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGlance:
    """Of code what says whether all of it could be read."""

    loads: tuple[CodePlace, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The part of a `ReadPackage` that says whether something may be in it that was not seen."""

    package: PackageGlance
    code: CodeGlance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Packages in which something may be that was not seen, by number."""

    unread: Mapping[int, str]
    native: frozenset[int]
    loads: frozenset[int]

    def bits(self, number: int, nothing: float) -> float:
        """For a package that shows nothing."""
        if number in self.unread:
            return max(UNREAD, nothing)
        if number in self.native:
            return max(NATIVE, nothing)
        return max(LOADS, nothing) if number in self.loads else nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What looking for one sighting gave."""

    suspects: Mapping[int, Suspect]
    """The candidates; numbers beyond the build's are apps that only the capture names."""

    weighed: Mapping[int, Weighed]
    """Their signs."""

    specific: Mapping[int, float]
    """The strongest sign of those about words, names and witnesses: what many packages do is no specific sign, and one word is
    none where most of the names are lacking."""

    bits: Mapping[int, float]
    """Sums of those for which something speaks."""

    others: Sequence[float]
    """Sums of all other packages of the build."""

    odds: Odds
    """How likely each is."""


class Detective:
    """Holds what is asked of a build once."""

    def __init__(self, build: Build | None, sightings: Sequence[Sighting]) -> None:
        self.build = build
        self.count = len(build) if build is not None else 0
        words = {word for sighting in sightings for trace in traces() for word in trace.words(sighting)}
        self._mentions: Mapping[str, tuple[int, ...]] = build.mentions(words) if build is not None and words else {}
        self._numbers: dict[tuple[str, str], tuple[int, ...]] = {}
        self._suspects: dict[int, Suspect] = {}
        self._names: dict[str, list[int]] = {}
        if build is not None:
            for number, header in enumerate(build.packages()):
                if header.name:
                    self._names.setdefault(header.name, []).append(number)

    # ── what is asked of the build ──

    def _having(self, what: str, value: str) -> tuple[int, ...]:
        key = (what, value)
        if key not in self._numbers:
            if self.build is None:
                return ()
            match what:
                case "reads":
                    self._numbers[key] = self.build.reads_of(value)
                case "started":
                    self._numbers[key] = self.build.started_by(value)
                case "ways":
                    self._numbers[key] = self.build.having(WAY, value)
                case "shares":
                    self._numbers[key] = self.build.having(SHARED, value)
                case _:
                    self._numbers[key] = self._called(value)
        return self._numbers[key]

    def _called(self, label: str) -> tuple[int, ...]:
        """The packages that are called so; of a label that may be cut off, those whose label or name begins so."""
        assert self.build is not None
        if not is_cut(label):
            return self.build.having(LABEL, label)
        return tuple(number for number, names in enumerate(self._all_names) if any(name.startswith(label) for name in names))

    @cached_property
    def _all_names(self) -> list[list[str]]:
        """Labels and names of all packages."""
        glances = self.build.read_as(NameGlance) if self.build is not None else ()
        return [[name for name in (glance.package.label, glance.package.name) if name] for glance in glances]

    def _read(self, numbers: Iterable[int]) -> None:
        missing = sorted(set(numbers) - set(self._suspects))
        if missing and self.build is not None:
            words = self.build.code_words(missing, self._mentions)
            for number, evidence in zip(missing, self.build.read_as(Evidence, missing), strict=True):
                self._suspects[number] = self._suspect(evidence, number, words.get(number, ()))

    def _suspect(self, evidence: Evidence, number: int, words: Sequence[CodeWord] = ()) -> Suspect:
        read = self._whole if 0 <= number < self.count else None
        return Suspect(evidence, number, self._mentions, self.count, self._how_many, words, read)

    def _how_many(self, what: str, value: str) -> int:
        return len(self._having(what, value))

    def _whole(self, number: int) -> ReadPackage:
        assert self.build is not None
        return self.build.read([number]).packages[0]

    @cached_property
    def hidden(self) -> Hidden:
        """The packages whose code was not read whole, asks native code, or loads more. Looks at all packages."""
        unread: dict[int, str] = {}
        native: set[int] = set()
        loads: set[int] = set()
        for number, glance in enumerate(self.build.read_as(Glance) if self.build is not None else ()):
            package, code = glance.package, glance.code
            if package.kind == "zip" or (code is not None and code.problems) or not package.sha256:
                unread[number] = package.path
            elif any(_NATIVE_SENDS.intersection(library.imports) for library in package.native_libraries):
                native.add(number)
            elif code is not None and code.loads:
                loads.add(number)
        return Hidden(unread=unread, native=frozenset(native), loads=frozenset(loads))

    def able(self, sighting: Sighting) -> list[str]:
        """The packages that need only hide their words: from their reads of all that was sent, ways lead to a send."""
        kinds = read_kinds(sighting)
        if not kinds or self.build is None:
            return []
        numbers = set(self._having("ways", kinds[0]))
        for kind in kinds[1:]:
            numbers.intersection_update(self._having("ways", kind))
        headers = self.build.packages()
        return sorted(headers[number].name or headers[number].path for number in numbers)

    def searched(self) -> SearchedBuild | None:
        """What was searched."""
        if self.build is None:
            return None
        facts = self.build.build_facts
        unread = sorted(self.hidden.unread.values()) if "hidden" in self.__dict__ else []
        return SearchedBuild(
            name=self.build.name,
            fingerprint=facts.fingerprint if facts else None,
            model=facts.model if facts else None,
            packages=self.count,
            unread=tuple(unread[:MOST_UNREAD]),
        )

    def suspect(self, number: int) -> Suspect:
        """A package of the build."""
        self._read([number])
        return self._suspects[number]

    # ── who is worth a look ──

    @property
    def _most(self) -> int:
        """Packages that may hold a word that still names candidates."""
        return max(MOST_SHARERS, self.count // 10) if self.count > 2 * MOST_SHARERS else self.count

    def holders(self, word: str | None) -> int:
        """How many packages hold the word."""
        return len(self._mentions.get(word, ())) if word else 0

    def everywhere(self, sighting: Sighting) -> int:
        """How many packages hold the host, its domain or an address of it, where they are too many to be looked at; else 0."""
        most = max(map(self.holders, (sighting.host, sighting.domain, *sighting.addresses)), default=0)
        return most if most > self._most else 0

    def candidates(self, sighting: Sighting) -> list[int]:
        """Packages, those that hold most of what is rare first."""
        score: dict[int, float] = {}
        most = self._most
        for word in {word for trace in traces() for word in trace.words(sighting)}:
            holders = self._mentions.get(word, ())
            if 0 < len(holders) <= most:
                for number in holders:
                    score[number] = score.get(number, 0.0) + 1 / len(holders)
        if max(score.values(), default=0.0) < TELLING:
            kinds = read_kinds(sighting)
            for kind in kinds:
                readers = self._having("reads", kind)
                if len(readers) <= most:
                    for number in readers:
                        score[number] = score.get(number, 0.0) + 0.5 / (len(readers) * len(kinds))
        named = [number for tag in named_apps(sighting) for number in self._meant(tag)]
        named += [number for agent in sighting.agents for name in _DOTTED.findall(agent) for number in self._names.get(name, ())]
        for number in named:
            score[number] = score.get(number, 0.0) + 10.0
        least = max(score.values(), default=0.0) * WORTH_A_LOOK
        worth = [number for number in score if score[number] >= least]
        return sorted(worth, key=lambda number: (-score[number], number))[:MOST_CANDIDATES]

    def _meant(self, tag: AppTag) -> list[int]:
        """The packages that the tag can name."""
        if of_android(tag):
            return []
        named = self._names.get(tag.package or tag.label, [])
        return named if tag.package else sorted({*named, *self._having("called", tag.label)})

    def _sharing(self, tag: AppTag) -> tuple[int, ...]:
        """The packages that share the tag's user id, where it is one of Android's own."""
        name = shared_name(tag)
        return self._having("shares", name) if name else ()

    def prepare(self, sightings: Sequence[Sighting]) -> None:
        """Read the packages that are worth a look for any of the sightings, together: one by one takes longer."""
        self._read({number for sighting in sightings for number in self.candidates(sighting)})

    # ── what each shows ──

    def look(self, sighting: Sighting) -> Looked:
        """All candidates weighed against each other, against the other packages, and against none of the build."""
        numbers = self.candidates(sighting)
        self._read(numbers)
        suspects = {number: self._suspects[number] for number in numbers}
        weighed = {number: self._weigh(sighting, suspects[number]) for number in numbers}
        for place, tag in enumerate(named_apps(sighting)):
            if not self._meant(tag) and not self._sharing(tag):
                stranger = self.count + place
                suspects[stranger] = self._suspect(_stranger(tag), stranger)
                weighed[stranger] = self._weigh(sighting, suspects[stranger], only=_WITNESSES)
        bits = {n: sum(w for _, _, w in signs) for n, signs in weighed.items() if any(w > 0 for _, _, w in signs)}
        specific = {n: _specific(weighed[n]) for n in bits}
        nothing = sum(w for _, _, w in self._weigh(sighting, self._suspect(_NOBODY, -1)))
        rest = [n for n in range(self.count) if n not in bits]
        others = [nothing] * len(rest)
        found = odds(bits, others)
        if found.candidates < LIKELY_INSIDE and self.build is not None:
            others = [self.hidden.bits(n, nothing) for n in rest]
            found = odds(bits, others)
        return Looked(suspects=suspects, weighed=weighed, specific=specific, bits=bits, others=others, odds=found)

    @staticmethod
    def _weigh(sighting: Sighting, suspect: Suspect, only: Sequence[str] = ()) -> Weighed:
        return weigh(
            (trace.name, sign) for trace in traces() if not only or trace.name in only for sign in trace.find(sighting, suspect)
        )


def _specific(weighed: Weighed) -> float:
    """The strongest sign that can name a package; 0 where it is one word, and what else was to be held is not."""
    telling = [(name, sign, bits) for name, sign, bits in weighed if sign.group not in GENERAL]
    lacks = any(sign.group in ("names", "names missing") and bits <= CONTRADICTED for _, sign, bits in weighed)
    if lacks and not any(sign.group == "witness" for _, sign, _ in telling):
        words = {name for name, _, bits in telling if bits >= SECOND}
        if len(words) < 2:
            return 0.0
    return max((bits for _, _, bits in telling), default=0.0)


def named_apps(sighting: Sighting) -> list[AppTag]:
    """Apps that the capture or the recorder names.

    What is no tag with a user id may be a process: its package's name, `:`, and a part of it.
    """
    tags = [read_tag(app) for app in sighting.apps]
    tags += [AppTag(trace.process) for trace in sighting.traces if trace.process]
    return list(dict.fromkeys(tag if tag.uid is not None else AppTag(tag.label.partition(":")[0]) for tag in tags))


_NOBODY: Final = Evidence(
    package=PackageSeen(path="", kind="jar"), code=CodeSeen(sends=(SendSeen(api="", place=PlaceSeen(method="")),))
)
"""A package that may send and holds nothing: what speaks against it speaks against every package that was not looked at."""


def _stranger(tag: AppTag) -> Evidence:
    """An app that only the capture names."""
    return Evidence(package=PackageSeen(path="", kind="jar", name=tag_name(tag), label=tag.label or None), code=None)
