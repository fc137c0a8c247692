"""A TOML file of a stranger is bounded before a parser sees it."""

from __future__ import annotations

import pytest

from vuoto.declarations.toml import MAX_PARTS, read_toml
from vuoto.errors import InputError


@pytest.mark.parametrize("part", ["a", '"a b"', "'a'", "a "])
@pytest.mark.parametrize("form", ["{} = 1", "[{}]", "x = {{ {} = 1 }}", "[[{}]]"])
def test_keys_of_endless_parts_are_refused(part: str, form: str) -> None:
    with pytest.raises(InputError, match=f"a key of {MAX_PARTS} parts"):
        read_toml(form.format(".".join([part] * 50_000)).encode(), "x.toml", "Write a table")


def test_keys_that_people_write_are_read() -> None:
    key = ".".join(["a"] * 40)
    text = f'{key} = "{"." * 500} 1.2.3.4 example.test"\n'
    found: object = read_toml(text.encode(), "x.toml", "Write a table")
    for _ in range(40):
        assert isinstance(found, dict)
        found = found["a"]
    assert found == "." * 500 + " 1.2.3.4 example.test"


def test_long_words_without_parts_cost_nothing() -> None:
    text = 'a = "' + "b" * 900_000 + '"'
    assert read_toml(text.encode(), "x.toml", "Write a table")["a"] == "b" * 900_000
