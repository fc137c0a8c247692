"""`--format json`: the answer as it is, `vuoto.gate/1`."""

from __future__ import annotations

from vuoto.facts.gates import GateVerdict
from vuoto.reports.fact_json import fact_json
from vuoto.reports.gates.form import GateForm
from vuoto.reports.renderer import RenderOptions


def _render(verdict: GateVerdict, _: RenderOptions) -> bytes:
    return fact_json(verdict)


FORM = GateForm(format="json", says="for programs: vuoto.gate/1", render=_render)
