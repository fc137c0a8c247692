"""The type that each file in `forms` exports as `FORM`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.scopes import Scope
from vuoto.reports.renderer import RenderOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeForm:
    """One output format of a scope."""

    format: str
    """The word after `--format`."""

    says: str
    """What it is for, half a sentence."""

    render: Callable[[Scope, RenderOptions], bytes]
    """The scope in this format: the same bytes for the same scope and options."""
