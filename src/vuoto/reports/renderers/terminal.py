"""`--format terminal`: for a person at a terminal of 80 columns. Sentences first, then who got what, then what could not be read."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from vuoto.facts.document import AuditDocument
from vuoto.facts.flows import Flow
from vuoto.reports.renderer import Renderer, RenderOptions
from vuoto.reports.sentences import Account, accounts, paragraphs
from vuoto.reports.showing import (
    OUTCOME_TONES,
    OUTCOME_WORDS,
    PROTECTION_WORDS,
    counted,
    country_words,
    encrypted,
    kind_title,
    recipient_name,
    visible,
)

if TYPE_CHECKING:
    from rich.console import Console

MOST_RECIPIENTS: Final = 40
"""Rows of the table; the rest is counted. A terminal is read, not searched."""

MOST_UNREAD: Final = 20
MOST_PROBLEMS: Final = 20
NARROWEST: Final = 40
WIDEST: Final = 160

_STYLES: Final = {"bad": "bold red", "open": "yellow", "good": "green"}
_CONCERN: Final = {"high": "bold red", "medium": "yellow", "low": "", "none": ""}


def _render(document: AuditDocument, options: RenderOptions) -> bytes:
    from rich.console import Console  # noqa: PLC0415 - slow to import, and only this format draws with it

    out = io.StringIO()
    console = Console(
        file=out,
        width=min(max(options.width, NARROWEST), WIDEST),
        force_terminal=options.colour,
        color_system="standard" if options.colour else None,
        no_color=not options.colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    _heading(console, document)
    _sentences(console, document)
    found = accounts(document.disclosures, document.recipients, document.verdicts)
    if found:
        _table(console, found)
    _unread(console, document.flows)
    _problems(console, document)
    lines = (line.rstrip() for line in out.getvalue().split("\n"))
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "replace")


def _heading(console: Console, document: AuditDocument) -> None:
    for file in document.inputs:
        days = sorted({t[:10] for t in (file.first, file.last) if t})
        unit = "entry" if file.format.startswith("har") else "frame"
        parts = [visible(file.name), counted(file.frames, unit, "entries" if unit == "entry" else None), " to ".join(days)]
        console.print(" · ".join(p for p in parts if p), style="dim", overflow="fold")
    console.print()


def _sentences(console: Console, document: AuditDocument) -> None:
    style = _CONCERN.get(document.summary.highest, "")
    for group in paragraphs(document.summary.sentences):
        console.print(" ".join(visible(s, 2000) for s in group), style=style, overflow="fold")
        console.print()
        style = ""


def _table(console: Console, found: tuple[Account, ...]) -> None:
    from rich.table import Table  # noqa: PLC0415 - likewise
    from rich.text import Text  # noqa: PLC0415 - likewise

    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, expand=False, header_style="bold")
    for name, ratio in (("Data", 32), ("Recipient", 22), ("Country", 12), ("Verdict", 24)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for account in found[:MOST_RECIPIENTS]:
        data = Text()
        for line in _data(account):
            data.append(line if not data else f"\n{line}")
        verdict = Text()
        for outcome in dict.fromkeys(v.outcome for v in account.verdicts):
            verdict.append(("\n" if verdict else "") + OUTCOME_WORDS[outcome], style=_STYLES[OUTCOME_TONES[outcome]])
        table.add_row(data, recipient_name(account.recipient), country_words(account.recipient), verdict)
    console.print(table)
    if len(found) > MOST_RECIPIENTS:
        console.print(f"and {counted(len(found) - MOST_RECIPIENTS, 'more recipient')}: see the JSON or HTML report.\n")


def _data(account: Account) -> Iterable[str]:
    """`IMEI (known, unencrypted)`, once per kind with its strongest certainty and weakest protection."""
    best: dict[str, tuple[str, str]] = {}
    strength = ("known", "validated", "likely", "possible")
    for row in account.rows:
        certainty, protection = best.get(row.kind, (row.certainty, row.protection))
        best[row.kind] = (
            min(certainty, row.certainty, key=strength.index),
            row.protection if row.protection == "none" else protection,
        )
    words: dict[str, str] = {**PROTECTION_WORDS}
    return (f"{kind_title(kind)} ({certainty}, {words[protection]})" for kind, (certainty, protection) in best.items())


def _unread(console: Console, flows: tuple[Flow, ...]) -> None:
    unread = [f for f in flows if f.why_not_decrypted or (encrypted(f.protection) and not f.decrypted)]
    if not unread:
        return
    console.print("Could not be read", style="bold")
    by_host: dict[tuple[str, str, str], tuple[int, int]] = {}
    for flow in unread:
        name = visible(flow.host or flow.server or "unknown host")
        why = visible(flow.why_not_decrypted or "no keys were given")
        key = (name, PROTECTION_WORDS[flow.protection], why)
        number, size = by_host.get(key, (0, 0))
        by_host[key] = (number + 1, size + flow.bytes_out)
    rows = sorted(by_host.items(), key=lambda item: (-item[1][1], item[0]))
    for (name, how, why), (number, size) in rows[:MOST_UNREAD]:
        console.print(
            f"  {name}: {counted(number, 'conversation')}, {how}, {counted(size, 'byte')} out; {why}", overflow="fold", soft_wrap=False
        )
    if len(rows) > MOST_UNREAD:
        console.print(f"  and {len(rows) - MOST_UNREAD:,} more: see the JSON or HTML report.")
    console.print()


def _problems(console: Console, document: AuditDocument) -> None:
    if not document.problems:
        return
    console.print("Problems", style="bold")
    for problem in document.problems[:MOST_PROBLEMS]:
        step = f" {visible(problem.next_step)}" if problem.next_step else ""
        console.print(f"  {visible(problem.where)}: {visible(problem.what)}.{step}", overflow="fold")
    if len(document.problems) > MOST_PROBLEMS:
        console.print(f"  and {len(document.problems) - MOST_PROBLEMS:,} more: see the JSON or HTML report.")
    console.print()


RENDERER = Renderer(
    format="terminal",
    file_name="report.txt",
    media_type="text/plain; charset=utf-8",
    says="for a person at a terminal",
    render=_render,
)
