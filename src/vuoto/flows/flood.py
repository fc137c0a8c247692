"""Bounds the number of conversations: a flood of a gigabyte holds fifteen million, and each costs its readers a kilobyte."""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.flows.columns import I64
from vuoto.flows.tally import Tally
from vuoto.flows.window import Columns

MAX_CONVERSATIONS: Final = 250_000
"""A phone has ten thousand in a gigabyte; so many facts take 250 MB, which leaves most of the memory to those who read them."""


def bound_conversations(c: Columns, number: I64, tally: Tally) -> I64:
    """The conversation of each row left in `c`, from `number`, that of each row before.

    Above the limit those go first that carry no payload (the probes of a scan, unanswered SYNs), and of the rest the last begun,
    so that nothing said before a flood is lost to it. How many were left out is counted in `tally`.
    """
    if not len(number) or int(number.max()) < MAX_CONVERSATIONS:
        return number
    first_of = np.full(int(number.max()) + 1, -1, np.int64)
    first_of[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    present = np.flatnonzero(first_of >= 0)
    excess = len(present) - MAX_CONVERSATIONS
    if excess <= 0:
        return number
    speaks = np.zeros(len(first_of), np.bool_)
    speaks[number[c.captured > 0]] = True
    order = present[np.lexsort((first_of[present], ~speaks[present]))]
    kept = np.zeros(len(first_of), np.bool_)
    kept[order[:MAX_CONVERSATIONS]] = True
    gone = order[MAX_CONVERSATIONS:]
    tally.add(
        f"{{n}} {{conversation|conversations}} beyond {MAX_CONVERSATIONS} left out, those without payload first",
        int(c.frame[first_of[gone].min()]),
        excess,
        "Split the capture by time or by address, and audit the parts",
    )
    rows = kept[number]
    c.keep(rows)
    return number[rows]
