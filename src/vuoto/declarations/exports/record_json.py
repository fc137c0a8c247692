"""The record of processing activities (GDPR art. 30(1)) as JSON."""

from __future__ import annotations

from vuoto.declarations.form import Export
from vuoto.declarations.record import record
from vuoto.facts.declarations import Declaration


def _render(declaration: Declaration) -> bytes:
    import orjson

    return orjson.dumps(record(declaration), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


EXPORT = Export(
    name="record-json",
    title="Record of processing activities, art. 30(1), as JSON",
    suffix=".json",
    media_type="application/json",
    render=_render,
)
