"""Builds HTML that escapes by default: a string is text, and only what `h` made is markup.

Everything a capture may hold passes `showing.visible` first (control and bidirectional characters become readable), then HTML
escaping (HTML Living Standard §13.3). There is no way to put a string in unescaped but `trusted`, which is for our own assets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Final

from vuoto.reports.showing import MOST_CHARACTERS, visible

_MOST_LINK: Final = 4_000
"""Characters of an attribute: a link that is cut leads nowhere, so it may be longer than what is shown."""

_VOID: Final = frozenset({"br", "hr", "input", "meta"})


class Html(str):
    """Markup: already escaped."""

    __slots__ = ()


Child = str | Html | Iterable["str | Html"] | None


def h(tag: str, attributes: Mapping[str, str | bool | None] | None = None, *children: Child) -> Html:
    """`<tag a="…">children</tag>`. An attribute that is `None` or false is left out, a true one stands alone."""
    opened = f"<{tag}{_attributes(attributes)}>" if attributes else f"<{tag}>"
    if tag in _VOID:
        return Html(opened)
    return Html(f"{opened}{_together(children)}</{tag}>")


def together(*children: Child) -> Html:
    """The children one after another, each string escaped; `None` is left out."""
    return Html(_together(children))


def _together(children: Iterable[Child]) -> str:
    # `type(…) is` and not `isinstance`: this runs for every piece of the page, some 300,000 times for 2,000 rows.
    parts: list[str] = []
    for child in children:
        if type(child) is Html:
            parts.append(child)
        elif type(child) is str:
            parts.append(_text(child))
        elif child is not None:
            parts += [c if type(c) is Html else _text(c) for c in child]
    return "".join(parts)


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    """Escaped. Cached: the same names, titles and words stand in thousands of cells."""
    return escape(visible(text))


def trusted(text: str) -> Html:
    """`text` as markup: for the files of this package only."""
    return Html(text)


def _attributes(attributes: Mapping[str, str | bool | None]) -> str:
    text = ""
    for name, value in attributes.items():
        if value is True:
            text += f" {name}"
        elif isinstance(value, str):
            text += f' {name}="{_text(value) if len(value) <= MOST_CHARACTERS else escape(visible(value, _MOST_LINK))}"'
    return text
