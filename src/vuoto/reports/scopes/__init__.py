"""In which builds something is, for a terminal; a program takes the fact itself as JSON (`vuoto.reports.fact_json`)."""

from __future__ import annotations

from vuoto.reports.scopes.terminal import scope_terminal

__all__ = ["scope_terminal"]
