"""Which packages hold a word: built when an index is written, asked without making a fact of anything.

A text holds a word where it stands in it between characters that belong to no word (letters, digits and `_` do): `vnet.cn` stands
in `http://zzhc.vnet.cn:9999/`, and `MEID` in `{"MEID":`, but `net` does not stand in `vnet`. Upper and lower case differ; hosts
are kept in lower case beside the text they stand in.

All places where a word begins are sorted by what follows, so a word is found by halving.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

import numpy as np

from vuoto.firmware.index.columns import Columns, Numbers, Table

FIELDS: Final = (
    "packages.code.strings.value",
    "packages.code.strings.host",
    "packages.code.words.value",
    "packages.package.strings.value",
    "packages.package.native_libraries.strings",
)
"""Columns of texts that are searched."""

MAX_TEXT: Final = 4096
"""Characters of a text that are searched: certificates and scripts beyond it name nothing by which a sender is told."""

MAX_PLACES: Final = 256
"""Places in one text where words begin that are kept; a list of thousand hosts tells of none in particular."""

SORTED_BY: Final = 40
"""Characters that places are sorted by; what begins alike is looked at one by one."""

_WORD: Final = re.compile(r"\w+", re.ASCII)
_INNER: Final = re.compile(r"\w", re.ASCII)


def add_mentions(columns: Columns) -> None:
    """Adds the columns `~holds.*` to those of a build."""
    packages = int(columns.columns["packages#"][0])
    pairs = [
        columns.columns[name].astype(np.int64) * (packages + 1) + owners(columns.columns, name, packages)
        for name in FIELDS
        if name in columns.columns
    ]
    both = np.sort(np.concatenate(pairs)) if pairs else np.zeros(0, np.int64)
    # Each once, and without those of text 0, which is none. Sorted by hand: `np.unique` takes ten times as long for millions.
    both = both[np.append(True, both[1:] != both[:-1]) & (both > packages)] if len(both) else both
    text, package = np.divmod(both, packages + 1)
    distinct, counts = np.unique(text, return_counts=True)
    found: list[tuple[str, int, int]] = []
    for row, number in enumerate(distinct.tolist()):
        value = columns.texts[number - 1][:MAX_TEXT]
        for place, match in enumerate(_WORD.finditer(value)):
            if place == MAX_PLACES:
                break
            at = match.start()
            found.append((value[at : at + SORTED_BY], row, at))
    found.sort()
    columns.columns |= {
        "~holds.text": distinct,
        "~holds.package#": counts,
        "~holds.package": package,
        "~holds.place.row": np.array([row for _, row, _ in found], np.int64),
        "~holds.place.at": np.array([at for _, _, at in found], np.int64),
    }


def owners(columns: dict[str, Numbers], name: str, packages: int) -> Numbers:
    """The package to which each row of a column below `packages` belongs."""
    owner = np.arange(packages)
    for table in tables_above(name):
        if f"{table}#" in columns:
            owner = np.repeat(owner, columns[f"{table}#"])
    return owner


def tables_above(name: str) -> list[str]:
    """The tables from below `packages` down to the column, as far as they could be tables."""
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(2, len(parts) + 1)]


class Mentions:
    """Answers which packages hold a word."""

    def __init__(self, table: Table, packages: int, rows: int, places: int) -> None:
        self._table = table
        self._text = table.column("~holds.text", rows)
        self._starts = table.starts("~holds.package#", rows)
        self._package = table.column("~holds.package", int(self._starts[-1]))
        self._row = table.column("~holds.place.row", places)
        self._at = table.column("~holds.place.at", places)
        for numbers, limit in ((self._package, packages), (self._row, rows), (self._at, MAX_TEXT)):
            if numbers.size and (int(numbers.min()) < 0 or int(numbers.max()) >= limit):
                raise table.broken("its list of words counts what cannot be")
        self._known: dict[str, list[int]] = {}

    def holding(self, word: str) -> tuple[int, ...]:
        """The packages, sorted."""
        starts, packages = self._starts, self._package
        return tuple(sorted({n for row in self._rows(word) for n in packages[starts[row] : starts[row + 1]].tolist()}))

    def texts(self, words: Iterable[str]) -> list[int]:
        """Numbers of the texts in which any of the words stands, sorted."""
        return sorted({int(self._text[row]) for word in words for row in self._rows(word)})

    def _rows(self, word: str) -> list[int]:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._find(word)
        return known

    def _find(self, word: str) -> list[int]:
        match = _INNER.search(word)
        if match is None:
            return []
        lead, core = word[: match.start()], word[match.start() :]
        key = core[:SORTED_BY]
        begin = bisect_left(range(len(self._row)), key, key=lambda place: self._following(place, len(key)))
        found: dict[int, None] = {}
        for place in range(begin, len(self._row)):
            if self._following(place, len(key)) != key:
                break
            row = int(self._row[place])
            if self._stands(row, int(self._at[place]), lead, core):
                found[row] = None
        return list(found)

    def _value(self, row: int) -> str:
        return self._table.texts((int(self._text[row]),))[0]

    def _following(self, place: int, length: int) -> str:
        at = int(self._at[place])
        return self._value(int(self._row[place]))[at : at + length]

    def _stands(self, row: int, at: int, lead: str, core: str) -> bool:
        value = self._value(row)
        end = at + len(core)
        if not value.startswith(core, at) or not value.startswith(lead, max(0, at - len(lead))) or at < len(lead):
            return False
        return not (_INNER.match(core[-1]) and end < len(value) and _INNER.match(value[end]))
