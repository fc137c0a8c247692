"""Puts the columns of many packages together, with one sorted dictionary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vuoto.firmware.index.columns import Columns


def join(head: Columns, parts: Sequence[Columns]) -> Columns:
    """The columns of `head`, and beside them those of the `parts`, which are of one shape, one after the other.

    The texts of the result are sorted.
    """
    texts = sorted(set(head.texts).union(*(part.texts for part in parts)))
    number = {text: at for at, text in enumerate(texts, 1)}
    result = Columns(texts, of_text=head.of_text.union(*(part.of_text for part in parts)))
    for group in ([head], parts):
        # Number 0 is none, and stays so.
        maps = [np.array([0, *map(number.__getitem__, one.texts)], np.int64) for one in group]
        for name in group[0].columns if group else ():
            of_text = name in group[0].of_text
            pieces = [
                to_new[one.columns[name]] if of_text else one.columns[name] for one, to_new in zip(group, maps, strict=True)
            ]
            result.columns[name] = np.concatenate(pieces)
    return result
