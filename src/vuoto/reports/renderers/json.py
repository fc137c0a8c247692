"""`--format json`: the document as the contract has it (RFC 8259), UTF-8, keys sorted, a line feed at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

from vuoto.facts.document import AuditDocument
from vuoto.reports.renderer import Renderer, RenderOptions


def _render(document: AuditDocument, _: RenderOptions) -> bytes:
    import orjson

    option = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        # As dicts, for only their keys are sorted; reading back what was written and writing it again takes twice as long.
        return orjson.dumps(document, default=_members, option=option | orjson.OPT_PASSTHROUGH_DATACLASS)
    except TypeError:
        # A lone surrogate, smuggled in by a `\ud800` escape of some JSON body, has no UTF-8 form (RFC 3629 §3).
        plain = encodable(document)
    for origin in plain["origins"]:
        origin["class"] = origin.pop("class_")
    return orjson.dumps(plain, option=option)


def _members(fact: Any) -> dict[str, Any]:  # noqa: ANN401 - any fact
    names, read = _fields(fact.__class__)
    return dict(zip(names, read(fact), strict=True))


@cache
def _fields(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:  # noqa: ANN401 - a dataclass
    """The contract's words for the fields of a fact, and what reads them. Raises `TypeError` for anything else."""
    names = tuple(field.name for field in fields(kind))
    words = tuple("class" if name == "class_" else name for name in names)
    # For one name alone `attrgetter` gives the value and no tuple.
    return words, attrgetter(*names) if len(names) > 1 else lambda fact: tuple(getattr(fact, name) for name in names)


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
