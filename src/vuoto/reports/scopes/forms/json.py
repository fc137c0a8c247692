"""`--format json`: the answer as it is, `vuoto.scope/1`."""

from __future__ import annotations

from vuoto.facts.scopes import Scope
from vuoto.reports.fact_json import fact_json
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.scopes.form import ScopeForm


def _render(scope: Scope, _: RenderOptions) -> bytes:
    return fact_json(scope)


FORM = ScopeForm(format="json", says="for programs: vuoto.scope/1", render=_render)
