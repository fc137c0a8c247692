"""The type that each file in `forms` exports as `FORM`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.gates import GateVerdict
from vuoto.reports.renderer import RenderOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class GateForm:
    """One output format of the gate's answer."""

    format: str
    """The word after `--format`."""

    says: str
    """What it is for, half a sentence."""

    render: Callable[[GateVerdict, RenderOptions], bytes]
    """The answer in this format: the same bytes for the same answer and options."""
