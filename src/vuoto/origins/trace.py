"""What a trace is: one kind of clue that joins messages to code. One file in `traces/` each, exporting `TRACE`.

A trace weighs in bits: how much likelier what it sees is if this package sent the messages than if it did not, as a power of two.
For a word that stands in the code that is `log2(HIT / rate)`, where `rate` says how often packages hold such a word by chance:
see `rarity`. What is missing weighs against a package, but little: code holds its words in many ways that cannot be seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect

HIT: Final = 0.7
"""How often code that sends a word holds it as it is sent. Measured on the cases of `bench/attribution.py` and rounded: words are
also joined from pieces, renamed, hidden, or told by a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What a trace saw in one package."""

    what: str
    """Half a sentence, with *it* for the package."""

    bits: float
    """For (positive) or against (negative) the package."""

    group: str
    """Signs of one group tell much the same: the second counts half, the third a quarter … (`weighing`)."""

    places: tuple[str, ...] = ()
    """Classes, methods (DEX notation) or files where it stands."""

    steps: tuple[str, ...] = ()
    """A way through the code that goes with it."""


def no_words(_: Sighting) -> tuple[str, ...]:
    """For a trace that is not about words."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One kind of clue."""

    name: str
    """What it is called: `host string`."""

    says: str
    """What it looks at and what it is worth, a sentence or two."""

    find: Callable[[Sighting, Suspect], Iterable[Sign]]
    """The signs in one package. Never raises."""

    words: Callable[[Sighting], Iterable[str]] = no_words
    """The words that are looked up in the whole build for it: packages that hold a rare one are looked at, and how many do is how
    rare it is."""


def bits(hit: float, rate: float) -> float:
    """The weight of something that a sender shows with probability `hit`, and another package with `rate`; at most 20."""
    return min(20.0, math.log2(hit / max(rate, 1e-9)))
