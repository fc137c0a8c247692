"""`--format terminal`: for a person; the answer first, then the reasons, then what became of the waivers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from vuoto.facts.gates import GateFinding, GateOutcome, GateVerdict
from vuoto.reports.gates.form import GateForm
from vuoto.reports.gates.words import about, answer_of
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.showing import counted, visible
from vuoto.reports.terminal_text import Paragraph, could_not_be_read, paragraphs_of

MOST_ROWS: Final = 12
"""Reasons of one package that are shown; the rest is counted."""

MOST_PACKAGES: Final = 60

_STYLES: Final[dict[GateOutcome, str]] = {"refused": "1;31", "undecided": "1;33", "passed": "1;32"}


def _render(verdict: GateVerdict, options: RenderOptions) -> bytes:
    return paragraphs_of(_rows(verdict), options.width, colour=options.colour)


def _rows(verdict: GateVerdict) -> Iterator[Paragraph]:
    """Text, indent and style of each paragraph."""
    yield answer_of(verdict), 0, _STYLES[verdict.outcome]
    yield about(verdict), 0, "2"
    open_ = [one for one in verdict.findings if one.waiver is None]
    waived = [one for one in verdict.findings if one.waiver is not None]
    for outcome, rows in groupby(open_, key=lambda one: one.outcome):
        yield "", 0, ""
        yield f"{outcome.capitalize()}, because", 0, _STYLES[outcome]
        yield from _packages(list(rows), verdict)
    if open_:
        yield "", 0, ""
        yield "What to do", 0, "1"
        for answer in verdict.rules:
            if answer.outcome != "passed":
                yield f"{answer.rule}: {answer.remedy}.", 2, ""
        if verdict.outcome == "undecided":
            yield "Or let it pass where nothing is refused: --allow-undecided.", 2, ""
    if waived:
        yield "", 0, ""
        yield "Would be refused or undecided, and stands under a waiver", 0, "1"
        yield from _packages(waived, verdict)
    if verdict.waivers:
        yield "", 0, ""
        yield "Waivers", 0, "1"
        for use in verdict.waivers:
            yield f"{visible(use.says, 1000)}.", 2, "" if use.state == "used" else "33"
    notes = [(answer.rule, answer.note) for answer in verdict.rules if answer.note]
    if notes:
        yield "", 0, ""
        yield "What the answer rests on", 0, "1"
        for rule, note in notes:
            yield f"{rule}: {visible(note)}.", 2, ""
    yield "", 0, ""
    for limit in verdict.limits:
        yield f"{limit}.", 0, "2"
    yield from could_not_be_read(verdict.problems)


def _packages(found: list[GateFinding], verdict: GateVerdict) -> Iterator[Paragraph]:
    groups = [(key, list(rows)) for key, rows in groupby(found, key=lambda one: (one.package, one.path))]
    for (package, path), rows in groups[:MOST_PACKAGES]:
        yield visible(package or path or verdict.build.name), 2, "1"
        if package and path:
            yield visible(path), 4, "2"
        for row in rows[:MOST_ROWS]:
            yield f"{row.rule}: {visible(row.because, 1000)}", 4, ""
        if len(rows) > MOST_ROWS:
            yield f"and {counted(len(rows) - MOST_ROWS, 'more reason')}: see --format json", 4, ""
    if len(groups) > MOST_PACKAGES:
        yield f"and {counted(len(groups) - MOST_PACKAGES, 'more package')}: see --format json", 2, ""


FORM = GateForm(format="terminal", says="for a person at a terminal", render=_render)
