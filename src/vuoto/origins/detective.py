"""Looks for the code behind one sighting, and says how sure it is, or that no package sent it, or why nobody can tell.

Packages worth a look are those that hold a rare word of the message, that the capture or the recorder names, or that read what
was sent. The others are counted, not read: what speaks against one that holds nothing speaks against all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodeFacts, CodePlace, CodeSend
from vuoto.facts.origins import Clue, Found, Origin, SearchedBuild, Sighting
from vuoto.facts.packages import Package
from vuoto.origins.build import Build
from vuoto.origins.places import best_class, shown_class, spread
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace
from vuoto.origins.traces.identifier_read import read_kinds
from vuoto.origins.weighing import confidences, weigh
from vuoto.seams import plugins

MOST_CANDIDATES: Final = 24
"""Packages read per sighting: more than these that fit equally well cannot be told apart anyway."""

MOST_SHARERS: Final = 40
"""Packages that hold a word from which on it names no candidate, unless the build is small."""

REACH: Final = 8.0
"""A candidate is shown beside the best where it is at least this part as likely: three bits."""

ENOUGH: Final = 0.5
"""That the sender is in the build at all, from which on candidates are the answer."""

SURELY_NOT: Final = 0.75
"""That it is not, from which on "not in this build" is the answer."""

WORTH_SHOWING: Final = 0.1
"""Confidence of a candidate from which on it is listed although the answer is undecided."""

MOST_SHOWN: Final = 12
"""Candidates listed per answer."""

MOST_PLACES: Final = 12
"""Places told per clue."""

UNREAD: Final = 0.0
NATIVE: Final = -3.0
LOADS: Final = -1.5
"""Bits for packages that hold nothing of the message: none against one whose code was not read; some against one with native code
that sends, or that loads code: it might all be in there."""

_NATIVE_SENDS: Final = frozenset({"connect", "sendto", "send", "SSL_write", "curl_easy_perform"})


@cache
def traces() -> tuple[Trace, ...]:
    """All traces, by module name."""
    return plugins("vuoto.origins.traces", Trace, "TRACE")


@dataclass(slots=True)
class Hidden:
    """Packages in which something may be that was not seen."""

    unread: dict[int, str]
    native: set[int]
    loads: set[int]


@dataclass(slots=True)
class Answer:
    """What was found for one sighting."""

    sighting: Sighting
    outcome: Found
    confidence: float
    origins: list[Origin]
    because: list[str]


class Detective:
    """Holds what is asked of a build once."""

    def __init__(self, build: Build | None, sightings: Sequence[Sighting]) -> None:
        self._build = build
        self._count = len(build) if build is not None else 0
        words = {word for sighting in sightings for trace in traces() for word in trace.words(sighting)}
        self._mentions: Mapping[str, tuple[int, ...]] = build.mentions(words) if build is not None and words else {}
        self._numbers: dict[tuple[str, str], tuple[int, ...]] = {}
        self._suspects: dict[int, Suspect] = {}
        self._names: dict[str, list[int]] = {}
        if build is not None:
            for number, header in enumerate(build.packages()):
                if header.name:
                    self._names.setdefault(header.name, []).append(number)
        self._hidden: Hidden | None = None

    # ── what is asked of the build ──

    def _having(self, what: str, value: str) -> tuple[int, ...]:
        key = (what, value)
        if key not in self._numbers:
            assert self._build is not None
            self._numbers[key] = self._build.reads_of(value) if what == "reads" else self._build.started_by(value)
        return self._numbers[key]

    def _read(self, numbers: Iterable[int]) -> None:
        missing = sorted(set(numbers) - set(self._suspects))
        if missing and self._build is not None:
            for number, read in zip(missing, self._build.read(missing).packages, strict=True):
                self._suspects[number] = self._suspect(read)

    def _suspect(self, read: ReadPackage) -> Suspect:
        return Suspect(read, self._mentions, self._count, lambda what, value: len(self._having(what, value)))

    def hidden(self) -> Hidden:
        """The packages whose code was not read whole, asks native code, or loads more; read once, where the answer needs it."""
        if self._hidden is None:
            self._hidden = Hidden({}, set(), set())
            for number, read in enumerate(self._build.read().packages if self._build is not None else ()):
                package, code = read.package, read.code
                broken = code.problems if code is not None else ()
                if package.kind == "zip" or broken or (code is None and not package.sha256):
                    self._hidden.unread[number] = package.path
                elif any(_NATIVE_SENDS.intersection(library.imports) for library in package.native_libraries):
                    self._hidden.native.add(number)
                elif code is not None and code.loads:
                    self._hidden.loads.add(number)
        return self._hidden

    def searched(self) -> SearchedBuild | None:
        """What was searched."""
        if self._build is None:
            return None
        facts = self._build.build_facts
        unread = sorted(self._hidden.unread.values()) if self._hidden is not None else []
        return SearchedBuild(
            name=self._build.name,
            fingerprint=facts.fingerprint if facts else None,
            model=facts.model if facts else None,
            packages=self._count,
            unread=tuple(unread[:64]),
        )

    # ── who is worth a look ──

    def candidates(self, sighting: Sighting) -> list[int]:
        """Packages, those that hold most of what is rare first."""
        score: dict[int, float] = {}
        most = max(MOST_SHARERS, self._count // 10) if self._count > 2 * MOST_SHARERS else self._count
        for trace in traces():
            for word in set(trace.words(sighting)):
                holders = self._mentions.get(word, ())
                if 0 < len(holders) <= most:
                    for number in holders:
                        score[number] = score.get(number, 0.0) + 1 / len(holders)
        kinds = read_kinds(sighting)
        for kind in kinds:
            readers = self._having("reads", kind) if self._build is not None else ()
            if len(readers) <= most:
                for number in readers:
                    score[number] = score.get(number, 0.0) + 0.5 / (len(readers) * len(kinds))
        for name in self._named(sighting):
            for number in self._names.get(name, ()):
                score[number] = score.get(number, 0.0) + 10.0
        return sorted(score, key=lambda number: (-score[number], number))[:MOST_CANDIDATES]

    @staticmethod
    def _named(sighting: Sighting) -> list[str]:
        """Packages that the capture or the recorder names."""
        said = [*sighting.apps, *(t.process for t in sighting.traces)]
        return list(dict.fromkeys(name.partition(":")[0] for name in said if name))

    # ── the answer ──

    def answer(self, sighting: Sighting) -> Answer:
        """What can be said of one sighting."""
        numbers = self.candidates(sighting)
        self._read(numbers)
        weighed: dict[int, list[tuple[str, Sign, float]]] = {}
        suspects = dict(self._suspects)
        for number in numbers:
            weighed[number] = weigh(
                (trace.name, sign) for trace in traces() for sign in trace.find(sighting, self._suspects[number])
            )
        for name in self._named(sighting):
            if name not in self._names:
                number = self._count + len(suspects)
                suspects[number] = self._suspect(_stranger(name))
                weighed[number] = weigh(
                    (trace.name, sign)
                    for trace in traces()
                    if trace.name in ("capture app tag", "socket trace")
                    for sign in trace.find(sighting, suspects[number])
                )
        bits = {number: sum(weight for _, _, weight in signs) for number, signs in weighed.items()}
        bits = {number: total for number, total in bits.items() if any(w > 0 for _, _, w in weighed[number])}
        nothing = sum(
            weight
            for _, _, weight in weigh(
                (trace.name, sign) for trace in traces() for sign in trace.find(sighting, self._suspect(_NOBODY))
            )
        )
        rest = self._count - sum(1 for number in bits if number < self._count)
        sure, _, none = confidences(bits, [nothing] * rest)
        inside = sum(sure.values())
        if inside < ENOUGH and self._build is not None:
            hidden = self.hidden()
            others = [
                UNREAD if n in hidden.unread else NATIVE if n in hidden.native else LOADS if n in hidden.loads else nothing
                for n in range(self._count)
                if n not in bits
            ]
            sure, _, none = confidences(bits, [max(nothing, other) if other != nothing else nothing for other in others])
        order = sorted(sure, key=lambda number: (-sure[number], number))
        best = sure[order[0]] if order else 0.0
        within = [n for n in order if sure[n] * REACH >= best]
        outcome: Found
        if inside >= ENOUGH and order:
            outcome = "found" if len(within) == 1 else "several"
            shown = within
        else:
            shown = [n for n in within if sure[n] >= WORTH_SHOWING]
            outcome = "undecided" if shown or none < SURELY_NOT or self._build is None else "not-in-build"
        origins = [self._origin(sighting, suspects[n], weighed[n], sure[n], in_build=n < self._count) for n in shown[:MOST_SHOWN]]
        confidence = best if shown else none if outcome == "not-in-build" else 0.0
        return Answer(sighting, outcome, round(confidence, 3), origins, self._reasons(sighting, outcome, origins, len(shown)))

    def _origin(
        self, sighting: Sighting, suspect: Suspect, weighed: list[tuple[str, Sign, float]], sure: float, *, in_build: bool
    ) -> Origin:
        package = suspect.package
        place = best_class([(sign.places, weight) for _, sign, weight in weighed], package.name)
        return Origin(
            disclosures=sighting.disclosures,
            package=package.name or package.path.rpartition("/")[2],
            version=package.version_name or (str(package.version_code) if package.version_code is not None else None),
            path=package.path if in_build else None,
            class_=shown_class(place.name) if place.name else None,
            clues=tuple(
                Clue(trace=name, what=sign.what, weight=round(weight, 2), places=spread(sign.places, place.name)[:MOST_PLACES])
                for name, sign, weight in weighed
            ),
            confidence=round(sure, 3),
            recipient=sighting.recipient,
            method=place.method,
            classes=tuple(shown_class(name) for name in place.others),
            steps=next((sign.steps for _, sign, weight in weighed if sign.steps and weight > 0), ()),
        )

    def _reasons(
        self,
        sighting: Sighting,
        outcome: Found,
        origins: Sequence[Origin],
        shown: int,
    ) -> list[str]:
        reasons: list[str] = []
        count = f"{self._count:,} package" + ("" if self._count == 1 else "s")
        if outcome == "found":
            reasons.append("One package stands out" + (f" among {count}." if self._count else ": the capture itself names it."))
        elif outcome == "several":
            reasons.append(f"{shown} packages fit about as well as each other; what was seen does not tell them apart.")
        elif self._build is None:
            reasons.append("No build was given to search.")
        elif outcome == "not-in-build":
            reasons.append(f"Nothing in {count} points to it: {_missed(sighting)} in none of them.")
        else:
            if origins:
                reasons.append("What points to the candidates is weak.")
            else:
                reasons.append(f"Nothing in {count} points to it: {_missed(sighting)} in none of them.")
            reasons += self._unseen(sighting)
        if any(origin.path is None for origin in origins) and self._build is not None:
            named = next(origin.package for origin in origins if origin.path is None)
            reasons.append(f"The capture names {named}, which is not among the {count} of this build.")
        if sighting.since is not None and sighting.seconds is not None and sighting.started:
            reasons.append(f"The first of these messages came {sighting.seconds:.0f} s after {sighting.since}.")
        return reasons

    def _unseen(self, sighting: Sighting) -> list[str]:
        """Why it cannot be said that it is not there."""
        reasons = []
        hidden = self.hidden()
        if hidden.unread:
            first = min(hidden.unread.values())
            more = f" and {len(hidden.unread) - 1:,} more" if len(hidden.unread) > 1 else ""
            reasons.append(f"The code of {first}{more} could not be read, and may hold it.")
        if hidden.native or hidden.loads:
            parts = [
                f"{len(those):,} {'package has' if len(those) == 1 else 'packages have'} {what}"
                for those, what in ((hidden.native, "native code that sends"), (hidden.loads, "code that loads more code"))
                if those
            ]
            reasons.append(f"{' and '.join(parts)}: what is in there was not searched for words.")
        if not (sighting.fields or sighting.parameters or sighting.kinds):
            reasons.append("Only the outside of these conversations could be seen, which gives little to look for.")
        return reasons


_NOWHERE: Final = CodePlace(dex="", method="", offset=None)
_NOBODY: Final = ReadPackage(
    package=Package(path="", kind="jar", size=0, sha256="-"),
    code=CodeFacts(
        strings=(),
        reads=(),
        sends=(CodeSend(channel="http", api="", place=_NOWHERE),),
        transforms=(),
        trust_flaws=(),
        paths=(),
        limits=(),
        classes=0,
        methods=0,
        instructions=0,
    ),
)
"""A package that may send and holds nothing: what speaks against it speaks against every package that was not looked at."""


def _stranger(name: str) -> ReadPackage:
    """An app that only the capture names."""
    return ReadPackage(package=Package(path="", kind="jar", size=0, sha256="-", name=name), code=None)


def _missed(sighting: Sighting) -> str:
    parts = [
        what
        for there, what in (
            (sighting.host, "the host"),
            (any(p.strip("/") for p in sighting.paths), "the path"),
            (sighting.fields or sighting.parameters, "the names of the fields"),
        )
        if there
    ]
    names = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "the address"
    return f"{names} {'stand' if len(parts) > 1 or 'names' in names else 'stands'}"
