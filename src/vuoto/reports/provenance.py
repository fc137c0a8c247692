"""A comparison of code with sources, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.provenance import ClassMatch, ProjectMatch, Provenance, SharedFeature, VersionMatch

MAX_CLASSES: Final = 24
"""Classes shown on a terminal, strongest first; the JSON holds all."""

MAX_SHARED: Final = 5
"""Shared features shown of each."""


def provenance_lines(found: Provenance) -> Iterator[str]:
    """The text, line by line."""
    yield f"{found.name} · {found.classes:,} classes, {found.with_features:,} with features that outlive renaming"
    yield f"compared with {found.source_files:,} files of {', '.join(found.sources)}"
    if found.set_aside:
        yield "set aside, by their packages: " + ", ".join(f"{name} ({number})" for name, number in found.set_aside)
    yield ""
    for project in found.projects:
        yield from _project(project)
    if not found.projects:
        yield "no source fits"
    strongest = sorted(found.matches, key=lambda match: (-match.bits, match.name))
    for match in strongest[:MAX_CLASSES]:
        yield ""
        yield from _match(match)
    if len(strongest) > MAX_CLASSES:
        yield ""
        yield f"and {len(strongest) - MAX_CLASSES:,} more classes: see --format json, or --class"
    yield ""
    yield f"{len(found.matches):,} classes answered, {len(found.unanswered):,} with features not answered"
    yield from found.limits
    for problem in found.problems:
        yield f"{problem.where}: {problem.what}"


def _project(project: ProjectMatch) -> Iterator[str]:
    what = f"{project.project} (a published library)" if project.library else project.project
    if project.statement == "insufficient evidence":
        yield f"{what}: insufficient evidence" + (f" ({project.bits:g} bits)" if project.bits else "")
        return
    yield f"{what}: {project.statement} · {project.classes:,} classes fit {project.files:,} files, {project.bits:,.0f} bits"
    if project.version is not None:
        yield from _version(project.version)


def _version(version: VersionMatch) -> Iterator[str]:
    yield "  revision: " + ", ".join(name for name, _ in version.candidates)
    if version.others:
        yield "  less well: " + ", ".join(f"{name} (−{bits:g} bits)" for name, bits in version.others[:6])
    for clue in version.clues[:MAX_SHARED]:
        absent = ", ".join(clue.absent_from[:4])
        yield f"  because {quoted(clue.value)} ({clue.path}:{clue.line}) is not in {absent}"


def _match(match: ClassMatch) -> Iterator[str]:
    first = match.files[0]
    note = ", and has its name" if match.same_name else ""
    yield f"{match.name} → {first.path} ({first.project}){note}"
    strength = f"{match.bits:g} bits {match.how}, {match.share:.0%} of its features, {match.shared_count} shared"
    yield f"  {match.statement} · {strength}"
    for other in match.files[1:]:
        yield f"  or {other.path} ({other.project})"
    for other in match.merged:
        yield f"  with parts of {other.path} ({other.project})"
    for feature in match.shared[:MAX_SHARED]:
        where = f"{_source(first.path, feature)} · {_code(feature)}"
        yield f"    {feature.bits:4.1f} {feature.kind} {quoted(feature.value)} · {where}"
    if match.missing:
        yield "    not in the file: " + ", ".join(quoted(one) for one in match.missing[:MAX_SHARED])


def _source(path: str, feature: SharedFeature) -> str:
    return f"{path.rpartition('/')[2]}:{feature.line}" if feature.line else path.rpartition("/")[2]


def _code(feature: SharedFeature) -> str:
    place = feature.place
    return place.method if place.offset is None else f"{place.method}+{place.offset:#x}"


def quoted(text: str) -> str:
    """The text, short, with its line breaks as escapes."""
    flat = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f'"{flat}"' if len(flat) <= 72 else f'"{flat[:71]}…"'
