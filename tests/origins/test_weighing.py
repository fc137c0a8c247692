"""How signs are weighed together: the properties that the confidences rest on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vuoto.origins.calibration import MOST_CONFIDENT
from vuoto.origins.rarity import COMMON, guess_of_name, rate
from vuoto.origins.trace import HIT, Sign, bits
from vuoto.origins.weighing import JOINED, odds, weigh

SUMS = st.floats(min_value=-80, max_value=80, allow_nan=False)


def sign(worth: float, group: str = "address", what: str = "holds it") -> tuple[str, Sign]:
    return "host string", Sign(what=what, bits=worth, group=group)


def test_signs_of_one_group_do_not_count_twice() -> None:
    """The path in the URL that holds the host says half as much as it would alone."""
    together = sum(weight for _, _, weight in weigh([sign(11.0), sign(8.0, what="holds the path")]))
    apart = sum(weight for _, _, weight in weigh([sign(11.0), sign(8.0, "path")]))
    assert together == 11.0 + JOINED * 8.0
    assert apart == 19.0


def test_the_order_of_signs_changes_nothing() -> None:
    signs = [sign(3.0, "a", "x"), sign(3.0, "a", "y"), sign(-1.0, "b"), sign(7.0, "a", "z")]
    assert weigh(signs) == weigh(signs[::-1])
    assert [weight for _, _, weight in weigh(signs)] == sorted((w for _, _, w in weigh(signs)), reverse=True)


@pytest.mark.parametrize("name", ["user_id", "User-Id", "USERID", "userid", "user_name", "screen-width"])
def test_a_common_name_is_common_however_its_words_are_joined(name: str) -> None:
    assert guess_of_name(name) == guess_of_name("id")
    assert guess_of_name(name + "_of_acorn") < guess_of_name(name)


@given(st.dictionaries(st.integers(0, 30), SUMS, max_size=8), st.lists(SUMS, max_size=40))
def test_odds_are_probabilities(sums: dict[int, float], others: list[float]) -> None:
    found = odds(sums, others)
    assert found.candidates + found.others + found.none == pytest.approx(1.0)
    assert all(0 <= sure <= MOST_CONFIDENT for sure in found.each.values())
    assert min(found.candidates, found.others, found.none) >= 0


@given(st.dictionaries(st.integers(0, 30), SUMS, min_size=2, max_size=8), st.floats(0.5, 20))
def test_more_evidence_never_makes_less_likely(sums: dict[int, float], more: float) -> None:
    first = min(sums)
    assert odds(sums | {first: sums[first] + more}, []).each[first] >= odds(sums, []).each[first]


def test_two_that_hold_the_same_share_the_confidence() -> None:
    found = odds({0: 15.0, 1: 15.0}, [-3.0] * 10)
    assert found.each[0] == found.each[1]
    assert 0.4 < found.each[0] < 0.5


def test_nothing_at_all_is_nobody() -> None:
    assert odds({}, []).none == 1.0
    assert odds({}, [-7.0] * 12).none > odds({}, [0.0] * 12).none


def test_rarity_is_of_this_build_where_it_is_large_and_of_the_word_where_it_is_small() -> None:
    assert bits(HIT, rate(1, 500, 0.0005)) > bits(HIT, rate(40, 500, 0.0005)) + 6
    assert bits(HIT, rate(1, 12, guess_of_name("id"))) < 2 < bits(HIT, rate(1, 12, guess_of_name("SIM1ICCID")))
    assert guess_of_name("deviceId") == guess_of_name("device_id") == guess_of_name("DEVICE_ID") > guess_of_name("simSlotRef")
    assert all(word == word.lower() for word in COMMON)


@given(st.integers(0, 600), st.integers(0, 500), st.floats(0.0001, 0.9))
def test_rates_are_probabilities(holders: int, packages: int, guess: float) -> None:
    assert 0 < rate(holders, packages, guess) <= 1
