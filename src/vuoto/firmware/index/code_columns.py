"""Words and prints, which come as columns, put among those of their package without a fact made of any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from vuoto.firmware.index.columns import Columns, Numbers

if TYPE_CHECKING:
    from vuoto.firmware.code.examining import CodeColumns

WORDS = "packages.code.words"
PRINTS = "packages.code.prints"


def add_code(columns: Columns, code: CodeColumns) -> None:
    """Adds them to the columns of their package, which has code and none of them yet."""
    numbers: defaultdict[str, int] = defaultdict(count(len(columns.texts) + 1).__next__)
    numbers.update((text, at) for at, text in enumerate(columns.texts, 1))

    def of(texts: Iterable[str]) -> Numbers:
        return np.array(list(map(numbers.__getitem__, texts)), np.int64)

    words, prints = code.words, code.prints
    columns.columns |= {
        f"{WORDS}#": np.array([len(words.values)], np.int64),
        f"{WORDS}.value": of(words.values),
        f"{WORDS}.classes#": words.counts,
        f"{WORDS}.classes": of(words.names)[words.classes],
        f"{WORDS}.how": of(words.hows),
        f"{PRINTS}#": np.array([len(prints.names)], np.int64),
        f"{PRINTS}.name": of(prints.names),
        f"{PRINTS}.print": of(prints.prints),
        f"{PRINTS}.features#": prints.counts,
        f"{PRINTS}.features": prints.features,
    }
    columns.texts = list(numbers)
