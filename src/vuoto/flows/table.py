"""Gives every five-tuple a number: an exact hash table whose look-ups and insertions are whole columns.

A key is several 64-bit words, compared in full, so two five-tuples never share a number whatever their hash. Open addressing with
linear probing; a key that finds no place within `MAX_PROBES` goes to a dictionary, so that keys made to collide cost what a
dictionary costs and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.flows.columns import I64, U64

MAX_PROBES: Final = 32
"""At half load a random key needs more than 32 probes once in some 10^7."""

FIRST_SLOTS: Final = 1 << 12

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio, odd: Fibonacci hashing.


class KeyTable:
    """Numbers 0, 1, 2 … for keys in the order they are first seen."""

    def __init__(self, words: int) -> None:
        self._keys = [np.empty(FIRST_SLOTS // 2, np.uint64) for _ in range(words)]
        self._slots = np.full(FIRST_SLOTS, -1, np.int64)
        self._overflow: dict[tuple[int, ...], int] = {}
        self._count = 0

    def __len__(self) -> int:
        """How many keys it knows."""
        return self._count

    def words(self) -> list[U64]:
        """The keys' words, by number."""
        return [k[: self._count] for k in self._keys]

    def numbers(self, words: Sequence[U64]) -> I64:
        """The number of each row's key; keys not met before get the next numbers, by first row."""
        out = np.full(len(words[0]), -1, np.int64)
        todo = np.arange(len(out))
        slot = _hash(words, len(self._slots))
        for _ in range(MAX_PROBES):
            if not len(todo):
                return out
            here = self._slots[slot]
            empty = here < 0
            if empty.any():
                self._insert(words, todo[empty], slot[empty])
                if self._count * 2 > len(self._slots):
                    self._grow()
                    slot = _hash([w[todo] for w in words], len(self._slots))
                    here = self._slots[slot]
                    # A grown table moves every key, so the probing of these rows begins again.
                    out[todo] = self.numbers([w[todo] for w in words])
                    return out
                here = self._slots[slot]
            same = np.ones(len(todo), np.bool_)
            for key, word in zip(self._keys, words, strict=True):
                same &= key[here] == word[todo]
            out[todo[same]] = here[same]
            todo = todo[~same]
            slot = (slot[~same] + 1) & (len(self._slots) - 1)
        for row in todo.tolist():
            out[row] = self._overflowing(tuple(int(w[row]) for w in words))
        return out

    def _insert(self, words: Sequence[U64], rows: I64, slots: I64) -> None:
        # Several rows may want the same empty slot: the first one gets it. Assigning backwards leaves the first.
        claim = np.empty(len(self._slots), np.int64)
        claim[slots[::-1]] = rows[::-1]
        won = claim[slots] == rows
        winners = rows[won]
        self._slots[slots[won]] = np.arange(self._count, self._count + len(winners))
        self._append([w[winners] for w in words])

    def _append(self, words: Sequence[NDArray[np.uint64]]) -> None:
        end = self._count + len(words[0])
        while end > len(self._keys[0]):
            self._keys = [np.concatenate((k, np.empty_like(k))) for k in self._keys]
        for key, word in zip(self._keys, words, strict=True):
            key[self._count : end] = word
        self._count = end

    def _overflowing(self, key: tuple[int, ...]) -> int:
        number = self._overflow.get(key)
        if number is None:
            number = self._overflow[key] = self._count
            self._append([np.array([word], np.uint64) for word in key])
        return number

    def _grow(self) -> None:
        size = len(self._slots)
        while size < self._count * 4:
            size *= 2
        self._slots = np.full(size, -1, np.int64)
        self._overflow.clear()
        words = self.words()
        todo = np.arange(self._count)
        slot = _hash(words, size)
        for _ in range(MAX_PROBES):
            empty = self._slots[slot] < 0
            self._slots[slot[empty][::-1]] = todo[empty][::-1]
            placed = self._slots[slot] == todo
            todo, slot = todo[~placed], (slot[~placed] + 1) & (size - 1)
            if not len(todo):
                return
        for number in todo.tolist():
            self._overflow[tuple(int(w[number]) for w in words)] = number


def _hash(words: Sequence[U64], size: int) -> I64:
    mixed = words[0] * _MULTIPLIER
    for word in words[1:]:
        mixed = (mixed ^ (mixed >> np.uint64(32)) ^ word) * _MULTIPLIER
    return (mixed >> np.uint64(64 - (size.bit_length() - 1))).astype(np.int64)
