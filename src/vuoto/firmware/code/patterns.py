"""The patterns of classes that the tables ask for, and which of them a name fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final


class Patterns:
    """Patterns of classes, those of all questions, and which of them a name fits: each name is looked at once.

    Remembered for all packages of a process. A pattern that was not asked for before makes it forget; after the first package
    all are known.
    """

    MAX_REMEMBERED: Final = 100_000

    def __init__(self) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._known: dict[str, int] = {}

    def bits(self, patterns: Sequence[str]) -> list[int]:
        """The number of each pattern."""
        for pattern in patterns:
            if pattern not in self._patterns:
                self._patterns[pattern] = re.compile(pattern)
                self._known = {}
                vars(self).pop("_any", None)
        numbers = {pattern: number for number, pattern in enumerate(self._patterns)}
        return [numbers[pattern] for pattern in patterns]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._patterns)

    # Nearly all names fit none, which one pattern made of all says at once.
    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in sorted(self._patterns)))

    def fitting(self, name: str) -> int:
        """The patterns that match the whole name, as bits by their numbers."""
        fits = self._known.get(name)
        if fits is None:
            fits = 0
            if self._any.fullmatch(name):
                patterns = enumerate(self._patterns.values())
                fits = sum(1 << number for number, pattern in patterns if pattern.fullmatch(name))
            if len(self._known) >= self.MAX_REMEMBERED:
                self._known.clear()
            self._known[name] = fits
        return fits

    def fit_any(self, names: Sequence[str]) -> list[bool]:
        """Per name: whether one of the patterns matches it."""
        found = list(map(self._known.get, names))
        if None in found:
            found = [self.fitting(name) if fits is None else fits for name, fits in zip(names, found, strict=True)]
        return list(map(bool, found))


ALL_PATTERNS: Final = Patterns()


class Owners:
    """The patterns of one question."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._bits = ALL_PATTERNS.bits(patterns)
        self._mask = 0
        for bit in self._bits:
            self._mask |= 1 << bit
        self._known: dict[int, int] = {0: 0}

    def rules(self, fits: int) -> int:
        """Which of the question's patterns are among those that fit, as bits by their place in it."""
        fits &= self._mask
        found = self._known.get(fits)
        if found is None:
            found = self._known[fits] = sum(1 << place for place, bit in enumerate(self._bits) if fits >> bit & 1)
        return found


@lru_cache(maxsize=64)
def owners_of(patterns: tuple[str, ...]) -> Owners:
    """The same patterns are asked for in each package."""
    return Owners(patterns)
