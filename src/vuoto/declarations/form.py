"""The type that each file in `exports` exports as `EXPORT`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.declarations import Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One form in which a declaration can be written out."""

    name: str
    """What the command line calls it: `record-csv`."""

    title: str
    """One line for the help."""

    suffix: str
    """Of the file, with its dot."""

    media_type: str
    """For a response that carries it."""

    render: Callable[[Declaration], bytes]
    """Writes it: pure, the same bytes for the same declaration."""
