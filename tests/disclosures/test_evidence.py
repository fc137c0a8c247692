"""What an excerpt hides of the other values of the message, and that its cost does not grow with their number."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vuoto.disclosures.evidence import _excerpt, _joined
from vuoto.facts.messages import Section
from vuoto.facts.parts import Layer

REGIONS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=30)


def layer(data: bytes) -> Layer:
    return Layer(section=Section("request body", "", data, 0), data=data, form=(), path="", offset=0, length=0)


@given(REGIONS, st.integers(0, 300), st.integers(0, 60))
def test_every_region_is_hidden_and_nothing_else(regions: list[tuple[int, int]], offset: int, length: int) -> None:
    data = b"a" * 400
    start, shown = _excerpt(layer(data), offset, length, _joined(regions))
    covered = {at for begin, size in regions for at in range(begin, begin + size)}
    assert shown == bytes(0x2A if start + at in covered else 0x61 for at in range(len(shown)))


class Watched(list[tuple[int, int]]):
    """Counts the regions that are taken from it."""

    asked = 0

    def __getitem__(self, index: Any) -> Any:
        self.asked += 1
        return super().__getitem__(index)


def test_an_excerpt_looks_only_at_the_regions_near_it() -> None:
    regions = Watched(_joined([(at, 4) for at in range(0, 100_000, 10)]))
    _excerpt(layer(b"a" * 100_000), 50_000, 4, regions)
    assert 0 < regions.asked < 40


def test_regions_that_touch_become_one() -> None:
    assert _joined([(5, 5), (0, 5), (2, 1), (20, 3)]) == [(0, 10), (20, 3)]
