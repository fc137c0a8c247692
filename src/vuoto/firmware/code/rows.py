"""Rows of columns: some of them, in another order, each once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vuoto.firmware.code.leb128 import I64, Mask


def taken(values: I64, sizes: I64, order: I64) -> tuple[I64, I64]:
    """For owners whose values stand one after the other, so many each: the values of those in `order`, and how many each has."""
    begins = (np.cumsum(sizes) - sizes)[order]
    kept = sizes[order]
    at = np.arange(int(kept.sum())) + np.repeat(begins - (np.cumsum(kept) - kept), kept)
    return values[at], kept


def each_once(indices: I64, size: int) -> tuple[I64, I64]:
    """The indices, each once, ascending, and the place of each among them; what is `size` or more counts as `size`."""
    clipped = np.minimum(indices, size)
    marked = np.zeros(size + 1, np.bool_)
    marked[clipped] = True
    used = np.flatnonzero(marked)
    places = np.zeros(size + 1, np.int64)
    places[used] = np.arange(len(used))
    return used, places[clipped]


def is_first(values: npt.NDArray[np.integer]) -> Mask:
    """Per value of a sorted column: whether it is another than the one before."""
    result: Mask = np.append(True, values[1:] != values[:-1])[: len(values)]
    return result
