"""Each package: what it is, what starts it, what it can read, and by which ways that may reach a send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from vuoto.facts.firmware_view import CONCERNS, Concern, FirmwareView, PackageView
from vuoto.reports.firmware_page.oddities import concern
from vuoto.reports.firmware_words import kinds_read, package_words, starts_of, worst
from vuoto.reports.package_words import collects, holds, identity
from vuoto.reports.page.element import Html, h
from vuoto.reports.showing import counted, kind_title, listed

MOST_PACKAGES: Final = 800
"""Packages written out; the JSON holds all."""

MOST_ROWS: Final = 40
"""Rows of one list."""


def packages_section(view: FirmwareView, anchors: dict[str, str]) -> Html:
    """All packages, folded where there are several."""
    counts = worst(view.oddities)
    more = len(view.packages) - MOST_PACKAGES
    return h(
        "section",
        {"id": "packages"},
        h("h2", None, "The packages" if len(view.packages) != 1 else "The package"),
        [
            _package(package, anchors[package.package.path], counts[package.package.path], alone=len(view.packages) == 1)
            for package in view.packages[:MOST_PACKAGES]
        ],
        h("p", {"class": "note"}, f"{counted(more, 'more package')}: the JSON holds all.") if more > 0 else None,
    )


def _package(view: PackageView, anchor: str, found: Counter[Concern], *, alone: bool) -> Html:
    facts = view.package
    kinds = kinds_read(view.code)
    marks: list[Html | str] = []
    for word in CONCERNS:
        if found.get(word):
            marks += [" ", concern(word), f" {found[word]}"]
    reads = f"can read {listed([kind_title(kind) for kind in kinds])}" if kinds else ""
    starts = listed(starts_of(view))
    note = " · ".join(part for part in (facts.path, reads, f"started by {starts}" if starts else "") if part)
    return h(
        "details",
        {"class": "package", "id": anchor, "open": alone},
        h("summary", None, h("h3", None, package_words(view)), marks, h("span", {"class": "note"}, note)),
        h("div", {"class": "inside"}, _identity(view), _lists(view)),
    )


def _identity(view: PackageView) -> Html:
    parts: list[Html] = []
    for label, value in identity(view):
        parts += [h("dt", None, label), h("dd", None, value)]
    return h("dl", {"class": "facts"}, parts)


def _lists(view: PackageView) -> list[Html | str]:
    return [_list(title, rows) for title, rows in (*collects(view), *holds(view))]


def _list(title: str, rows: Sequence[str]) -> Html:
    more = len(rows) - MOST_ROWS
    return h(
        "div",
        None,
        h("h4", None, title),
        h("ul", None, [h("li", None, row) for row in rows[:MOST_ROWS]]),
        h("p", {"class": "note"}, f"{more:,} more: the JSON holds all.") if more > 0 else None,
    )
