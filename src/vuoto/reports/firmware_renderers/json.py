"""`--format json`: the whole document, UTF-8, keys sorted, a line feed at the end."""

from __future__ import annotations

from vuoto.facts.firmware_view import FirmwareView
from vuoto.reports.firmware_renderer import FirmwareOptions, FirmwareRenderer
from vuoto.reports.renderers.json import encodable


def _render(view: FirmwareView, _: FirmwareOptions) -> bytes:
    import orjson

    option = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        return orjson.dumps(view, option=option)
    except TypeError:
        # A lone surrogate of some DEX string has no UTF-8 form.
        return orjson.dumps(encodable(view), option=option)


RENDERER = FirmwareRenderer(format="json", says="the whole document, for programs", render=_render)
