"""Documents read by a remembered form say what reading them says."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vuoto.payloads import json_documents
from vuoto.payloads.decoder import Plain
from vuoto.payloads.json_documents import flatten, read_document
from vuoto.payloads.json_reader import LABELS, TYPED, VALUES

NAMES = st.sampled_from(["imei", "a", "", "a: 5", "a/b~c", "value", "name", "id", "data", "stringValue", "values", "æ", "k:"])
SCALARS = st.one_of(
    st.sampled_from(["", "imei", "x: 1", ': "', "æøå", "a,b", "{", "0", "-", "12", "sim"]),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=True),
    st.booleans(),
    st.none(),
)
INSIDE = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=5)), max_leaves=12
)
TREES = st.one_of(st.lists(INSIDE, max_size=3), st.dictionaries(NAMES, INSIDE, max_size=5))


def plainly(text: str, own: str = "") -> tuple[list[str], list[str], list[str]] | None:
    """What the parser says of a document, without any memory."""
    try:
        read = flatten(json_documents._FAST.decode(text), own)
    except (ValueError, RecursionError):
        return None
    return columns(read)


def columns(read: Plain) -> tuple[list[str], list[str], list[str]]:
    return list(read.names), list(read.pointers), list(read.values)


def reading(text: str, own: str = "") -> tuple[list[str], list[str], list[str]] | None:
    try:
        return columns(read_document(text, own))
    except (ValueError, RecursionError):
        return None


def remembered(text: str, own: str = "") -> bool:
    """Whether the document is read by a form, after it came twice."""
    reading(text, own)
    reading(text, own)
    return read_document(text, own).outline is not None


def other_values(tree: Any, draw: Any) -> Any:
    """The same tree with other values in the members of its objects."""
    if isinstance(tree, dict):
        return {
            name: draw(SCALARS) if isinstance(child, (str, int, float)) else other_values(child, draw)
            for name, child in tree.items()
        }
    if isinstance(tree, list):
        return [other_values(child, draw) if isinstance(child, (dict, list)) else child for child in tree]
    return tree


@given(st.data(), TREES, st.sampled_from(["", "own"]), st.booleans())
@settings(max_examples=300)
def test_a_document_of_a_known_form_says_what_it_says_alone(data: st.DataObject, tree: Any, own: str, escaped: bool) -> None:
    text = json.dumps(tree, ensure_ascii=escaped)
    other = json.dumps(other_values(tree, data.draw), ensure_ascii=escaped)
    for document in (text, text, other, text, other):
        assert reading(document, own) == plainly(document, own)


@given(TREES, st.text(alphabet='{}[]:,"0123456789.-eE \n\\tæ', max_size=6), st.integers(0, 400))
@settings(max_examples=300)
def test_a_broken_document_near_a_known_form_is_broken(tree: Any, junk: str, at: int) -> None:
    text = json.dumps(tree, ensure_ascii=False)
    reading(text)
    reading(text)
    broken = text[0] + text[1:at] + junk + text[at + len(junk) :]
    assert reading(broken) == plainly(broken)


def test_a_form_is_learnt_at_the_second_document_and_kept() -> None:
    text = '{"first": "%s", "inner": {"deep": %s}, "list": [1, "x"], "last": "%s"}'
    assert read_document(text % ("a", 1, "b"), "").outline is None
    assert read_document(text % ("c", 2, "d"), "").outline is None
    read = read_document(text % ("e", 3.5, ""), "")
    assert read.outline is not None
    assert list(read.values) == ["e", "", "3.5", "1", "x"]
    assert read.outline.names == ("first", "last", "deep", "list", "list")
    assert read.outline.pointers == ("/first", "/last", "/inner/deep", "/list/0", "/list/1")
    assert read_document(text % (4, '"g"', "h"), "").outline is read.outline


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "imei", "value": "490154203237518"}',  # a value that names another
        '{"a": "b\\u0041"}',  # an escape
        '{"a: 5": 1}',  # what looks like a value within a name
        '["a: 5", 7]',
        '{"a": "\0"}',
    ],
)
def test_what_depends_on_its_values_has_no_form(text: str) -> None:
    assert not remembered(text)
    assert reading(text) == plainly(text)


def test_values_alone_are_not_taken_for_names() -> None:
    assert remembered('{"data": "x", "other": 1}')
    assert remembered('{"name": "x", "other": 1}')
    assert {"data", "value"} <= VALUES
    assert "value" in TYPED
    assert "name" in LABELS


def test_memories_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_documents, "_MAX_FORMS", 4)
    monkeypatch.setattr(json_documents, "_MAX_ONCE", 4)
    for number in range(40):
        text = f'{{"member{number}": 1}}'
        assert remembered(text)
        assert len(json_documents._FORMS) <= 512
    assert len(json_documents._FORMS) <= 4
    assert len(json_documents._ONCE) <= 4
