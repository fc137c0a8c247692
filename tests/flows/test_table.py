"""The table of five-tuples numbers keys as a dictionary does, whatever the keys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vuoto.flows.table import FIRST_SLOTS, KeyTable


def check(batches: Sequence[Sequence[tuple[int, ...]]], words: int) -> KeyTable:
    """Numbers the keys of all batches, and compares with a dictionary after each."""
    table = KeyTable(words)
    known: dict[tuple[int, ...], int] = {}
    for batch in batches:
        columns = [np.array([key[w] for key in batch], np.uint64) for w in range(words)]
        want = [known.setdefault(key, len(known)) for key in batch]
        got = table.numbers(columns).tolist()
        # Numbers are dense and never change; which of two new keys of one batch comes first does not matter.
        renamed = dict(zip(want, got, strict=True))
        assert [renamed[n] for n in want] == got
        assert sorted(set(got)) == sorted({*renamed.values()})
        known.update(zip(batch, got, strict=True))
        assert len(table) == len(known)
    assert sorted(known.values()) == list(range(len(known)))
    held = [tuple(int(w[n]) for w in table.words()) for n in range(len(table))]
    assert {key: n for n, key in enumerate(held)} == known
    return table


KEY = st.tuples(st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 64) - 1))
CLOSE = st.tuples(st.integers(0, 3), st.integers(0, 3))


@given(st.lists(st.lists(KEY | CLOSE, max_size=40), max_size=6))
def test_it_equals_a_dictionary(batches: list[list[tuple[int, ...]]]) -> None:
    check(batches, 2)


@given(st.lists(st.lists(st.tuples(*[st.integers(0, 2)] * 5), max_size=40), max_size=6))
def test_it_equals_a_dictionary_for_five_words(batches: list[list[tuple[int, ...]]]) -> None:
    check(batches, 5)


def test_it_grows() -> None:
    keys = [(n * 7_919 % 40_009, n % 3) for n in range(40_000)]
    check([keys[low : low + 9_000] for low in range(0, 40_000, 9_000)], 2)


def test_one_batch_that_fills_it_many_times_over() -> None:
    check([[(n, 0) for n in range(FIRST_SLOTS * 5)], [(n, 0) for n in range(FIRST_SLOTS * 5 + 5)]], 2)


def colliding(count: int) -> list[tuple[int, int]]:
    """Keys that want one slot: the hash ends in the top bits of a product with an odd number, which its inverse undoes."""
    multiplier = 0x9E3779B97F4A7C15
    inverse = pow(multiplier, -1, 1 << 64)
    # A first word of zero leaves zero to mix with, so the second word times the multiplier is the hash.
    return [(0, (n + 1) * inverse % (1 << 64)) for n in range(count)]


def test_keys_made_to_collide_are_told_apart() -> None:
    keys = colliding(500)
    table = check([keys[:100], keys[50:], keys], 2)
    assert len(table._overflow) > 400, "they were not made to collide"


def test_keys_made_to_collide_survive_growth() -> None:
    keys = colliding(200)
    check([keys, [(n, 1) for n in range(FIRST_SLOTS)], keys, colliding(300)], 2)
