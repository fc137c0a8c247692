"""What is odd: by package, the gravest first, each with its place or its way, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vuoto.facts.firmware_view import CONCERNS, FirmwareView, Oddity, OddityRule
from vuoto.reports.firmware_words import CONCERN_WORDS, by_rule, member_words, place_words
from vuoto.reports.page.element import Html, h
from vuoto.reports.showing import capital, counted

MOST_PACKAGES: Final = 300
"""Packages whose oddities are written out; the JSON holds all."""

MOST_OF_ONE_RULE: Final = 25


def oddities_section(view: FirmwareView, anchors: dict[str, str]) -> Html:
    """The section; `anchors` are the packages' places on the page."""
    paths = list(dict.fromkeys(one.package for one in view.oddities))
    return h(
        "section",
        {"id": "odd"},
        h("h2", None, "What is odd"),
        [_package(view, path, anchors) for path in paths[:MOST_PACKAGES]]
        if paths
        else h("p", None, "Nothing of what was looked for was found."),
        h("p", {"class": "note"}, f"{counted(len(paths) - MOST_PACKAGES, 'more package')}: the JSON holds all.")
        if len(paths) > MOST_PACKAGES
        else None,
    )


def _package(view: FirmwareView, path: str, anchors: dict[str, str]) -> Html:
    here = [one for one in view.oddities if one.package == path]
    named = here[0].name or path
    return h(
        "article",
        None,
        h("h3", None, h("a", {"href": f"#{anchors[path]}"}, named) if path in anchors else named),
        h("p", {"class": "note"}, path) if named != path else None,
        [_rule(rule, rows) for rule, rows in by_rule(here, view.rules)],
    )


def _rule(rule: OddityRule, rows: Sequence[Oddity]) -> Html:
    worst = min((one.concern for one in rows), key=CONCERNS.index)
    more = len(rows) - MOST_OF_ONE_RULE
    return h(
        "div",
        {"class": f"odd {worst}"},
        h("h4", None, concern(worst), " ", rule.title),
        h("ul", None, [_row(one) for one in rows[:MOST_OF_ONE_RULE]]),
        h("p", {"class": "note"}, f"{more:,} more of the kind: the JSON holds all.") if more > 0 else None,
    )


def concern(word: str) -> Html:
    """How grave, as a mark with its word."""
    return h("span", {"class": f"concern {word}"}, next(w for c, w in CONCERN_WORDS.items() if c == word))


def _row(one: Oddity) -> Html:
    return h(
        "li",
        None,
        f"{capital(one.says)}.",
        h("span", {"class": "where"}, h("code", None, place_words(one.place)))
        if one.place is not None and not one.steps
        else None,
        h(
            "details",
            None,
            h("summary", None, f"The way, {counted(len(one.steps), 'step')}"),
            h(
                "ol",
                {"class": "steps"},
                [
                    h(
                        "li",
                        None,
                        f"{step.how} ",
                        h("code", None, member_words(step.what)),
                        " in ",
                        h("code", None, place_words(step.place)),
                    )
                    for step in one.steps
                ],
            ),
        )
        if one.steps
        else None,
    )


def rules_section(view: FirmwareView) -> Html:
    """What was looked for, and what each finding means."""
    found = {one.rule for one in view.oddities}
    return h(
        "section",
        {"id": "rules"},
        h("h2", None, "What was looked for"),
        h(
            "dl",
            {"class": "facts"},
            [
                part
                for rule in view.rules
                for part in (
                    h("dt", None, concern(rule.concern), None if rule.name in found else " (not found)"),
                    h("dd", None, h("b", None, f"{rule.title}."), f" {rule.help}"),
                )
            ],
        ),
    )
