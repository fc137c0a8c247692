"""Tables that are read on a phone as well: where the page is narrow, each row is a block and each cell says its column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from vuoto.reports.page.element import Child, Html, h


class Cell(NamedTuple):
    """A cell that needs more than its text."""

    content: Child
    """What stands in it."""

    look: str
    """Its class in the style sheet."""


_ROW: Final = {"role": "row"}
_GROUP: Final = {"role": "rowgroup"}


def table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[Child | Cell]], *, named: int | None = None, shown: bool = False
) -> Html:
    """A table with a cell for each head in each row.

    `named` is the column whose cell names its row. The caption is `shown` where no heading says the same. The roles say again
    what the elements are: a row that is laid out as a block is none for who hears the page.
    """
    looks = [cell.look if isinstance(cell, Cell) else None for cell in (rows[0] if rows else heads)]
    return h(
        "div",
        # WCAG 2.1.1: what scrolls can be reached and scrolled with the keyboard.
        {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption},
        h(
            "table",
            {"class": "stacks", "role": "table"},
            h("caption", {"class": None if shown else "unseen"}, caption),
            h("thead", _GROUP, h("tr", _ROW, [_head(head, look) for head, look in zip(heads, looks, strict=True)])),
            h("tbody", _GROUP, [_row(heads, cells, named) for cells in rows]),
        ),
    )


def _head(head: str, look: str | None) -> Html:
    """The head of a column, which looks as what stands under it."""
    return h("th", {"scope": "col", "role": "columnheader", "class": look}, head)


def _row(heads: Sequence[str], cells: Sequence[Child | Cell], named: int | None) -> Html:
    return h("tr", _ROW, [_cell(head, cell, place == named) for place, (head, cell) in enumerate(zip(heads, cells, strict=True))])


def _cell(head: str, cell: Child | Cell, names: bool) -> Html:
    content, look = cell if isinstance(cell, Cell) else (cell, None)
    if names:
        return h("th", {"scope": "row", "role": "rowheader", "class": look}, content)
    return h("td", {"role": "cell", "class": look, "data-head": head}, content)
