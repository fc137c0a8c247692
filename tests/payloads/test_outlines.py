"""A layer's outline is exactly that of its parts, which follow each other."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Layer, Opened
from vuoto.payloads import unwrap

VALUES = st.sampled_from(
    ["490154203237518", "nb_NO", "eyJpbWVpIjoiNDkwMTU0MjAzMjM3NTE4In0=", '{"imei": "490154203237518"}', "a=b&c=d", "x", "", 12]
)
BODIES = st.dictionaries(st.sampled_from(["imei", "a", "b", "blob", "list"]), st.one_of(VALUES, st.lists(VALUES, max_size=3)))


def message(body: Any, target: str) -> Message:
    sections = (
        Section("request line", "", target.encode(), 5),
        Section("request header User-Agent", "User-Agent", b"Dalvik/2.1.0 (Linux; U; Android 8.1.0; Nokia 7 plus)", 60),
        Section("request header X-Meta", "X-Meta", json.dumps(body).encode(), 120),
        Section("request body", "", json.dumps(body).encode(), 200, (), "application/json"),
    )
    return Message(flow=0, protocol="http/1.1", time_ns=1, sections=sections)


def outlined(opened: Opened) -> list[Layer]:
    """The layers that have an outline, each checked."""
    found = [layer for layer in opened.layers if layer.outline is not None]
    for layer in found:
        assert layer.outline is not None
        places = [at for at, part in enumerate(opened.parts) if part.layer is layer]
        assert places == list(range(places[0], places[0] + len(places))) if places else True
        parts = [opened.parts[at] for at in places]
        assert [part.name for part in parts] == list(layer.outline.names)
        assert [part.pointer for part in parts] == list(layer.outline.pointers)
        assert [part.syntax for part in parts] == list(layer.outline.syntaxes)
    assert all(part.layer.outline is None or part.layer in found for part in opened.parts)
    return found


def values(opened: Opened) -> list[tuple[str, ...]]:
    return [(part.layer.path, part.name, part.pointer, part.value, part.syntax) for part in opened.parts]


@given(st.lists(BODIES, min_size=1, max_size=3))
@settings(max_examples=100)
def test_an_outline_is_that_of_the_parts(bodies: list[dict[str, Any]]) -> None:
    first: dict[int, list[tuple[str, ...]]] = {}
    for _ in range(3):
        for number, body in enumerate(bodies):
            opened = unwrap(message(body, "/v2/collect?imei=490154203237518"))
            outlined(opened)
            assert first.setdefault(number, values(opened)) == values(opened)


def test_what_comes_again_has_an_outline() -> None:
    for number in range(3):
        opened = unwrap(message({"again": number, "list": ["a"]}, "/again/and/again"))
    assert [layer.path for layer in outlined(opened)] == ["request line", "request header User-Agent", "request body"]


def test_a_layer_in_whose_midst_another_was_opened_has_none() -> None:
    for _ in range(3):
        opened = unwrap(message({"first": "a", "deep": '{"imei": "490154203237518"}', "after": "b"}, "/deep"))
    body = [part.layer for part in opened.parts if part.name == "after"][-1]
    assert body.path == "request body"
    assert body.outline is None
