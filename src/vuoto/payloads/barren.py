"""Values that were looked into and hold nothing: phones send the same ones again. A memory that never changes what is found."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.suspicion import ENCODED

BARREN: Final[set[str]] = set()

LONGEST_BARREN: Final = 256
"""Characters of one that is remembered."""

MAX_BARREN: Final = 16_384
"""How many are remembered; beyond it all are forgotten at once."""


def remember_barren(value: str) -> None:
    """Note that `value` holds nothing; one that is too long is not remembered."""
    if len(value) <= LONGEST_BARREN:
        if len(BARREN) >= MAX_BARREN:
            BARREN.clear()
        BARREN.add(value)


def is_encoded(value: str) -> bool:
    """Whether a value without marks of a syntax has a run that may be encoded; one that has none is remembered."""
    if ENCODED.search(value) is not None:
        return True
    remember_barren(value)
    return False
