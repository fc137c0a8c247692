"""What the gate learns from other builds, without reading them whole."""

from __future__ import annotations

from collections.abc import Iterable

from vuoto.errors import InputError
from vuoto.facts.builds import ReadBuild
from vuoto.facts.declarations import Declaration, Variant
from vuoto.facts.problems import Problem
from vuoto.firmware.gate.question import KnownBuild, variant_of
from vuoto.firmware.index import BuildIndex


def known_builds(
    builds: Iterable[tuple[str, BuildIndex | str]], declaration: Declaration, variant: Variant, baseline: ReadBuild | None
) -> tuple[tuple[KnownBuild, ...], tuple[Problem, ...]]:
    """The builds, each by its name and opened, or why it could not be; and what could not be read of them.

    Of each only the packages are made into facts whose code may have to be known again: those that the variant forbids, and of
    other variants' builds those that neither the baseline nor another build of this variant has. Each content once.
    """
    problems: list[Problem] = []
    found = []
    for name, index in builds:
        if isinstance(index, str):
            problems.append(Problem(where=name, what=index, next_step="Nothing is known of this build"))
            continue
        try:
            found.append((name, index, index.build_facts, index.packages()))
        except InputError as error:
            problems.append(Problem(where=name, what=error.what, next_step="Nothing is known of this build"))
    own = {read.package.name for read in baseline.packages} if baseline is not None else set()
    forbidden = set(variant.forbidden_packages)
    seen: set[str] = set()
    known = []
    for name, index, facts, headers in found:
        of = variant_of(facts, declaration.variants)
        if of is None:
            what = "does not say of which declared variant it is, and tells nothing of what belongs to others"
            problems.append(Problem(where=name, what=what, next_step="Name its model or product in `models` of a variant"))
        wanted = []
        for number, header in enumerate(headers):
            foreign = of not in (None, variant.key) and header.name not in own
            if header.name is not None and (header.name in forbidden or foreign) and header.sha256 not in seen:
                seen.add(header.sha256)
                wanted.append(number)
        try:
            packages = index.read(wanted).packages
        except InputError as error:
            problems.append(Problem(where=name, what=error.what, next_step="The code of its packages is not known"))
            packages = ()
        names = frozenset(header.name for header in headers if header.name)
        known.append(KnownBuild(name=name, build=facts, names=names, packages=packages))
    return tuple(known), tuple(problems)
