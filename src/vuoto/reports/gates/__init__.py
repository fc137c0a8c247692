"""The gate's answer, for a terminal, a program, a code review and CI."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from vuoto.reports.gates.form import GateForm
from vuoto.seams import plugins

__all__ = ["FORMS", "GateForm"]

FORMS: Final = MappingProxyType({form.format: form for form in plugins("vuoto.reports.gates.forms", GateForm, "FORM")})
"""By the word after `--format`."""
