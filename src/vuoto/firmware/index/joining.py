"""Puts the columns of many packages together, with one sorted dictionary.

Packages come one after the other: of each are kept its numbers, and of its texts those that no package before it had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from vuoto.firmware.index.columns import Columns, Flat

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Joining:
    """Collects packages, whose columns are those of `model`."""

    def __init__(self, model: Columns) -> None:
        self._model = model
        self._of_text = np.array([name in model.of_text for name in model.columns], np.bool_)
        # Number 0 is none, and stays so.
        self._numbers: defaultdict[str, int] = defaultdict(count(1).__next__)
        self._parts: list[tuple[list[int], NDArray[np.integer]]] = []

    def add(self, part: Flat) -> None:
        """One more package."""
        numbers = self._numbered(part.texts)
        texts = np.repeat(self._of_text, part.counts)
        values = part.values.copy()
        values[texts] = numbers[part.values[texts]]
        self._parts.append(([0, *np.cumsum(part.counts).tolist()], values))

    def joined(self, head: Columns, order: Sequence[int]) -> Columns:
        """The columns of `head`, and beside them those of the packages, in this order of them. The texts are sorted.

        What was collected is given up.
        """
        of_head = self._numbered(head.texts)
        texts = sorted(self._numbers)
        places: NDArray[Any] = np.zeros(len(texts) + 1, np.uint32)
        places[list(map(self._numbers.__getitem__, texts))] = np.arange(1, len(texts) + 1)
        result = Columns(texts, of_text=head.of_text | self._model.of_text)
        for name, column in head.columns.items():
            result.columns[name] = places[of_head[column]].astype(np.int64) if name in head.of_text else column
        parts = [self._parts[number] for number in order]
        self._parts = []
        for at, (name, none) in enumerate(self._model.columns.items()):
            pieces = [part[cuts[at] : cuts[at + 1]] for cuts, part in parts]
            values: NDArray[Any] = np.concatenate(pieces) if pieces else none
            result.columns[name] = places[values] if name in self._model.of_text else values
        return result

    def _numbered(self, texts: list[str]) -> NDArray[Any]:
        return np.array([0, *map(self._numbers.__getitem__, texts)], np.uint32)
