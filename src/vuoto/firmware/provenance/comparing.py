"""Compares the code of a package with sources, and says what may be said, with the evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np

from vuoto.facts.code import CodePlace
from vuoto.facts.problems import Problem
from vuoto.facts.provenance import ClassMatch, ProjectMatch, Provenance, SharedFeature, SourcePlace, Statement
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.provenance.attribution import THRESHOLDS, Answer, Attribution, attribute, prior_of_made
from vuoto.firmware.provenance.background import Background, background
from vuoto.firmware.provenance.index import ProjectIndex, SourceIndex
from vuoto.firmware.provenance.libraries import libraries, library_of
from vuoto.firmware.provenance.matching import Fit, Matcher
from vuoto.firmware.provenance.versions import version_of

NEAR: Final = 3.0
"""Bits within which candidates are told together."""

MAX_SHARED: Final = 40
"""Shared features that are shown of a class."""

MAX_MISSING: Final = 20
"""Texts and numbers that are shown of what a file does not say."""

MAX_SHOWN: Final = 200
"""Characters of a text that are shown."""

SAME: Final = 0.8
"""Share of texts and numbers, and of calls and types, from which code is called the same."""

FEW_CALLS: Final = 3
"""Calls, types and fields below which a class says nothing but constants."""

FEW: Final = 3
"""Features below which a class that another makes is taken for a part of that."""

MAX_BESIDE: Final = 32
"""Features before and after where a class is made that are looked at for a line of the source."""

KINDS: Final = {"s": "text", "n": "number", "t": "type", "f": "field", "c": "call", "u": "superclass"}

LIMITS: Final = (
    "Code with a common ancestor, or of the same person, looks the same: no statement says who copied from whom.",
    "Classes without texts, numbers or calls that are rare are not answered; an encrypted text counts as none.",
    "A lambda that one class alone makes is laid at that class's door, also where it says nothing itself.",
    "Framework is what the package does not define; types of values are read from declarations, not inferred.",
    "Files of generated code and of languages other than Java and Kotlin are not compared.",
)


def compare(
    name: str,
    dexes: Sequence[Dex],
    projects: Sequence[ProjectIndex],
    known: Background | None = None,
    known_libraries: Sequence[ProjectIndex] | None = None,
) -> Provenance:
    """What of the code in `dexes` fits the sources. `known` and `known_libraries` are those of Vuoto unless given."""
    shelf = libraries() if known_libraries is None else known_libraries
    index = SourceIndex(projects=(*projects, *shelf))
    matcher = Matcher(index, background() if known is None else known)
    own = {one for project in projects for classes in project.classes for one in classes}
    every = {dex.type(row) for dex in dexes for row in dex.classes.type.tolist()}
    by_package = {one: library for one in every if one not in own and (library := library_of(one)) is not None}
    found = attribute(matcher, dexes, aside=frozenset(by_package))
    matches = _matches(matcher, dexes, found.answers)
    return Provenance(
        name=name,
        sources=tuple(_named(project) for project in projects),
        source_files=sum(len(project.paths) for project in projects),
        classes=len(every),
        with_features=len(found.fits),
        set_aside=tuple(sorted(Counter(by_package.values()).items())),
        projects=_projects(matcher, found, matches),
        matches=matches,
        unanswered=tuple(sorted(one for one in found.fits if one not in found.answers)),
        limits=LIMITS,
        problems=tuple(
            [Problem(where=project.name, what=problem) for project in projects for problem in project.problems]
            + [problem for dex in dexes for problem in dex.problems]
        ),
    )


def _named(project: ProjectIndex) -> str:
    return ", ".join(f"{project.name}@{revision}" if revision else project.name for revision in project.revisions)


def _projects(matcher: Matcher, found: Attribution, matches: Sequence[ClassMatch]) -> tuple[ProjectMatch, ...]:
    index = matcher.index
    statements: dict[int, Counter[str]] = defaultdict(Counter)
    files: dict[int, set[int]] = defaultdict(set)
    for match in matches:
        answer = found.answers[match.name]
        for file in answer.files[:1]:
            statements[int(index.project_of[file])][match.statement] += 1
        for file in answer.files:
            files[int(index.project_of[file])].add(file)
    result = []
    for number, project in enumerate(index.projects):
        counted = statements.get(number)
        if project.library and not counted:
            continue
        counts = number in found.projects and bool(files.get(number))
        result.append(
            ProjectMatch(
                project=project.name,
                library=project.library,
                statement=_statement_of(counted) if counted and counts else "insufficient evidence",
                bits=round(found.projects.get(number, found.weak.get(number, 0.0)), 1),
                classes=sum(
                    1 for answer in found.answers.values() if any(int(index.project_of[f]) == number for f in answer.files)
                ),
                files=len(files.get(number, ())),
                version=version_of(matcher, found, number) if counts and len(project.revisions) > 1 else None,
            )
        )
    return tuple(sorted(result, key=lambda one: (one.statement == "insufficient evidence", -one.bits, one.project)))


def _statement_of(counted: Counter[str]) -> Statement:
    """What most of the classes say."""
    order: tuple[Statement, ...] = ("same code after renaming", "derived", "same constants")
    return max(order, key=lambda one: (counted[one], -order.index(one)))


def _matches(matcher: Matcher, dexes: Sequence[Dex], answers: Mapping[str, Answer]) -> tuple[ClassMatch, ...]:
    @cache
    def said_of(answer: Answer) -> Statement:
        return _evidence(matcher, answer.fit, answer.files[0])[2]

    return tuple(_match(matcher, dexes, answers, said_of, name) for name in sorted(answers))


def _match(
    matcher: Matcher, dexes: Sequence[Dex], answers: Mapping[str, Answer], said_of: Callable[[Answer], Statement], name: str
) -> ClassMatch:
    index, answer = matcher.index, answers[name]
    fit = answer.fit
    first = answer.files[0]
    files = fit.files.tolist()
    rank = files.index(first) if first in files else None
    project, number = index.place(first)
    shared, missing, statement = _evidence(matcher, fit, first)
    if answer.made is not None:
        shared.insert(0, _maker(matcher, dexes, answers[answer.made.maker], answer))
        if len(fit.features) < FEW:
            # It hardly says anything; what is said of its maker is said of all that it makes.
            statement = said_of(answers[answer.root])
    own = float(fit.bits[rank]) if rank is not None else fit.nothing
    near = [place for place in range(len(files)) if fit.bits[place] > own - NEAR and place != rank]
    if answer.how != "by itself":
        near = [place for place in near if files[place] in answer.files]
    return ClassMatch(
        name=name,
        statement=statement,
        files=(_place(matcher, first, own), *(_place(matcher, files[place], float(fit.bits[place])) for place in near)),
        merged=tuple(_place(matcher, file, 0.0) for file in answer.second),
        how=answer.how,
        bits=round(answer.bits, 1),
        share=round(float(fit.shared[rank]) / fit.possible, 3) if fit.possible and rank is not None else 0.0,
        same_name=name in project.classes[number],
        shared=tuple(shared[:MAX_SHARED]),
        shared_count=len(shared),
        missing=tuple(missing[:MAX_MISSING]),
    )


def _maker(matcher: Matcher, dexes: Sequence[Dex], maker: Answer, answer: Answer) -> SharedFeature:
    """Where a class is made, as evidence, and the line of what is shared nearest to that."""
    assert answer.made is not None
    made, class_, file = answer.made, maker.fit.class_, answer.files[0]
    dex = dexes[made.dex]
    said_of = matcher.lines(class_, file)
    method = int(dex.body_method[dex.body_of(np.array([made.row]))[0]])
    # What a class says is ordered by method and instruction.
    begin, end = (int(one) for one in class_.file.first[class_.row : class_.row + 2])
    first, last = (begin + int(one) for one in np.searchsorted(class_.file.method[begin:end], (method, method + 1)))
    at = first + int(np.searchsorted(class_.file.row[first:last], made.row))
    around = np.arange(max(first, at - MAX_BESIDE), min(last, at + MAX_BESIDE))
    nearest = around[np.argsort(np.abs(class_.file.row[around] - made.row), kind="stable")]
    lines = (found.line for one in class_.file.feature[nearest].tolist() if (found := said_of(one)) is not None)
    return SharedFeature(
        kind="maker",
        value=made.maker,
        bits=round(prior_of_made(matcher), 1),
        line=next(lines, 0),
        place=_code_place(dex, made.maker, method, made.row),
    )


def _place(matcher: Matcher, file: int, bits: float) -> SourcePlace:
    project, number = matcher.index.place(file)
    return SourcePlace(project=project.name, path=project.paths[number], revisions=_revisions(matcher, file), bits=round(bits, 1))


def _revisions(matcher: Matcher, file: int) -> tuple[str, ...]:
    project, number = matcher.index.place(file)
    return project.revisions_of(int(project.present[number]))


def _evidence(matcher: Matcher, fit: Fit, file: int) -> tuple[list[SharedFeature], list[str], Statement]:
    """What class and file share, strongest first; what the file does not say; and what that amounts to."""
    class_ = fit.class_
    said_of = matcher.lines(class_, file)
    places: dict[str, tuple[str, int, int]] = {}
    for part in (class_, *fit.parts):
        for one in part.occurrences():
            places.setdefault(one.feature, (part.name, one.method, one.row))
    shared: list[SharedFeature] = []
    missing: list[str] = []
    said: Counter[str] = Counter()
    all_: Counter[str] = Counter()
    for number in fit.features.tolist():
        key = class_.file.keys[number]
        group = "written" if key[0] in "sn" else "called"
        all_[group] += 1
        found = said_of(number)
        if found is None:
            if group == "written":
                missing.append(_shown(key))
            continue
        said[group] += 1
        name, method, row = places[key]
        shared.append(
            SharedFeature(
                kind=KINDS[key[0]],
                value=_shown(key),
                bits=round(found.bits, 1),
                line=found.line,
                place=_code_place(class_.file.dex, name, method, row),
            )
        )
    shared.sort(key=lambda one: (-one.bits, one.kind, one.value))
    return shared, sorted(missing), _statement(said, all_)


def _statement(said: Counter[str], all_: Counter[str]) -> Statement:
    written = said["written"] / all_["written"] if all_["written"] else 1.0
    called = said["called"] / all_["called"] if all_["called"] else 0.0
    if written >= SAME and called >= SAME and said["called"] >= FEW_CALLS:
        return "same code after renaming"
    if all_["written"] and written >= SAME and (said["called"] < FEW_CALLS or called < 1 - SAME):
        return "same constants"
    return "derived"


def _code_place(dex: Dex, name: str, method: int, row: int) -> CodePlace:
    if method < 0:
        return CodePlace(dex=dex.name, method=name, offset=None)
    offset = int(dex.code.unit[row] - dex.code.start[dex.method_body[method]]) if row >= 0 else None
    return CodePlace(dex=dex.name, method=dex.method(int(dex.classes.method[method])), offset=offset)


def _shown(key: str) -> str:
    return key[1:] if len(key) <= MAX_SHOWN else key[1:MAX_SHOWN] + "…"


__all__ = ["THRESHOLDS", "compare"]
