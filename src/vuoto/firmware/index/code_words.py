"""Of the words of code only those that are asked for: they are most of an index, and a question is about some hundred."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from vuoto.facts.code import CodeWord
from vuoto.firmware.index.columns import Table

TABLE = "packages.code.words"


def code_words(table: Table, packages: int, which: Collection[int], texts: Iterable[int]) -> Mapping[int, tuple[CodeWord, ...]]:
    """By package of `which`, its words whose text has one of the numbers; in their order. None for packages without any."""
    wanted = np.array(sorted(which), np.int64)
    numbers = np.array(sorted(texts), np.int64)
    if not table.has(f"{TABLE}#") or not len(wanted) or not len(numbers):
        return {}
    # A package has one code or none, so its words are those from where its code begins to where it ends.
    codes = table.starts("packages.code#", packages)
    starts = table.starts(f"{TABLE}#", int(codes[-1]))
    rows = int(starts[-1])
    begin, end = starts[codes[wanted]], starts[codes[wanted + 1]]
    values = table.column(f"{TABLE}.value", rows)
    found = np.flatnonzero(np.isin(values, numbers))
    place = np.searchsorted(begin, found, side="right") - 1
    inside = (place >= 0) & (found < end[np.maximum(place, 0)])
    found, owners = found[inside], wanted[place[inside]].tolist()
    if not len(found):
        return {}
    below = table.starts(f"{TABLE}.classes#", rows)
    classes = table.column(f"{TABLE}.classes", int(below[-1]))
    used = [classes[a:b].tolist() for a, b in zip(below[found].tolist(), below[found + 1].tolist(), strict=True)]
    hows = table.column(f"{TABLE}.how", rows)[found].tolist() if table.has(f"{TABLE}.how") else None
    words: dict[int, list[CodeWord]] = {}
    for at, (owner, value) in enumerate(zip(owners, table.texts(values[found].tolist()), strict=True)):
        mine = tuple(table.texts(used[at]))
        how = table.texts(hows[at : at + 1])[0] if hows is not None else "constant"
        words.setdefault(owner, []).append(CodeWord(value=value, classes=mine, how=how))
    return {owner: tuple(those) for owner, those in words.items()}
