"""`--format terminal`: for a person; a sentence first, then what changed, what concerns most first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from vuoto.facts.changes import Change, ComparedBuild, Concern, Difference
from vuoto.reports.changes.form import ChangesForm
from vuoto.reports.changes.words import HEADS, SIGNS, heard_first, summary
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.showing import counted, kind_title, listed, visible
from vuoto.reports.terminal_text import Paragraph, could_not_be_read, paragraphs_of

MOST_ROWS: Final = 8
"""Changes of one package and concern that are shown; the rest is counted. A terminal is read, not searched."""

MOST_PACKAGES: Final = 40
"""Packages of one concern that are shown."""


_JOINED: Final = {
    ("identifier-read", "added"): "reads",
    ("identifier-read", "removed"): "no longer reads",
    ("permission", "added"): "asks for",
    ("permission", "removed"): "no longer asks for",
}
"""How several changes of these aspects begin in one line."""

_STYLES: Final[dict[Concern, str]] = {"high": "1;31", "medium": "33", "low": "1", "none": "32"}


def _render(difference: Difference, options: RenderOptions) -> bytes:
    return paragraphs_of(_rows(difference), options.width, colour=options.colour)


def _rows(difference: Difference) -> Iterator[Paragraph]:
    """Text, indent and style of each paragraph."""
    yield _side("old", difference.old), 0, ""
    yield _side("new", difference.new), 0, ""
    yield "", 0, ""
    yield " ".join(summary(difference)), 0, "1"
    for concern, changes in groupby(difference.changes, key=lambda change: change.concern):
        yield "", 0, ""
        yield HEADS[concern], 0, _STYLES[concern]
        yield from _packages(changes)
    yield "", 0, ""
    for limit in difference.limits:
        yield f"{limit}.", 0, "2"
    yield from could_not_be_read(difference.problems)


def _packages(changes: Iterable[Change]) -> Iterator[Paragraph]:
    groups = [(key, list(rows)) for key, rows in groupby(changes, key=lambda c: (c.package, c.path))]
    for (package, path), rows in groups[:MOST_PACKAGES]:
        yield visible(package or path or "the build itself"), 2, "1"
        if package and path:
            yield visible(path), 4, "2"
        told = _told(rows)
        for text in told[:MOST_ROWS]:
            yield text, 4, ""
        if len(told) > MOST_ROWS:
            yield f"and {counted(len(told) - MOST_ROWS, 'more change')}: see --format json", 4, ""
    if len(groups) > MOST_PACKAGES:
        yield f"and {counted(len(groups) - MOST_PACKAGES, 'more package')}: see --format json", 2, ""


def _told(rows: list[Change]) -> list[str]:
    """The changes of one package and concern as a person wants to hear them; what only differs in its subject in one line."""
    told: list[str] = []
    for (aspect, direction, channel), group in groupby(sorted(rows, key=heard_first), key=_joins):
        same = list(group)
        if channel and len(same) > 1:
            ways = [kind_title(change.subject.partition(" to ")[0]) for change in same]
            told.append(f"{SIGNS[same[0].direction]} may send {listed(ways)} by {visible(channel)}")
            continue
        joined = _JOINED.get((aspect, direction))
        if joined is None or len(same) == 1:
            told += [f"{SIGNS[row.direction]} {visible(row.says, 1000)}" for row in same]
            continue
        names = [kind_title(c.subject) if aspect == "identifier-read" else visible(c.subject.rpartition(".")[2]) for c in same]
        told.append(f"{SIGNS[same[0].direction]} {joined} {listed(names)}")
    return told


def _joins(change: Change) -> tuple[str, str, str]:
    """What changes have in common that are told in one line; for ways that are new, the channel as well."""
    channel = change.subject.partition(" to ")[2] if (change.aspect, change.direction) == ("way", "added") else ""
    return change.aspect, change.direction, channel


def _side(which: str, build: ComparedBuild) -> str:
    patch = f"patch level {build.security_patch}" if build.security_patch else None
    parts = [build.name, build.model, build.fingerprint, patch, counted(build.packages, "package")]
    return f"{which}  " + " · ".join(visible(part) for part in parts if part)


FORM = ChangesForm(format="terminal", says="for a person at a terminal", render=_render)
