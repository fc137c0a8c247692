"""Says of a package's classes which files of which sources they fit: first each by itself, then with what is known of the others.

1. *Anchors*: classes whose best file has enough bits, stands clear of the next one, and explains enough of the class.
2. *Projects*: a source counts for the package when anchors of it are enough; anchors of other sources are given up.
3. *Extension*: within a source that counts, fewer bits suffice, since fewer files are in question: all files of the source,
   and fewer still for a class that calls, extends or is called by an anchor: the files that name the anchor's file or are
   named by it. The prior is the logarithm of how many; an extension makes no evidence, it needs some of its own.
4. *What is made*: a class that no person named (a lambda, a reference, a table) and that one class alone makes stands in the
   file of its maker. What it says is read with what its maker says, and it is answered with it, unless it says otherwise.
5. *Second files*: what an optimiser has merged or inlined into a class is looked for in the rest of its words.

A class that is clear nowhere is not answered. Equal contents in two sources are both reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.provenance.index import ProjectIndex
from vuoto.firmware.provenance.matching import Fit, Matcher
from vuoto.firmware.provenance.neighbours import Made, Neighbourhood, neighbourhood, roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When a class is answered; chosen on the calibration projects alone (docs/reference/provenance.md)."""

    anchor_bits: float = 16.0
    """Bits of odds that a class needs by itself."""

    written_bits: float = 8.0
    """Bits that texts and numbers must bring to that."""

    unwritten_bits: float = 40.0
    """Bits that a class needs by itself where they do not: a list of calls is the same wherever the same is done."""

    margin: float = 2.0
    """Bits by which the best file must be ahead; candidates within it are reported together."""

    anchor_share: float = 0.3
    """Share of the class's bits that an anchor's file must explain."""

    project_bits: float = 60.0
    """Bits that the anchors of a source need together, those alone that explain enough of their class."""

    project_share: float = 0.6
    """How much of their class that is: code of another source shares a list of names, not most of what a class says."""

    extended_bits: float = 14.0
    """Odds after the prior that an extension to a neighbour needs."""

    source_bits: float = 18.0
    """The same where no neighbour is known, and any file of the source is in question."""

    own_bits: float = 4.0
    """Bits that an extended class must share itself."""

    extended_share: float = 0.5
    """Share of the class's bits that an extension must explain."""

    against_bits: float = 8.0
    """Bits by which another file must be ahead for a class to be taken from its maker's."""

    second_bits: float = 24.0
    """Bits that a second file must explain of what the first left over."""


THRESHOLDS: Final = Thresholds()

MADE: Final = 0.95
"""How often a class that is made by one class alone stands in that class's file, counted on the calibration projects."""

ROUNDS: Final = 3
"""How often what was found extends to its neighbours."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """A class and the files it fits."""

    fit: Fit
    """The class, and all files it was compared with."""

    files: tuple[int, ...]
    """Files of the index: the best one, and others within the margin of it where their words are the same."""

    bits: float
    """Odds of the first, prior included where it was extended."""

    how: str
    """`by itself`, `with its source`, `with its neighbours` or `with its maker`."""

    second: tuple[int, ...] = ()
    """Files of which an optimiser has put something into the class."""

    made: Made | None = None
    """Where it is made, for an answer that rests on it."""

    root: str = ""
    """The class that makes it, or makes what makes it, and does not itself rest on another; `""` for one that does not."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attribution:
    """What was found of a package."""

    fits: dict[str, Fit]
    """Every class with a feature that counts, by name, each by itself."""

    answers: dict[str, Answer]
    """The classes that are answered, by name."""

    projects: dict[int, float]
    """Sources that count, and the bits of their anchors."""

    weak: dict[int, float]
    """Sources with anchors too few to count, and their bits."""


def attribute(
    matcher: Matcher, dexes: Sequence[Dex], thresholds: Thresholds = THRESHOLDS, aside: frozenset[str] = frozenset()
) -> Attribution:
    """Which classes of a package fit which files; those in `aside` are left out."""
    every = {fit.class_.name: fit for fit in matcher.fits(dexes) if fit.class_.name not in aside}
    fits = {name: fit for name, fit in every.items() if fit.speaks}
    around = neighbourhood(dexes)
    whole = dict(fits)
    within: dict[str, str] = {}
    families = roots(around.made)
    for root, made in families.items():
        parts = [every[name].class_ for name in made if name in every]
        if root in every and parts:
            whole[root] = matcher.joined(every[root], parts)
            within |= dict.fromkeys(made, root)
    anchors = {name: answer for name, fit in whole.items() if (answer := _anchor(matcher, fit, thresholds)) is not None}
    project_of = matcher.index.project_of
    sums: dict[int, float] = defaultdict(float)
    for name, answer in anchors.items():
        # What a class makes has been counted with it.
        if within.get(name) in anchors or answer.fit.shared[0] < thresholds.project_share * answer.fit.possible:
            continue
        for project in sorted({int(project_of[file]) for file in answer.files}):
            sums[project] += answer.bits
    counts = {project: bits for project, bits in sorted(sums.items()) if bits >= thresholds.project_bits}
    answers = {name: answer for name, answer in anchors.items() if any(int(project_of[file]) in counts for file in answer.files)}
    if counts:
        _inherit(matcher, every, around, families, answers, thresholds)
        for _ in range(ROUNDS):
            found = _extended(matcher, whole, around, answers, counts, thresholds)
            if not found:
                break
            answers |= found
            _inherit(matcher, every, around, families, answers, thresholds)
        for name, answer in answers.items():
            second = _second(matcher, answer, counts, thresholds) if answer.made is None else ()
            if second:
                answers[name] = replace(answer, second=second)
    return Attribution(
        fits=fits,
        answers=answers,
        projects=counts,
        weak={project: bits for project, bits in sorted(sums.items()) if project not in counts},
    )


def _anchor(matcher: Matcher, fit: Fit, thresholds: Thresholds) -> Answer | None:
    if not len(fit.files) or fit.shared[0] < thresholds.anchor_share * fit.possible:
        return None
    if fit.bits[0] < (thresholds.anchor_bits if fit.written[0] >= thresholds.written_bits else thresholds.unwritten_bits):
        return None
    files = _clear(matcher, fit, list(range(len(fit.files))), thresholds)
    return Answer(fit=fit, files=files, bits=float(fit.bits[0]), how="by itself") if files else None


def _clear(matcher: Matcher, fit: Fit, ranks: Sequence[int], thresholds: Thresholds) -> tuple[int, ...]:
    """The file at the first of these ranks, where no other file is within the margin but copies of it in other sources."""
    first = ranks[0]
    near = [rank for rank in ranks if fit.bits[rank] > fit.bits[first] - thresholds.margin]
    if len(near) == 1:
        return (int(fit.files[first]),)
    names = {matcher.index.place(int(fit.files[rank])) for rank in near}
    # The same file name in another source: a copy of the file, of the same or another state.
    if len({project.name for project, _ in names}) == len(near) == len(names) and _called_alike(names):
        return tuple(int(fit.files[rank]) for rank in near)
    return ()


def _called_alike(places: set[tuple[ProjectIndex, int]]) -> bool:
    return len({project.paths[number].rpartition("/")[2] for project, number in places}) == 1


def _extended(
    matcher: Matcher,
    fits: dict[str, Fit],
    around: Neighbourhood,
    answers: dict[str, Answer],
    projects: dict[int, float],
    thresholds: Thresholds,
) -> dict[str, Answer]:
    """Classes that fit a file of a source that counts, which need less for it, next to answered ones least."""
    project_of = matcher.index.project_of
    sizes = {project: float(np.log2(max(len(matcher.index.projects[project].paths), 1))) for project in projects}
    everything = float(np.log2(max(matcher.total, 2)))
    found: dict[str, Answer] = {}
    for name, fit in fits.items():
        if name in answers or not len(fit.files):
            continue
        near: set[int] = set()
        for other in around.neighbours.get(name, ()):
            if other in answers:
                for file in answers[other].files:
                    near.add(file)
                    near |= matcher.index.mentioned[file]
        local = float(np.log2(len(near))) if near else everything
        prior = [
            (everything - local if file in near else everything - sizes[int(project_of[file])])
            if int(project_of[file]) in projects
            else 0.0
            for file in fit.files.tolist()
        ]
        odds = fit.bits + np.array(prior)
        best = int(np.argmax(odds))
        beside = int(fit.files[best]) in near
        needed = thresholds.extended_bits if beside else thresholds.source_bits
        if float(odds[best]) < needed or float(fit.shared[best]) < thresholds.own_bits:
            continue
        if prior[best] <= 0 or fit.shared[best] < thresholds.extended_share * fit.possible:
            continue
        if np.sum(odds > odds[best] - thresholds.margin) > 1:
            continue
        how = "with its neighbours" if beside else "with its source"
        found[name] = Answer(fit=fit, files=(int(fit.files[best]),), bits=float(odds[best]), how=how)
    return found


def _inherit(
    matcher: Matcher,
    every: dict[str, Fit],
    around: Neighbourhood,
    families: dict[str, list[str]],
    answers: dict[str, Answer],
    thresholds: Thresholds,
) -> None:
    """Answers what answered classes make, and what that makes: a maker stands before what it makes."""
    prior = prior_of_made(matcher)
    hands_on = {name for name, answer in answers.items() if _sure(matcher, answer, thresholds)}
    for name in (name for made in families.values() for name in made if name in every and name not in answers):
        place = around.made[name]
        if place.maker not in hands_on:
            continue
        fit, maker = every[name], answers[place.maker]
        known = dict(zip(fit.files.tolist(), fit.bits.tolist(), strict=True))
        bits = max(known.get(file, fit.nothing) for file in maker.files)
        if max(known.values(), default=bits) - bits <= thresholds.against_bits:
            root = maker.root or place.maker
            answers[name] = Answer(fit=fit, files=maker.files, bits=prior + bits, how="with its maker", made=place, root=root)
            hands_on.add(name)


def prior_of_made(matcher: Matcher) -> float:
    """Bits that it brings a file to hold the class that alone makes the class in question."""
    return float(np.log2(max(matcher.total, 2) * MADE))


def _sure(matcher: Matcher, answer: Answer, thresholds: Thresholds) -> bool:
    """Whether an answer holds for what the class makes: its file explains enough of it, and is no test, which nobody ships."""
    if answer.made is not None:
        return True
    shared = dict(zip(answer.fit.files.tolist(), answer.fit.shared.tolist(), strict=True))
    enough = shared[answer.files[0]] >= thresholds.extended_share * answer.fit.possible
    return enough and not any(matcher.index.tests[file] for file in answer.files)


def _second(matcher: Matcher, answer: Answer, projects: dict[int, float], thresholds: Thresholds) -> tuple[int, ...]:
    fit = answer.fit
    if fit.possible - float(fit.shared[0]) < thresholds.second_bits:
        return ()
    rest = matcher.left_over(fit, answer.files)
    project_of = matcher.index.project_of
    found = [
        (bits, file)
        for file, bits, written in rest
        if bits >= thresholds.second_bits
        and 2 * written >= thresholds.second_bits
        and int(project_of[file]) in projects
        and not matcher.index.tests[file]
    ]
    if not found:
        return ()
    best = max(bits for bits, _ in found)
    near = [file for bits, file in found if bits > best - thresholds.margin]
    return (near[0],) if len(near) == 1 else ()
