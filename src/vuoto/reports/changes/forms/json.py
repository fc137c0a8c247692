"""`--format json`: the difference as it is, `vuoto.difference/1`."""

from __future__ import annotations

from vuoto.facts.changes import Difference
from vuoto.reports.changes.form import ChangesForm
from vuoto.reports.fact_json import fact_json
from vuoto.reports.renderer import RenderOptions


def _render(difference: Difference, _: RenderOptions) -> bytes:
    return fact_json(difference)


FORM = ChangesForm(format="json", says="for programs: vuoto.difference/1", render=_render)
