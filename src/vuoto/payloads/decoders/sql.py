"""`INSERT INTO t (imei, model) VALUES ('3520…', 'N')` and `REPLACE INTO` (ISO/IEC 9075-2 §14.11): each value by its column.

As dumps of SQLite and logs of servers hold them. Not read: statements without columns, whose order only the table knows.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.limits import MAX_PARTS

_QUOTED: Final = rb"""(?:"[\w $.\-]{1,64}"|`[\w $.\-]{1,64}`|\[[\w $.\-]{1,64}\]|[A-Za-z_][\w$]{0,63})"""
"""A name, quoted or not; never a bracket, so that no statement begins within the head of another."""
_HEAD: Final = re.compile(
    rb"(?i:INSERT|REPLACE)(?i:\s{1,8}OR\s{1,8}[A-Z]{4,8})?\s{1,8}(?i:INTO)\s{1,8}"
    + _QUOTED
    + rb"(?:\."
    + _QUOTED
    + rb")?\s{0,8}\(\s{0,8}("
    + _QUOTED
    + rb"(?:\s{0,8},\s{0,8}"
    + _QUOTED
    + rb"){0,255})\s{0,8}\)\s{0,8}(?i:VALUES)\s{0,8}(?=\()"
)
_COLUMN: Final = re.compile(_QUOTED)
_VALUE: Final = re.compile(rb"[ \t\r\n]{0,8}(?:[NnXx]?'((?:[^']|''){0,4096}+)'|([^\s'(),;]{1,64}))[ \t\r\n]{0,8}([,)])")
"""A string with its quotes doubled, or a number or word; and what follows it. Bounded, or each of many that never end would be
looked through to the end of all."""
_COMMA: Final = re.compile(rb"[ \t\r\n]{0,8},[ \t\r\n]{0,8}(?=\()")
_WORDS: Final = frozenset((b"null", b"default", b"true", b"false"))
_MOST: Final = 4_096
"""Statements read of one text."""


def _recognise(data: bytes, _hint: str) -> int:
    if data[:1] in (b"{", b"[", b"<"):  # a document, whose own reader gives the text on: asked of every body, so asked first
        return 0
    return 45 if (b"VALUES" in data or b"values" in data) and _HEAD.search(data) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    leaves: list[Leaf] = []
    pos = 0
    for row in range(_MOST):
        head = _HEAD.search(data, pos)
        if head is None:
            break
        columns = [found.group().strip(b'"`[]').decode("utf-8", "replace") for found in _COLUMN.finditer(head.group(1))]
        pos = head.end()
        values, after = _tuple(data, pos, len(columns))
        while values and len(leaves) <= MAX_PARTS:
            leaves += [leaf for column, place in zip(columns, values, strict=True) for leaf in _leaf(column, row, data, *place)]
            pos = after
            comma = _COMMA.match(data, pos)
            values, after = _tuple(data, comma.end(), len(columns)) if comma else ([], pos)
    return Reading(leaves=leaves) if leaves else None


def _tuple(data: bytes, pos: int, wanted: int) -> tuple[list[tuple[int, int]], int]:
    """Places of the values in the brackets that begin at `pos`, and where these end; none unless they are as many as wanted."""
    values: list[tuple[int, int]] = []
    pos += 1
    while len(values) < wanted:
        found = _VALUE.match(data, pos)
        if found is None:
            break
        values.append(found.span(1 if found.group(1) is not None else 2))
        pos = found.end()
        if found.group(3) == b")":
            return (values if len(values) == wanted else []), pos
    return [], pos


def _leaf(column: str, row: int, data: bytes, start: int, stop: int) -> list[Leaf]:
    piece = data[start:stop]
    if not piece or piece.lower() in _WORDS:
        return []
    value = piece.replace(b"''", b"'")
    return [
        Leaf(column, f"{row}/{column}", value.decode("utf-8", "replace"), start, len(piece), None if value == piece else value)
    ]


DECODER = Decoder(name="sql", reads="text", recognise=_recognise, open=_open)
