"""The way back to a value's bytes: the short way gives the same place as reading the whole document again."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from vuoto.payloads.decoders.json import positions
from vuoto.payloads.locating import find

# Few words, so that names, values, numbers and parts of one another meet.
WORDS = st.sampled_from(["a", "aa", "aba", "b", "1", "12", "121", "-1", "é", "a b", 'q"', "n\\", ":", "id"])
VALUES = st.recursive(
    WORDS | st.sampled_from([1, 12, 121, -1, 1.5, True, None]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=4), st.booleans())
def test_the_short_way_gives_the_place_that_reading_again_gives(document: object, ascii_only: bool) -> None:
    data = json.dumps(document, ensure_ascii=ascii_only).encode()
    for leaf in positions(data):
        if leaf.value:
            # A copy each time, so that nothing is remembered of the document.
            assert find(bytes(bytearray(data)), leaf.pointer, leaf.value) == (leaf.offset, leaf.length)


def test_a_name_that_says_the_same_is_not_taken_for_the_value() -> None:
    data = b'{"41201": 5, "build": 41201, "open": "x", "event": "open"}'
    assert find(data, "/build", "41201") == (data.rindex(b"41201"), 5)
    assert find(data, "/event", "open") == (data.rindex(b"open"), 4)


def test_an_escaped_value_is_not_looked_for_as_it_is() -> None:
    data = rb'{"imei": "\u0034901", "4901": 1}'
    assert find(data, "/imei", "4901") == (data.index(b"\\u"), len(rb"\u0034901"))
