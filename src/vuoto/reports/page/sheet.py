"""One file that opens from disk, loads nothing, and has no script: the frame of the pages of firmware."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from vuoto.facts.problems import Problem
from vuoto.reports.page.element import Html, h, together, trusted

MOST_PROBLEMS: Final = 200
"""Problems written out; the JSON holds all."""

_STYLES: Final = (("renderers", "assets", "report.css"), ("firmware_renderers", "assets", "firmware.css"))


@cache
def _style() -> str:
    return "\n".join(files("vuoto.reports").joinpath(*path).read_text("utf-8") for path in _STYLES)


def sheet(*, title: str, of: str, about: str, skip: tuple[str, str], main: Iterable[Html | None], foot: str) -> bytes:
    """The page. `of` is what it is about, `skip` the first link: where it leads and what it says."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = h(
        "head",
        None,
        h("meta", {"charset": "utf-8"}),
        h("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        h("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        h("meta", {"name": "color-scheme", "content": "light dark"}),
        h("meta", {"name": "referrer", "content": "no-referrer"}),
        h("title", None, f"{title}: {of}"),
        trusted(f"<style>{style}</style>"),
    )
    body = h(
        "body",
        None,
        h("a", {"class": "skip", "href": f"#{skip[0]}"}, skip[1]),
        h("header", None, h("p", {"class": "kicker"}, "Vuoto firmware"), h("h1", None, title), h("p", {"class": "about"}, about)),
        h("main", None, [part for part in main if part is not None]),
        h("footer", None, h("p", None, foot)),
    )
    page = together(trusted("<!DOCTYPE html>\n"), h("html", {"lang": "en"}, head, body), trusted("\n"))
    return page.encode("utf-8", "replace")


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
