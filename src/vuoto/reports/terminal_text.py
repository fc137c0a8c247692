"""What all reports for a terminal share: a width, a console that writes into memory, wrapping, no blanks at the ends of lines."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from vuoto.facts.problems import Problem
from vuoto.reports.showing import visible

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST: Final = 40
WIDEST: Final = 160
"""Columns: below, tables are no tables; above, lines are too long to read."""

MOST_PROBLEMS: Final = 20
"""Problems that are shown; the rest is counted."""


def columns(width: int) -> int:
    """The width that is written for a terminal of `width` columns."""
    return min(max(width, NARROWEST), WIDEST)


def console_in_memory(width: int, *, colour: bool) -> tuple[Console, io.StringIO]:
    """A console that obeys nothing in its texts and nothing in the environment, and where it writes."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out,
        width=columns(width),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    return console, out


def encoded(text: str) -> bytes:
    """UTF-8, no blanks at the ends of lines, one line end at the end."""
    lines = (line.rstrip() for line in text.split("\n"))
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "replace")


def wrapped(text: str, width: int, indent: int) -> list[str]:
    """The lines of a paragraph; long words (paths, fingerprints) are broken, and further lines stand two deeper."""
    if not text:
        return [""]
    lead = " " * indent
    return textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=f"{lead}  " if indent else "", break_on_hyphens=False
    )


Paragraph = tuple[str, int, str]
"""Text, indent, and style: parameters of the terminal's SGR (ECMA-48 §8.3.117), `1;31` for bold red; `""` for none."""


def paragraphs_of(rows: Iterable[Paragraph], width: int, *, colour: bool) -> bytes:
    """The paragraphs, wrapped for a terminal of `width` columns."""
    lines: list[str] = []
    for text, indent, style in rows:
        found = wrapped(text, columns(width), indent)
        lines += [f"\x1b[{style}m{line}\x1b[0m" for line in found] if style and colour else found
    return encoded("\n".join(lines))


def could_not_be_read(problems: Sequence[Problem]) -> Iterator[Paragraph]:
    """What could not be read, at the end of a report; nothing where there is nothing."""
    if not problems:
        return
    yield "", 0, ""
    yield "Could not be read", 0, "1"
    for problem in problems[:MOST_PROBLEMS]:
        yield f"{visible(problem.where)}: {visible(problem.what)}.", 2, ""
    if len(problems) > MOST_PROBLEMS:
        yield f"and {len(problems) - MOST_PROBLEMS:,} more: see --format json", 2, ""
