"""`--format json`: the difference as it is, `vuoto.difference/1`."""

from __future__ import annotations

from vuoto.facts.changes import Difference
from vuoto.reports.changes.form import ChangesForm
from vuoto.reports.renderer import RenderOptions


def _render(difference: Difference, _: RenderOptions) -> bytes:
    import orjson

    return orjson.dumps(difference, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


FORM = ChangesForm(format="json", says="for programs: vuoto.difference/1", render=_render)
