"""`--format terminal`: for a person, in 80 columns. Sentences first, then what is odd, then the packages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from vuoto.facts.firmware_view import CONCERNS, Concern, FirmwareView, Oddity, PackageView
from vuoto.reports.firmware_renderer import FirmwareOptions, FirmwareRenderer
from vuoto.reports.firmware_words import (
    NO_PROOF,
    build_lines,
    by_rule,
    kinds_read,
    package_words,
    place_words,
    protection_words,
    recipient_of,
    sentences,
    short_member,
    starts_of,
    whose_words,
    worst,
)
from vuoto.reports.package_words import collects, holds, identity
from vuoto.reports.showing import capital, counted, kind_title, listed, visible
from vuoto.reports.terminal_text import console_in_memory, encoded

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

MOST_LINES: Final = 12
"""Lines of one list; the JSON and the page hold all."""

MOST_ODDITIES: Final = 60
MOST_PACKAGES: Final = 600
_STYLES: Final[dict[Concern, str]] = {"high": "bold red", "medium": "yellow", "low": ""}


def _render(view: FirmwareView, options: FirmwareOptions) -> bytes:
    console, out = console_in_memory(options.width, colour=options.colour)
    parts = [visible(view.name), view.format, counted(view.packages_read, "package")]
    console.print(" · ".join(parts), style="dim", overflow="fold")
    _pairs(console, build_lines(view))
    console.print()
    grave = any(one.concern == "high" for one in view.oddities)
    for place, sentence in enumerate(sentences(view)):
        console.print(sentence, style="bold red" if grave and place == 0 else "", overflow="fold")
    console.print()
    if options.scan:
        _oddities(console, view)
    elif len(view.packages) == 1:
        _package(console, view, view.packages[0])
    else:
        _packages(console, view)
    _problems(console, view)
    console.print(NO_PROOF, style="dim")
    return encoded(out.getvalue())


def _pairs(console: Console, rows: Sequence[tuple[str, str]], indent: int = 0) -> None:
    from rich.padding import Padding
    from rich.table import Table

    if not rows:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, value in rows:
        table.add_row(label, value)
    console.print(Padding(table, (0, 0, 0, indent)))


def _lines(console: Console, title: str, rows: Sequence[str]) -> None:
    if not rows:
        return
    console.print(title, style="bold")
    for row in rows[:MOST_LINES]:
        console.print(_hanging(row, 2))
    if len(rows) > MOST_LINES:
        console.print(f"  and {len(rows) - MOST_LINES:,} more: see --format json or html", style="dim")


def _hanging(text: str, indent: int, *, mark: str = "", style: str = "") -> RenderableType:
    """A line whose continuation stands under it, behind its mark."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if mark:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(mark, Text(text, style=style, overflow="fold"))
        return Padding(grid, (0, 0, 0, indent))
    return Padding(Text(text, style=style, overflow="fold"), (0, 0, 0, indent))


def _oddities(console: Console, view: FirmwareView, *, named: bool = True) -> None:
    from rich.padding import Padding

    shown = 0
    for concern in CONCERNS:
        here = [one for one in view.oddities if one.concern == concern]
        if not here:
            continue
        console.rule(f"{concern}: {len(here):,}", style=_STYLES[concern] or "dim", align="left", characters="─")
        for path in dict.fromkeys(one.package for one in here):
            rows = [one for one in here if one.package == path]
            if shown >= MOST_ODDITIES:
                break
            name = visible(rows[0].name or "")
            if named:
                console.print(name or visible(path), style=_STYLES[concern] or "bold", overflow="fold")
            if named and name:
                console.print(Padding(visible(path), (0, 0, 0, 2)), style="dim", overflow="fold")
            for rule, of_rule in by_rule(rows, view.rules):
                console.print(Padding(rule.title, (0, 0, 0, 2)), overflow="fold")
                for one in of_rule[:MOST_LINES]:
                    _oddity(console, one)
                    shown += 1
                if len(of_rule) > MOST_LINES:
                    console.print(f"    and {len(of_rule) - MOST_LINES:,} more: see --format json or html", style="dim")
            console.print()
    if shown < len(view.oddities):
        console.print(f"{shown:,} of {len(view.oddities):,} are shown: --format json or html has all", style="dim")
        console.print()


def _oddity(console: Console, one: Oddity) -> None:
    console.print(_hanging(capital(visible(one.says)), 4, mark="•"))
    if one.steps:
        way = " → ".join(dict.fromkeys(short_member(step.place.method) for step in one.steps))
        console.print(_hanging(way, 6, style="dim"))
    elif one.place is not None:
        console.print(_hanging(place_words(one.place), 6, style="dim"))


def _packages(console: Console, view: FirmwareView) -> None:
    """One row for each package."""
    from rich.table import Table
    from rich.text import Text

    counts = worst(view.oddities)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True, header_style="bold")
    for name, ratio in (("Package", 30), ("Can read", 24), ("Started by", 14), ("Odd", 12)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for package in view.packages[:MOST_PACKAGES]:
        found = counts[package.package.path]
        odd = Text()
        for concern in CONCERNS:
            if found.get(concern):
                odd.append(f"{', ' if odd else ''}{found[concern]} {concern}", style=_STYLES[concern])
        kinds = kinds_read(package.code)
        read = listed([kind_title(kind) for kind in kinds[:4]]) + (f" and {len(kinds) - 4} more" if len(kinds) > 4 else "")
        starts = ", ".join(starts_of(package))
        table.add_row(package_words(package), read, starts, odd)
    console.print(table)
    if len(view.packages) > MOST_PACKAGES:
        console.print(f"and {len(view.packages) - MOST_PACKAGES:,} more: see --format json or html", style="dim")
    console.print()
    if view.build is not None and view.build.variant:
        _lines(console, "Properties of the variant", [f"{visible(p.name)} = {visible(p.value)}" for p in view.build.variant])
        console.print()
    console.print("One package: --package NAME. What is odd: vuoto firmware scan.", style="dim")


def _package(console: Console, view: FirmwareView, package: PackageView) -> None:
    """Everything of one package."""
    console.print(package_words(package), style="bold")
    _pairs(console, [(label, visible(value)) for label, value in identity(package)], indent=2)
    console.print()
    for title, rows in collects(package):
        _lines(console, title, [visible(row) for row in rows])
    _hosts(console, view, package)
    for title, rows in holds(package):
        _lines(console, title, [visible(row) for row in rows])
    console.print()
    _oddities(console, view, named=False)


def _hosts(console: Console, view: FirmwareView, package: PackageView) -> None:
    from rich.padding import Padding
    from rich.table import Table

    if not package.hosts:
        return
    console.print("Names hosts", style="bold")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    for use in sorted(package.hosts, key=lambda use: (not use.open or use.local, use.host))[:MOST_LINES]:
        whose = whose_words(recipient_of(view, use))
        table.add_row(visible(use.host), whose, protection_words([use]), style="red" if use.open and not use.local else "")
    console.print(Padding(table, (0, 0, 0, 2)))
    more = len(package.hosts) + package.hosts_left_out - MOST_LINES
    if more > 0:
        console.print(f"  and {more:,} more: see --format json or html", style="dim")


def _problems(console: Console, view: FirmwareView) -> None:
    if view.problems:
        rows = [f"{visible(p.where)}: {visible(p.what)}." for p in view.problems]
        _lines(console, "Could not be read", rows)
        console.print()


RENDERER = FirmwareRenderer(format="terminal", says="for a person at a terminal", render=_render)
