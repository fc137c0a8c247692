"""Builds HTML that escapes by default: a string is text, and only what `h` made is markup.

Everything a capture may hold passes `showing.visible` first (control and bidirectional characters become readable), then HTML
escaping (HTML Living Standard §13.3). There is no way to put a string in unescaped but `trusted`, which is for our own assets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from vuoto.reports.showing import visible

_VOID: Final = frozenset({"br", "hr", "input", "meta"})


class Html(str):
    """Markup: already escaped."""

    __slots__ = ()


Child = str | Html | Iterable["str | Html"] | None


def h(tag: str, attributes: Mapping[str, str | bool | None] | None = None, *children: Child) -> Html:
    """`<tag a="…">children</tag>`. A `None` or false attribute is left out, a true one stands alone; `None` children are left out."""
    opened = f"<{tag}{_attributes(attributes)}>" if attributes else f"<{tag}>"
    if tag in _VOID:
        return Html(opened)
    return Html(f"{opened}{together(*children)}</{tag}>")


def together(*children: Child) -> Html:
    """The children one after another, each string escaped."""
    parts: list[str] = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, Html):
            parts.append(child)
        elif isinstance(child, str):
            parts.append(escape(visible(child)))
        else:
            parts += [c if isinstance(c, Html) else escape(visible(c)) for c in child]
    return Html("".join(parts))


def trusted(text: str) -> Html:
    """`text` as markup: for the files of this package only."""
    return Html(text)


def _attributes(attributes: Mapping[str, str | bool | None]) -> str:
    parts = []
    for name, value in attributes.items():
        if value is True:
            parts.append(f" {name}")
        elif isinstance(value, str):
            parts.append(f' {name}="{escape(visible(value, 4000))}"')
    return "".join(parts)
