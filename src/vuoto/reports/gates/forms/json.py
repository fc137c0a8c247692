"""`--format json`: the answer as it is, `vuoto.gate/1`."""

from __future__ import annotations

from vuoto.facts.gates import GateVerdict
from vuoto.reports.gates.form import GateForm
from vuoto.reports.renderer import RenderOptions


def _render(verdict: GateVerdict, _: RenderOptions) -> bytes:
    import orjson

    return orjson.dumps(verdict, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


FORM = GateForm(format="json", says="for programs: vuoto.gate/1", render=_render)
