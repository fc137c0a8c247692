"""The apps that the capture itself names for frames, joined to conversations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.facts.frames import FrameBatch

MOST_APPS: Final = 8
"""Apps kept per conversation: a pair of ports is used again by another app now and then, and by more only in made-up captures."""


class Tags:
    """Frame → app, for an input whose capture names apps; nothing is done for others."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._frames: list[NDArray[np.int64]] = []
        self._apps: list[NDArray[np.int64]] = []

    def take(self, batch: FrameBatch) -> None:
        """Keep the apps of one window."""
        if batch.apps:
            numbers = self._numbers
            self._frames.append(np.array([row for row, _ in batch.apps], np.int64) + batch.first_number)
            self._apps.append(np.array([numbers.setdefault(app, len(numbers)) for _, app in batch.apps], np.int64))

    def of(self, conversation: NDArray[np.int64], frame: NDArray[np.uint32]) -> Mapping[int, tuple[str, ...]]:
        """The apps of each conversation that has any, those of most frames first. One row per segment."""
        if not self._frames:
            return {}
        frames, apps = np.concatenate(self._frames), np.concatenate(self._apps)
        place = np.minimum(np.searchsorted(frames, frame), len(frames) - 1)
        rows = np.flatnonzero(frames[place] == frame)
        pairs = conversation[rows] * len(self._numbers) + apps[place[rows]]
        names = list(self._numbers)
        counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for pair, count in Counter(pairs.tolist()).items():
            counts[pair // len(names)][names[pair % len(names)]] = count
        return {number: tuple(sorted(found, key=lambda app: (-found[app], app))[:MOST_APPS]) for number, found in counts.items()}
