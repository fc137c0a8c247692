"""What changed between two builds, for a terminal, a program and a code review."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from vuoto.reports.changes.form import ChangesForm
from vuoto.seams import plugins

__all__ = ["FORMS", "ChangesForm"]

FORMS: Final = MappingProxyType({form.format: form for form in plugins("vuoto.reports.changes.forms", ChangesForm, "FORM")})
"""By the word after `--format`."""
