"""Counts what could not be read, so that a capture full of one fault gives one `Problem` and not a million."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.facts.problems import Problem

_CHOICE: Final = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


class Tally:
    """Faults of one input by sentence, each with how often and the first frame."""

    __slots__ = ("_counts", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._counts: dict[tuple[str, str | None], list[int]] = {}

    def rows(self, what: str, rows: NDArray[np.int64], first_number: int, next_step: str | None = None) -> None:
        """Counts each of `rows` of a window whose first frame is `first_number`."""
        if len(rows):
            self.add(what, int(rows[0]) + first_number, len(rows), next_step)

    def add(self, what: str, frame: int, count: int = 1, next_step: str | None = None) -> None:
        """Counts `count` faults, the first of them in `frame`; for the sentence see `counted`."""
        entry = self._counts.setdefault((what, next_step), [0, frame])
        entry[0] += count
        entry[1] = min(entry[1], frame)

    def problems(self) -> tuple[Problem, ...]:
        """One `Problem` per sentence, sorted."""
        return tuple(
            sorted(
                (
                    Problem(
                        where=f"{self._name}, frame {frame}" if self._name else f"frame {frame}",
                        what=counted(what, count),
                        next_step=step,
                    )
                    for (what, step), (count, frame) in self._counts.items()
                ),
                key=lambda p: (p.where, p.what),
            )
        )


def counted(what: str, count: int) -> str:
    """The sentence for that many: `{n} {frame is|frames are} cut` becomes `1 frame is cut` or `2 frames are cut`."""
    return _CHOICE.sub(lambda choice: choice[1 if count == 1 else 2], what.replace("{n}", str(count)))
