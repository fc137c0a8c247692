"""The pages about builds, which have no script: what stands around their sections, and the sections that several end with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from vuoto.facts.problems import Problem
from vuoto.reports.page.element import Html, h
from vuoto.reports.page.frame import framed

MOST_PROBLEMS: Final = 200
"""Problems written out; the JSON holds all."""

_STYLES: Final = (("renderers", "assets", "report.css"), ("firmware_renderers", "assets", "firmware.css"))


@cache
def _style() -> str:
    return "\n".join(files("vuoto.reports").joinpath(*path).read_text("utf-8") for path in _STYLES)


def sheet(*, title: str, of: str, about: str, skip: tuple[str, str], main: Iterable[Html | None], foot: str) -> bytes:
    """The page. `of` is what it is about, `skip` the first link: where it leads and what it says."""
    body = h(
        "body",
        None,
        h("a", {"class": "skip", "href": f"#{skip[0]}"}, skip[1]),
        h("header", None, h("p", {"class": "kicker"}, "Vuoto firmware"), h("h1", None, title), h("p", {"class": "about"}, about)),
        h("main", None, [part for part in main if part is not None]),
        h("footer", None, h("p", None, foot)),
    )
    return framed(f"{title}: {of}", body, style=_style())


def problems_section(problems: Sequence[Problem]) -> Html:
    """What could not be read."""
    rows = [f"{p.where}: {p.what}." + (f" {p.next_step}" if p.next_step else "") for p in problems]
    more = len(rows) - MOST_PROBLEMS
    return h(
        "section",
        {"id": "unread"},
        h("h2", None, "What could not be read"),
        h("ul", {"class": "problems"}, [h("li", None, row) for row in rows[:MOST_PROBLEMS]])
        if rows
        else h("p", None, "Nothing in the containers was broken or contradictory."),
        h("p", {"class": "note"}, f"{more:,} more: the JSON holds all.") if more > 0 else None,
    )


def again_section(command: str | None) -> Html | None:
    """The command, to make the page again."""
    if command is None:
        return None
    return h(
        "section",
        {"id": "again"},
        h("h2", None, "To make this page again"),
        h("p", {"class": "command"}, h("code", None, command)),
    )
