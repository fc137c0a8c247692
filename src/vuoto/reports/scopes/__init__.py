"""In which builds something is, for a terminal, a program and a page."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from vuoto.reports.scopes.form import ScopeForm
from vuoto.seams import plugins

__all__ = ["FORMS", "ScopeForm"]

FORMS: Final = MappingProxyType({form.format: form for form in plugins("vuoto.reports.scopes.forms", ScopeForm, "FORM")})
"""By the word after `--format`."""
