"""`--format terminal`: for a person, in 80 columns. Sentences first, then who got what, then what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vuoto.facts.document import AuditDocument
from vuoto.facts.flows import Flow
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
    encrypted,
    kind_title,
    recipient_name,
    visible,
)
from vuoto.reports.terminal_text import console_in_memory, encoded

if TYPE_CHECKING:
    from rich.console import Console

MOST_RECIPIENTS: Final = 40
"""Rows of the table; the rest is counted. A terminal is read, not searched."""

MOST_ORIGINS: Final = 20
MOST_UNREAD: Final = 20
MOST_PROBLEMS: Final = 20

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
        for tone, words in sorted({_verdict(v) for v in account.verdicts}, key=lambda v: (_TONES.index(v[0]), v[1])):
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


def _verdict(verdict: Verdict) -> tuple[Tone, str]:
    tone = OUTCOME_TONES[verdict.outcome]
    about = f": {verdict.question.replace('-', ' ')}" if tone == "open" else ""
    return tone, OUTCOME_WORDS[verdict.outcome] + about


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

    unread = [f for f in flows if f.why_not_decrypted or (encrypted(f.protection) and not f.decrypted)]
    if not unread:
        return
    by_host: dict[tuple[str, str, str], tuple[int, int]] = {}
    for flow in unread:
        name = visible(flow.host or flow.server or "unknown host", 100)
        key = (name, PROTECTION_WORDS[flow.protection], visible(flow.why_not_decrypted or "no keys were given", 100))
        number, size = by_host.get(key, (0, 0))
        by_host[key] = (number + 1, size + flow.bytes_out)
    rows = sorted(by_host.items(), key=lambda item: (-item[1][1], item[0]))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name, numeric in (("Host", False), ("Times", True), ("Bytes out", True), ("Protection", False), ("Why", False)):
        table.add_column(name, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric)
    for (name, how, why), (number, size) in rows[:MOST_UNREAD]:
        table.add_row(name, f"{number:,}", f"{size:,}", how, why)
    console.print("Could not be read", style="bold")
    console.print(Padding(table, (0, 0, 0, 2)))
    if len(rows) > MOST_UNREAD:
        console.print(f"  and {counted(len(rows) - MOST_UNREAD, 'more host')}: see the JSON or HTML report.")
    console.print()


def _problems(console: Console, document: AuditDocument) -> None:
    from rich.padding import Padding

    if not document.problems:
        return
    console.print("Problems", style="bold")
    for problem in document.problems[:MOST_PROBLEMS]:
        step = f" {visible(problem.next_step)}" if problem.next_step else ""
        console.print(Padding(f"{visible(problem.where)}: {visible(problem.what)}.{step}", (0, 0, 0, 2)))
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
