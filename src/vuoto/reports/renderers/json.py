"""`--format json`: the document as the contract has it (RFC 8259), UTF-8, keys sorted, a line feed at the end."""

from __future__ import annotations

from typing import Any

from vuoto.facts.document import AuditDocument
from vuoto.reports.renderer import Renderer, RenderOptions


def _render(document: AuditDocument, _: RenderOptions) -> bytes:
    import orjson

    try:
        plain = orjson.loads(orjson.dumps(document))
    except TypeError:
        # A lone surrogate, smuggled in by a `\ud800` escape of some JSON body, has no UTF-8 form (RFC 3629 §3).
        plain = encodable(document)
    for origin in plain["origins"]:
        origin["class"] = origin.pop("class_")
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def encodable(fact: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Dicts and lists of the facts, each lone surrogate as U+FFFD. Depth is that of the facts' own types, never of the input."""
    if isinstance(fact, str):
        return fact.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(fact, dict):
        return {encodable(key): encodable(value) for key, value in fact.items()}
    if isinstance(fact, tuple):
        return [encodable(item) for item in fact]
    if hasattr(fact, "__dataclass_fields__"):
        return {name: encodable(getattr(fact, name)) for name in fact.__dataclass_fields__}
    return fact


RENDERER = Renderer(
    format="json",
    file_name="audit.json",
    media_type="application/json",
    says="the whole document, for programs",
    render=_render,
)
