"""A table that scrolls by itself where the page is narrower than it, with a name for who hears the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vuoto.reports.page.element import Html, h


def table(caption: str, heads: Sequence[str], rows: Iterable[Html], *, look: str | None = None, shown: bool = False) -> Html:
    """`rows` are `tr` elements; `look` is a class of the style sheet. The caption is `shown` where no heading says the same."""
    return h(
        "div",
        # WCAG 2.1.1: what scrolls can be reached and scrolled with the keyboard.
        {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption},
        h(
            "table",
            {"class": look},
            h("caption", {"class": None if shown else "unseen"}, caption),
            h("thead", None, h("tr", None, [h("th", {"scope": "col"}, head) for head in heads])),
            h("tbody", None, rows),
        ),
    )
