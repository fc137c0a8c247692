"""Weighs signs together: correlated ones once, all packages against each other, and all of them against "none of this build".

The model is naive Bayes with its two known faults repaired. Signs of one group tell much the same, so within a group the
strongest counts whole, the next half, then a quarter (`JOINED`). What is left of their dependence makes sums too large, so a sum
counts `SCALE` of its bits; that number and `ELSEWHERE` were fitted on one half of the labelled cases (`bench/attribution.py`,
which reports how well the confidences hold on the other half).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vuoto.origins.calibration import ELSEWHERE, MOST_CONFIDENT, SCALE
from vuoto.origins.trace import Sign

JOINED: Final = 0.5
"""What a further sign of the same group counts of the one before."""

MOST_BITS: Final = 60.0
"""Sums are cut here, so that powers of two stay numbers."""


def weigh(signs: Iterable[tuple[str, Sign]]) -> list[tuple[str, Sign, float]]:
    """Each sign (with the name of its trace) and the bits that it counts for; strongest first, those against last."""
    groups: dict[str, list[tuple[str, Sign]]] = {}
    for name, sign in signs:
        groups.setdefault(sign.group, []).append((name, sign))
    weighed: list[tuple[str, Sign, float]] = []
    for _, members in sorted(groups.items()):
        members.sort(key=lambda m: (-abs(m[1].bits), m[0], m[1].what))
        weighed += [(name, sign, sign.bits * JOINED**place) for place, (name, sign) in enumerate(members)]
    return sorted(weighed, key=lambda w: (-w[2], w[0], w[1].what))


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How likely it is that …; `each` is capped, the three others sum to 1."""

    each: Mapping[int, float]
    """… this candidate sent it."""

    candidates: float
    """… one of the candidates did."""

    others: float
    """… another package of the build did."""

    none: float
    """… no package of the build did."""


def odds(bits: Mapping[int, float], others: Sequence[float], *, scale: float = SCALE, elsewhere: float = ELSEWHERE) -> Odds:
    """`bits`: candidates by number, with their sums. `others`: sums of the packages that nothing speaks for."""
    count = len(bits) + len(others)
    if not count:
        return Odds(each={}, candidates=0.0, others=0.0, none=1.0)
    prior = (1 - elsewhere) / count
    each = {number: prior * 2 ** (scale * max(min(total, MOST_BITS), -MOST_BITS)) for number, total in bits.items()}
    rest = sum(prior * 2 ** (scale * total) for total in others)
    inside = sum(each.values())
    whole = elsewhere + rest + inside
    return Odds(
        each={number: min(odd / whole, MOST_CONFIDENT) for number, odd in each.items()},
        candidates=inside / whole,
        others=rest / whole,
        none=elsewhere / whole,
    )
