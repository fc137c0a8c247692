"""The row of large numbers under the sentences of a page."""

from __future__ import annotations

from collections.abc import Iterable

from vuoto.reports.page.element import Html, h


def figures(numbers: Iterable[tuple[int, str, str, bool]]) -> Html:
    """A list of `(number, word for one, word for many, whether it is alarming)`."""
    return h(
        "ul",
        {"class": "figures", "aria-label": "In numbers"},
        [
            h(
                "li",
                {"class": "alarm"} if alarm else None,
                h("b", None, f"{number:,}"),
                " ",
                h("span", None, one if number == 1 else many),
            )
            for number, one, many, alarm in numbers
        ],
    )
