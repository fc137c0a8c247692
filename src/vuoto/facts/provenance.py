"""Whether code comes from a source: what was compared, what is shared, and how strongly that speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vuoto.facts.code import CodePlace
from vuoto.facts.problems import Problem

PROVENANCE_SCHEMA: Final = "vuoto.provenance/1"

Statement = Literal["same code after renaming", "derived", "same constants", "insufficient evidence"]
"""`same code after renaming`: texts, numbers and calls agree, whatever names are; `derived`: many agree, many do not;
`same constants`: texts and numbers agree, calls do not or are too few. None of them says who wrote it first: a shared ancestor
is always possible."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SharedFeature:
    """Something rare that the code and a file of source both say."""

    kind: str
    """`text`, `number`, `type`, `field`, `call`, `superclass` or `maker`: the class that alone makes this unnamed one."""

    value: str
    """What it is, as the code says it; bounded."""

    bits: float
    """How rare it is among all files, capped."""

    line: int
    """The first line of the source file that says it; 0 where lines are not known. Of a maker: the line of what is shared nearest
    to where it makes the class, in the same method."""

    place: CodePlace
    """The first place in the class that says it, or in a class that it makes. Of a maker: where it makes the class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlace:
    """A file of a source."""

    project: str
    """The source, as it was given."""

    path: str
    """The path in it."""

    revisions: tuple[str, ...]
    """The revisions that have the file; `("",)` for a folder."""

    bits: float
    """The logarithm of odds for this file, without a prior."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMatch:
    """A class of the code and the files it fits."""

    name: str
    """The class, in DEX notation."""

    statement: Statement
    """What may be said."""

    files: tuple[SourcePlace, ...]
    """The best file, and every other that is within three bits of it."""

    merged: tuple[SourcePlace, ...]
    """Files of which an optimiser seems to have put something into the class."""

    how: str
    """`by itself`, `with its neighbours`, `with its source` or `with its maker`: on what the answer rests beside the shared
    features. A class that no person named (a lambda, a reference to a function, a table of a `when`) and that one class alone
    makes stands in that class's file; what it says counts for its maker, and is shown of both."""

    bits: float
    """The odds of the answer in bits, the prior of `how` included."""

    share: float
    """Which part of the class's features, by bits, the first file says."""

    same_name: bool
    """Whether the file declares a class of the very same name: noted, and not counted."""

    shared: tuple[SharedFeature, ...]
    """What is shared with the first file, strongest first; bounded."""

    shared_count: int
    """How many features are shared in all."""

    missing: tuple[str, ...]
    """Texts and numbers of the class that the file does not say; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionClue:
    """Something that some revisions say and others do not."""

    value: str
    """The text, number or call."""

    path: str
    """The file."""

    line: int
    """The line, in the last revision that says it."""

    present_in: tuple[str, ...]
    """Revisions that say it."""

    absent_from: tuple[str, ...]
    """Revisions that do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMatch:
    """Which of a source's revisions the code fits."""

    candidates: tuple[tuple[str, float], ...]
    """Revisions within three bits of the best, each with the bits by which it is behind."""

    others: tuple[tuple[str, float], ...]
    """The other revisions, likewise, best first."""

    clues: tuple[VersionClue, ...]
    """What the code says that tells revisions apart; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMatch:
    """What was found of one source."""

    project: str
    """The source, as it was given."""

    library: bool
    """Whether it is a published library that Vuoto knows, and was not given."""

    statement: Statement
    """What may be said of the whole."""

    bits: float
    """Bits of the classes that stand by themselves."""

    classes: int
    """Classes of the code that fit a file of it."""

    files: int
    """Files of it that a class fits."""

    version: VersionMatch | None
    """Which revision, where several were given and the source counts; `None` otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The comparison of a package's code with sources."""

    name: str
    """What was compared."""

    sources: tuple[str, ...]
    """The sources given, each with its revisions: `app@v1.2`."""

    source_files: int
    """Files of source read."""

    classes: int
    """Classes of the code."""

    with_features: int
    """Classes that say anything that outlives renaming."""

    set_aside: tuple[tuple[str, int], ...]
    """Classes in the packages of known libraries that no source was given for: library and number, by name."""

    projects: tuple[ProjectMatch, ...]
    """Sources and libraries that the code fits, and given sources that it does not, strongest first."""

    matches: tuple[ClassMatch, ...]
    """The classes that are answered, by name."""

    unanswered: tuple[str, ...]
    """Classes that have features and fit nothing clearly, by name."""

    limits: tuple[str, ...]
    """What this comparison cannot see, in sentences."""

    problems: tuple[Problem, ...] = ()
    """What could not be read."""

    schema: str = PROVENANCE_SCHEMA
    """The form of this document."""
