"""`--format terminal`: for a person, in 80 columns. Sentences first, then who got what, then what could not be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vuoto.facts.document import AuditDocument
from vuoto.facts.flows import Flow
from vuoto.facts.problems import Problem
from vuoto.facts.verdicts import Verdict
from vuoto.facts.vocabulary import CERTAINTIES, Certainty, Protection
from vuoto.reports.attributing import FOUND_WORDS, NO_PROOF, origins_of
from vuoto.reports.renderer import Renderer, RenderOptions
from vuoto.reports.sentences import Account, accounts, paragraphs
from vuoto.reports.showing import (
    OUTCOME_TONES,
    OUTCOME_WORDS,
    PROTECTION_WORDS,
    Tone,
    counted,
    country_words,
    kind_title,
    recipient_name,
    visible,
)
from vuoto.reports.terminal_text import console_in_memory, encoded
from vuoto.reports.unread import unread_hosts

if TYPE_CHECKING:
    from rich.console import Console

MOST_RECIPIENTS: Final = 40
"""Rows of the table; the rest is counted. A terminal is read, not searched."""

MOST_INPUTS: Final = 5
"""Inputs named above the sentences; a folder's captures would push them out of sight."""

MOST_ORIGINS: Final = 20
MOST_UNREAD: Final = 20
MOST_PROBLEMS: Final = 20

LONG_WHY: Final = 24
"""Characters of a reason that fit beside the rest at 80 columns; a longer one breaks into lines."""

_NUMBER: Final = re.compile(r"[0-9]+")

_TONES: Final[tuple[Tone, ...]] = ("bad", "open", "good")
_STYLES: Final[dict[str, str]] = {"bad": "bold red", "open": "yellow", "good": "green"}
_CONCERN: Final = {"high": "bold red", "medium": "yellow", "low": "", "none": ""}


def _render(document: AuditDocument, options: RenderOptions) -> bytes:
    console, out = console_in_memory(options.width, colour=options.colour)
    _heading(console, document)
    _sentences(console, document)
    found = accounts(document.disclosures, document.recipients, document.verdicts)
    if found:
        _table(console, found)
    _origins(console, document)
    _unread(console, document.flows)
    _problems(console, document)
    return encoded(out.getvalue())


def _heading(console: Console, document: AuditDocument) -> None:
    for file in document.inputs[:MOST_INPUTS]:
        days = sorted({t[:10] for t in (file.first, file.last) if t})
        unit = "entry" if file.format.startswith("har") else "frame"
        parts = [visible(file.name), counted(file.frames, unit, "entries" if unit == "entry" else None), " to ".join(days)]
        console.print(" · ".join(p for p in parts if p), style="dim", overflow="fold")
    if len(document.inputs) > MOST_INPUTS:
        console.print(f"and {counted(len(document.inputs) - MOST_INPUTS, 'more input')}", style="dim")
    console.print()


def _sentences(console: Console, document: AuditDocument) -> None:
    style = _CONCERN.get(document.summary.highest, "")
    for group in paragraphs(document.summary.sentences):
        console.print(" ".join(visible(s, 2000) for s in group), style=style, overflow="fold")
        console.print()
        style = ""


def _table(console: Console, found: tuple[Account, ...]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, expand=True, header_style="bold")
    for name, ratio in (("Data", 26), ("Recipient", 22), ("Country", 12), ("Verdict", 17)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for account in found[:MOST_RECIPIENTS]:
        data = Text()
        for line, style in _data(account):
            data.append(line if not data else f"\n{line}", style=style)
        verdict = Text()
        for tone, words in _answers(account.verdicts):
            verdict.append(("\n" if verdict else "") + words, style=_STYLES[tone])
        table.add_row(data, recipient_name(account.recipient), country_words(account.recipient), verdict)
    console.print(table)
    console.print()
    if len(found) > MOST_RECIPIENTS:
        console.print(f"and {counted(len(found) - MOST_RECIPIENTS, 'more recipient')}: see the JSON or HTML report.\n")


def _origins(console: Console, document: AuditDocument) -> None:
    """Which code can have sent what, one row per answer; those about disclosures first."""
    from rich.padding import Padding
    from rich.table import Table

    if not document.attributions:
        return
    names = {r.id: recipient_name(r) for r in document.recipients}
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, header_style="dim", expand=True)
    for name, ratio in (("Recipient", 24), ("Package and class", 34), ("Answer", 16)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for answer in document.attributions[:MOST_ORIGINS]:
        best = origins_of(answer, document.origins)
        lines = [
            visible(f"{o.package} {o.version or ''}".rstrip()) + (f"\n  {visible(o.class_)}" if o.class_ else "")
            for o in best[:3]
        ]
        lines += [f"and {len(best) - 3} more"] if len(best) > 3 else []
        sure = f", {answer.confidence:.2f}" if answer.confidence else ""
        table.add_row(names.get(answer.recipient, answer.recipient), "\n".join(lines) or "–", FOUND_WORDS[answer.outcome] + sure)
    searched = f" in {visible(document.build.name, 60)}" if document.build else ""
    console.print(f"Code that can have sent it{searched}", style="bold")
    console.print(Padding(table, (0, 0, 0, 2)))
    if len(document.attributions) > MOST_ORIGINS:
        console.print(
            f"  and {counted(len(document.attributions) - MOST_ORIGINS, 'more recipient')}: see the JSON or HTML report."
        )
    console.print(f"  {NO_PROOF} The clues stand in the HTML and JSON reports.\n")


def _answers(verdicts: tuple[Verdict, ...]) -> list[tuple[Tone, str]]:
    """The outcomes, worst first; those that are open in one line each, with the questions that they leave open."""
    questions: dict[tuple[Tone, str], set[str]] = {}
    for verdict in verdicts:
        answer = (OUTCOME_TONES[verdict.outcome], OUTCOME_WORDS[verdict.outcome])
        questions.setdefault(answer, set()).add(verdict.question.replace("-", " "))
    return [
        (tone, f"{words}: {', '.join(sorted(questions[tone, words]))}" if tone == "open" else words)
        for tone, words in sorted(questions, key=lambda answer: (_TONES.index(answer[0]), answer[1]))
    ]


def _data(account: Account) -> list[tuple[str, str]]:
    """Lines and styles: the way (`unencrypted:`), and under it each kind with its strongest certainty (`IMEI, known`)."""
    ways: dict[Protection, dict[str, Certainty]] = {}
    for row in sorted(account.rows, key=lambda r: list(PROTECTION_WORDS).index(r.protection)):
        kinds = ways.setdefault(row.protection, {})
        kinds[row.kind] = min(kinds.get(row.kind, row.certainty), row.certainty, key=CERTAINTIES.index)
    lines: list[tuple[str, str]] = []
    for way, kinds in ways.items():
        lines.append((f"{PROTECTION_WORDS[way]}:", _STYLES["bad"] if way == "none" else ""))
        lines += [(f"{kind_title(kind)}, {certainty}", "") for kind, certainty in kinds.items()]
    return lines


def _unread(console: Console, flows: tuple[Flow, ...]) -> None:
    from rich.padding import Padding
    from rich.table import Table

    rows = unread_hosts(flows)
    if not rows:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", expand=True)
    for name, numeric, ratio in (
        ("Host", False, 3),
        ("Times", True, None),
        ("Bytes out", True, None),
        ("Protection", False, None),
        ("Why", False, 3),
    ):
        table.add_column(name, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric, ratio=ratio)
    above = ""
    for one in rows[:MOST_UNREAD]:
        name = visible(one.host or next(iter(one.addresses), "unknown host"), 100)
        numbers = (f"{one.times:,}", f"{one.bytes_out:,}")
        way = "unknown" if one.protection == "unknown" else PROTECTION_WORDS[one.protection]
        # A sentence that takes five narrow lines is not told again for each of thirty hosts.
        why = "as above" if one.why == above and len(above) > LONG_WHY else visible(one.why, 100)
        above = one.why
        table.add_row(name, *numbers, way, why)
    console.print("Could not be read", style="bold")
    console.print(Padding(table, (0, 0, 0, 2)))
    if len(rows) > MOST_UNREAD:
        console.print(f"  and {len(rows) - MOST_UNREAD:,} more: see the JSON or HTML report.")
    console.print()


def _problems(console: Console, document: AuditDocument) -> None:
    from rich.padding import Padding

    if not document.problems:
        return
    console.print("Problems", style="bold")
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in document.problems:
        # What differs by its numbers alone, in one input, is told once: a broken capture breaks a thousand times.
        alike.setdefault((problem.where.partition(", ")[0], _NUMBER.sub("0", problem.what)), []).append(problem)
    groups = list(alike.values())
    for problem, *more in groups[:MOST_PROBLEMS]:
        step = f" {visible(problem.next_step)}" if problem.next_step else ""
        also = f" And {len(more):,} more like it." if more else ""
        console.print(Padding(f"{visible(problem.where)}: {visible(problem.what)}.{step}{also}", (0, 0, 0, 2)))
    if left := sum(len(group) for group in groups[MOST_PROBLEMS:]):
        console.print(f"  and {left:,} more: see the JSON or HTML report.")
    console.print()


RENDERER = Renderer(
    format="terminal",
    file_name="report.txt",
    media_type="text/plain; charset=utf-8",
    says="for a person at a terminal",
    render=_render,
)
