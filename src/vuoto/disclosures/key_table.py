"""The keys of one width, looked for at every position of bytes.

The eight bytes there, as a number, are multiplied and shifted to a place in a table of booleans; what falls through two of those
is looked for among the sorted keys. Multiplicative hashing: Knuth, The Art of Computer Programming vol. 3 §6.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from vuoto.disclosures.needle_keys import WINDOW

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vuoto.disclosures.needle_keys import Words

BLOCK: Final = 1 << 18
"""Bytes that are looked at before the next ones, so that what lies between the steps stays in the processor's cache."""

PLACES_PER_KEY: Final = 16
"""Places in a table for each key: one in sixteen is taken, so of 256 positions one falls through both tables by chance."""

SMALLEST_TABLE: Final = 16
LARGEST_TABLE: Final = 25
"""Bits of a table's index: 64 KiB stays in the nearest cache; 32 MiB is what half a million values need."""

_FIRST: Final = 0x9E3779B97F4A7C15
_SECOND: Final = 0xC2B2AE3D27D4EB4F
"""Odd 64-bit factors: the golden ratio, and a prime of xxHash."""


class KeyTable:
    """The keys of one width, and whether the bytes at a position may be one of them."""

    def __init__(self, keys: Words, width: int) -> None:
        import numpy as np

        self.keys = np.unique(keys)
        self.mask = np.uint64((1 << 8 * width) - 1) if width < WINDOW else None
        self.windows = 0
        """How many positions were looked at, in all passes."""
        wanted = max(1, len(self.keys) * PLACES_PER_KEY - 1).bit_length()
        self._shift = np.uint64(64 - min(max(wanted, SMALLEST_TABLE), LARGEST_TABLE))
        self._tables = tuple(self._table(np.uint64(factor)) for factor in (_FIRST, _SECOND))

    def _table(self, factor: np.uint64) -> NDArray[np.bool_]:
        import numpy as np

        table = np.zeros(1 << (64 - int(self._shift)), np.bool_)
        table[((self.keys * factor) >> self._shift).view(np.int64)] = True
        return table

    def candidates(self, folded: bytes) -> Iterable[tuple[int, int]]:
        """Position and number of the key, block by block."""
        import numpy as np

        first, second = np.uint64(_FIRST), np.uint64(_SECOND)
        shift, keys, mask = self._shift, self.keys, self.mask
        one, two = self._tables
        scratch = np.empty(BLOCK // WINDOW, np.uint64)
        last = len(folded) - WINDOW
        for base in range(0, last + 1, BLOCK):
            found: list[tuple[int, int]] = []
            for alignment in range(WINDOW):
                offset = base + alignment
                count = min(BLOCK // WINDOW, (last - offset) // WINDOW + 1)
                if count <= 0:
                    break
                words = np.frombuffer(folded, np.dtype("<u8"), count, offset)
                if mask is not None:
                    words = words & mask
                places = scratch[:count]
                np.multiply(words, first, out=places)
                np.right_shift(places, shift, out=places)
                at = np.flatnonzero(one.take(places.view(np.int64)))
                self.windows += count
                if not len(at):
                    continue
                chosen = words[at]
                at = at[two.take(((chosen * second) >> shift).view(np.int64))]
                if not len(at):
                    continue
                chosen = words[at]
                group = np.searchsorted(keys, chosen)
                group[group == len(keys)] = 0
                same = keys[group] == chosen
                found += zip((at[same] * WINDOW + offset).tolist(), group[same].tolist(), strict=True)
            yield from found
