"""`--format html`: one page for a person: sentences, the two builds, then what changed, what concerns most first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from vuoto import __version__
from vuoto.facts.changes import CONCERNS, Change, ComparedBuild, Concern, Difference
from vuoto.reports.changes.form import ChangesForm
from vuoto.reports.changes.words import HEADS, SIGNS, heard_first, summary
from vuoto.reports.firmware_words import place_words
from vuoto.reports.page.element import Html, h
from vuoto.reports.page.figures import figures
from vuoto.reports.page.sheet import again_section, problems_section, sheet
from vuoto.reports.page.table import table
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.showing import capital, counted

MOST_PACKAGES: Final = 300
"""Packages of one concern written out; the JSON holds all."""

MOST_ROWS: Final = 60
"""Changes of one package and concern written out."""

MOST_PLACES: Final = 8

_SAID: Final = frozenset(("yes", "no", "value", "calls"))
"""Values that repeat the sentence in other words."""

_SPOKEN: Final = {"added": "new", "removed": "gone", "changed": "changed"}


def _render(difference: Difference, options: RenderOptions) -> bytes:
    old, new = difference.old, difference.new
    by_concern = {concern: list(rows) for concern, rows in groupby(difference.changes, key=lambda change: change.concern)}
    return sheet(
        title="What changed for a person's data",
        of=f"{old.name} to {new.name}",
        about=" → ".join(_named(build) for build in (old, new)),
        skip=("changes", "Skip to what changed"),
        main=(
            _lead(difference),
            _figures(difference),
            _builds(old, new),
            h(
                "div",
                {"id": "changes"},
                [_concern(concern, by_concern[concern]) for concern in CONCERNS if concern in by_concern]
                or h("p", None, "Nothing changed that is compared here."),
            ),
            _limits(difference),
            problems_section(difference.problems),
            again_section(options.command),
        ),
        foot=f"Vuoto {__version__}, {difference.schema}. High, medium and low are an order of reading, not a legal measure.",
    )


def _named(build: ComparedBuild) -> str:
    parts = (build.name, build.model or "", build.security_patch or "")
    return " · ".join(part for part in parts if part)


def _lead(difference: Difference) -> Html:
    grave = any(change.concern == "high" for change in difference.changes)
    return h(
        "section",
        {"class": "lead high" if grave else "lead", "aria-label": "In short"},
        [h("p", {"class": "first"} if place == 0 else None, text) for place, text in enumerate(summary(difference))],
    )


def _figures(difference: Difference) -> Html:
    of = {concern: sum(change.concern == concern for change in difference.changes) for concern in CONCERNS}
    return figures(
        (
            (of["high"], "of high concern", "of high concern", of["high"] > 0),
            (of["medium"], "of medium concern", "of medium concern", False),
            (of["low"], "worth knowing", "worth knowing", False),
            (difference.changed, "package changed", "packages changed", False),
            (difference.added, "package new", "packages new", False),
            (difference.removed, "package gone", "packages gone", False),
        )
    )


def _builds(old: ComparedBuild, new: ComparedBuild) -> Html:
    caption = "The two builds"
    rows = [
        ("Opened as", old.name, new.name),
        ("Format", old.format, new.format),
        ("Model", old.model, new.model),
        ("Product", old.product, new.product),
        ("Fingerprint", old.fingerprint, new.fingerprint),
        ("Security patch", old.security_patch, new.security_patch),
        ("Packages", f"{old.packages:,}", f"{new.packages:,}"),
    ]
    return h(
        "section",
        {"id": "builds"},
        h("h2", None, caption),
        table(caption, ("What", "Old", "New"), [_sides(*row) for row in rows if row[1] or row[2]], named=0),
    )


def _sides(label: str, old: str | None, new: str | None) -> tuple[str, str, str]:
    return label, old or "not said", new or "not said"


def _concern(concern: Concern, changes: Iterable[Change]) -> Html:
    groups = [(key, sorted(rows, key=heard_first)) for key, rows in groupby(changes, key=lambda c: (c.package, c.path))]
    more = len(groups) - MOST_PACKAGES
    mark, _, says = HEADS[concern].partition(": ")
    return h(
        "section",
        {"id": f"concern-{concern}"},
        h("h2", None, h("span", {"class": f"concern {concern}"}, mark), f": {says}" if says else None),
        [_package(package, path, concern, rows) for (package, path), rows in groups[:MOST_PACKAGES]],
        h("p", {"class": "note"}, f"{counted(more, 'more package')}: the JSON holds all.") if more > 0 else None,
    )


def _package(package: str | None, path: str, concern: Concern, rows: Sequence[Change]) -> Html:
    more = len(rows) - MOST_ROWS
    return h(
        "article",
        None,
        h("h3", None, package or path or "The build itself"),
        h("p", {"class": "note"}, path) if package and path else None,
        h("div", {"class": f"odd {concern}"}, h("ul", {"class": "changes"}, [_row(one) for one in rows[:MOST_ROWS]])),
        h("p", {"class": "note"}, f"{counted(more, 'more change')}: the JSON holds all.") if more > 0 else None,
    )


def _row(one: Change) -> Html:
    values = values_of(one)
    places = one.places
    return h(
        "li",
        None,
        h("span", {"class": "sign", "aria-hidden": "true"}, SIGNS[one.direction]),
        h("span", {"class": "unseen"}, f"{_SPOKEN[one.direction]}: "),
        f"{one.says}.",
        h("span", {"class": "where"}, h("code", None, values)) if values else None,
        h(
            "details",
            None,
            h("summary", None, f"{capital(counted(len(places), 'place'))} in the code"),
            h("ul", None, [h("li", None, h("code", None, place_words(place))) for place in places[:MOST_PLACES]]),
            h("p", {"class": "note"}, f"{len(places) - MOST_PLACES:,} more: the JSON holds all.")
            if len(places) > MOST_PLACES
            else None,
        )
        if places
        else None,
    )


def values_of(one: Change) -> str:
    """Before and after, as far as the sentence does not say them."""
    told = [value for value in (one.before, one.after) if value is not None and value not in _SAID]
    return "" if all(value in one.says for value in told) else " → ".join(told)


def _limits(difference: Difference) -> Html:
    return h(
        "section",
        {"id": "limits"},
        h("h2", None, "What this comparison cannot see"),
        h("ul", None, [h("li", None, f"{limit}.") for limit in difference.limits]),
    )


FORM = ChangesForm(format="html", says="one page to read and to pass on, in any browser", render=_render)
