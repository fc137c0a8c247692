"""Tables inside structured documents: a list of the columns' names, and rows whose values are named by their place.

Two shapes: `{"columns": ["imei", …], "rows": [["3520…", …], …]}`, also with one row alone, and a list of lists of which the first
holds the names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from vuoto.disclosures.judging import judge
from vuoto.disclosures.name_sense import NameSense
from vuoto.disclosures.weighing import Candidate
from vuoto.facts.parts import Part

MOST_COLUMNS: Final = 256
"""Columns of a table."""

MOST_TABLES: Final = 64
"""Tables of one message whose columns mean something."""

LONGEST_VALUE: Final = 512
"""Characters of a value that is judged; lists in a cell are not looked through."""

_WORD: Final = re.compile(r"[A-Za-z_$][\w.$ -]{0,47}")

Place = tuple[int, str]
"""A layer, by `id`, and a pointer in it."""


class _Table(NamedTuple):
    listed: str
    """Pointer of the list of names."""

    columns: dict[int, NameSense]
    """What the names say, by place."""


class Tables:
    """The tables of one message: noticed in the pass over its parts, read in another where there are any."""

    def __init__(self, look: Callable[[str, str], NameSense]) -> None:
        self._look = look
        self._lists: set[Place] = set()
        self._corners: set[Place] = set()

    def heading(self, part: Part) -> None:
        """Notice a member of a list of names."""
        listed, _, index = part.pointer.rpartition("/")
        if index.isdigit():
            self._lists.add((id(part.layer), listed))

    def corner(self, part: Part) -> None:
        """Notice the first value of the first list in a list."""
        if _WORD.fullmatch(part.value) is not None:
            self._corners.add((id(part.layer), part.pointer[:-2]))

    def judge(self, parts: Sequence[Part]) -> Iterator[Candidate]:
        """What the values in the columns are. Linear."""
        rows = _rows(parts)
        beside: dict[Place, list[_Table]] = {}
        below: dict[Place, list[_Table]] = {}
        for place in sorted(self._lists | self._corners, key=lambda place: place[1])[:MOST_TABLES]:
            layer, listed = place
            names = rows.get(place, {})
            if not all(_WORD.fullmatch(part.value) for part in names.values()):
                continue
            columns = {index: self._look(part.value, "") for index, part in names.items()}
            if not any(sense.strong or sense.hints for sense in columns.values()):
                continue
            table = _Table(listed, columns)
            around = listed.rpartition("/")[0]
            beside.setdefault((layer, around), []).append(table)
            if place in self._lists:
                below.setdefault((layer, around), []).append(table)
        if not beside:
            return
        for (layer, row), cells in rows.items():
            above = row.rpartition("/")[0]
            for table in below.get((layer, above.rpartition("/")[0]), ()) if above else ():
                yield from _judged(table, row, cells, loose=False)
            for table in beside.get((layer, above), ()):
                yield from _judged(table, row, cells, loose=True)


def _judged(table: _Table, row: str, cells: dict[int, Part], *, loose: bool) -> Iterator[Candidate]:
    """`loose`: whether it may as well be two lists of words beside each other, so that checks must hold."""
    if row == table.listed or max(cells) > max(table.columns):
        return
    for index, part in cells.items():
        sense = table.columns.get(index)
        if sense is None or len(part.value) > LONGEST_VALUE:
            continue
        for judgement in judge(sense, part.value, in_company=False):
            if judgement.checked or not loose:
                yield Candidate(judgement, part.layer, part, loose=False)


def _rows(parts: Sequence[Part]) -> dict[Place, dict[int, Part]]:
    """The scalar members of each list, by their place in it."""
    found: dict[Place, dict[int, Part]] = {}
    for part in parts:
        row, _, index = part.pointer.rpartition("/")
        if index.isdigit() and len(index) <= 3 and int(index) < MOST_COLUMNS:
            found.setdefault((id(part.layer), row), {})[int(index)] = part
    return found
