"""`--format terminal`: for a person; the answer as sentences, then a table of the builds."""

from __future__ import annotations

from typing import Final

from vuoto.facts.scopes import Scope, ScopeRow
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.scopes.form import ScopeForm
from vuoto.reports.showing import counted, visible
from vuoto.reports.terminal_text import console_in_memory, encoded, wrapped

MOST_ROWS: Final = 100
"""Builds of the table; the rest is counted."""

MOST_HITS: Final = 4
"""Packages of one build that are shown."""

_STYLES: Final = {"present": "bold red", "absent": "green", "unknown": "yellow"}


def _render(scope: Scope, options: RenderOptions) -> bytes:
    from rich.table import Table
    from rich.text import Text

    console, out = console_in_memory(options.width, colour=options.colour)
    for sentence in scope.sentences:
        for line in wrapped(visible(sentence, 2000), console.width, 0):
            console.print(line)
    console.print()
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True, header_style="bold")
    for name, ratio in (("Build", 22), ("For", 13), ("Made", 14), ("There", 28)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for row in scope.rows[:MOST_ROWS]:
        there = Text(row.state, style=_STYLES[row.state])
        for line in _details(row, named=scope.asked == "package"):
            there.append(f"\n{line}", style="")
        kind = " ".join(visible(part) for part in dict.fromkeys((row.model, row.product)) if part)
        made = "\n".join(part for part in (row.built, visible(row.incremental or "")) if part) or visible(
            row.security_patch or ""
        )
        table.add_row(visible(row.build), kind, made, there)
    console.print(table)
    if len(scope.rows) > MOST_ROWS:
        console.print(f"and {counted(len(scope.rows) - MOST_ROWS, 'more build')}: see --format json")
    console.print()
    for limit in scope.limits:
        for line in wrapped(f"{visible(limit)}.", console.width, 0):
            console.print(line, style="dim")
    return encoded(out.getvalue())


def _details(row: ScopeRow, *, named: bool) -> list[str]:
    if row.why:
        return [visible(row.why)]
    told = []
    for hit in row.hits[:MOST_HITS]:
        version = f" {visible(hit.version)}" if hit.version else ""
        name = "" if named else visible(hit.package or hit.path)
        told.append(f"{f'{name}{version}'.strip()}: {visible(hit.says)}, {hit.sha256[:12]}…")
    if len(row.hits) > MOST_HITS:
        told.append(f"and {counted(len(row.hits) - MOST_HITS, 'more package')}")
    return told


FORM = ScopeForm(format="terminal", says="for a person at a terminal", render=_render)
