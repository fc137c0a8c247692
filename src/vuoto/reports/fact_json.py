"""A fact as JSON (RFC 8259): UTF-8, keys sorted, a line feed at the end."""

from __future__ import annotations

from typing import Any

from vuoto.reports.renderers.json import encodable


def fact_json(fact: Any) -> bytes:  # noqa: ANN401 - any of our dataclasses
    """Its bytes, the same for equal facts."""
    import orjson

    option = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        return orjson.dumps(fact, option=option)
    except TypeError:
        # A lone surrogate, smuggled in by an index that was made to hold one, has no UTF-8 form.
        return orjson.dumps(encodable(fact), option=option)
