"""Which classes of a program can fit a pattern at all, by their own name or that of a class or interface they extend.

Nearly none can, which is found here for all classes at once; those that may are looked at one by one (`Program.find_calls`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.leb128 import I64, Mask
from vuoto.firmware.code.rows import each_once

# Steps from a class upwards: beyond them `Program.ancestors` does not look either.
MAX_GENERATIONS: Final = 64
# Different lists of interfaces; a file with more (and room for 255 names in each) is no compiler's.
MAX_LISTS: Final = 65_536


def may_fit(dexes: Sequence[Dex], fit: Callable[[Sequence[str]], list[bool]]) -> list[Mask]:
    """Per file and type, and once more for no type: whether it may fit. `False` is certain, and said of defined classes only."""
    files = [_File(dex, fit) for dex in dexes]
    for _ in range(MAX_GENERATIONS):
        fresh = [file.inherit() for file in files]
        if not any(map(len, fresh)):
            break
        if len(files) > 1:
            names = {dex.types[one] for dex, more in zip(dexes, fresh, strict=True) for one in more.tolist()}
            for file in files:
                file.mark(names)
    return [file.answer() for file in files]


class _File:
    """The classes of one file."""

    def __init__(self, dex: Dex, fit: Callable[[Sequence[str]], list[bool]]) -> None:
        self.types = dex.types
        size = len(self.types)
        self.fits = np.zeros(size + 1, np.bool_)
        self.classes = np.minimum(dex.classes.type, size)
        self.above = np.where(dex.classes.superclass < 0, size, np.minimum(dex.classes.superclass, size))
        lists, self.list_of = np.unique(dex.classes.interfaces, return_inverse=True)
        self.interfaces, self.sizes = np.zeros(0, np.int64), np.zeros(len(lists), np.int64)
        if len(lists) <= MAX_LISTS:
            self.interfaces, self.sizes = dex.type_lists(lists)
        else:
            self.fits[self.classes] = True
        named, _ = each_once(np.concatenate((self.classes, self.above, self.interfaces)), size)
        named = named[named < size]
        self.fits[named] |= np.array(fit([self.types[one] for one in named.tolist()]), np.bool_)
        self.fits[-1] = False

    def inherit(self) -> I64:
        """Hands down by one generation; the classes that are new among those that may fit."""
        owner = np.repeat(np.arange(len(self.sizes)), self.sizes)
        lists = np.bincount(owner[self.fits[self.interfaces]], minlength=len(self.sizes)) > 0
        more = self.classes[(self.fits[self.above] | lists[self.list_of]) & ~self.fits[self.classes]]
        more = more[more < len(self.types)]
        self.fits[more] = True
        return more

    def mark(self, names: set[str]) -> None:
        """Classes that may fit by what another file says of them."""
        for at, name in enumerate(self.types):
            if name in names:
                self.fits[at] = True

    def answer(self) -> Mask:
        """Per type and once more: whether it may fit."""
        defined = np.zeros(len(self.fits), np.bool_)
        defined[self.classes] = True
        defined[-1] = False
        answer: Mask = self.fits | ~defined
        return answer
