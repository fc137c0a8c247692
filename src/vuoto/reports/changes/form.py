"""The type that each file in `forms` exports as `FORM`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.changes import Difference
from vuoto.reports.renderer import RenderOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesForm:
    """One output format of a difference."""

    format: str
    """The word after `--format`."""

    says: str
    """What it is for, half a sentence."""

    render: Callable[[Difference, RenderOptions], bytes]
    """The difference in this format: the same bytes for the same difference and options."""
