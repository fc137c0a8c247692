"""Reads the part of YAML 1.2 that our files are written in, and refuses all else: so that other readers read the same.

Mappings and lists by indentation, plain and quoted texts on one line, and `|` blocks. A plain text may not hold what YAML reads
as more than a text: `: `, ` #`, or one of its signs at the beginning.
"""

from __future__ import annotations

import re
from typing import Any

_KEY = re.compile(r"([A-Za-z_.][A-Za-z0-9_.-]*):(?: (.*))?")
_PLAIN = re.compile(r"(?![\[\]{}&*!|>'\"%@`,?#-])(?!.*(?:: | #|:$)).+")


def parse(text: str) -> Any:
    """The value; `ValueError` with the line where it is not of that part."""
    rows = []
    for number, raw in enumerate(text.splitlines(), 1):
        if "\t" in raw:
            raise ValueError(f"line {number}: a tab")
        rows.append((number, len(raw) - len(raw.lstrip(" ")), raw.strip(" "), raw))
    value, at = _value(rows, _skip(rows, 0), 0)
    if _skip(rows, at) != len(rows):
        raise ValueError(f"line {rows[_skip(rows, at)][0]}: stands where nothing can")
    return value


Rows = list[tuple[int, int, str, str]]


def _skip(rows: Rows, at: int) -> int:
    while at < len(rows) and (not rows[at][2] or rows[at][2].startswith("#")):
        at += 1
    return at


def _value(rows: Rows, at: int, indent: int) -> tuple[Any, int]:
    return _list(rows, at, indent) if rows[at][2].startswith("- ") else _mapping(rows, at, indent)


def _list(rows: Rows, at: int, indent: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    value: Any
    while (at := _skip(rows, at)) < len(rows) and rows[at][1] == indent and rows[at][2].startswith("- "):
        number, _, text, _ = rows[at]
        item = text[2:]
        if _KEY.fullmatch(item):
            rows[at] = (number, indent + 2, item, " " * (indent + 2) + item)
            value, at = _mapping(rows, at, indent + 2)
        else:
            value, at = _scalar(rows, at, item, indent)
        found.append(value)
    return found, at


def _mapping(rows: Rows, at: int, indent: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while (at := _skip(rows, at)) < len(rows) and rows[at][1] == indent and not rows[at][2].startswith("- "):
        number, _, text, _ = rows[at]
        match = _KEY.fullmatch(text)
        if match is None or match[1] in found:
            raise ValueError(f"line {number}: no key, or one that stands there twice")
        if match[2]:
            found[match[1]], at = _scalar(rows, at, match[2], indent)
            continue
        at = _skip(rows, at + 1)
        if at == len(rows) or rows[at][1] <= indent:
            raise ValueError(f"line {number}: a key without a value")
        found[match[1]], at = _value(rows, at, rows[at][1])
    return found, at


def _scalar(rows: Rows, at: int, text: str, indent: int) -> tuple[str, int]:
    number = rows[at][0]
    if text == "|":
        return _block(rows, at + 1, indent)
    if text.startswith('"'):
        if not re.fullmatch(r'"[^"\\]*"', text):
            raise ValueError(f"line {number}: a quoted text with escapes")
        return text[1:-1], at + 1
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"line {number}: YAML may read {text!r} as more than a text")
    return text, at + 1


def _block(rows: Rows, at: int, indent: int) -> tuple[str, int]:
    inner = rows[at][1]
    if inner <= indent:
        raise ValueError(f"line {rows[at][0]}: an empty block")
    lines = []
    while at < len(rows) and (not rows[at][2] or rows[at][1] >= inner):
        lines.append(rows[at][3][inner:])
        at += 1
    return "\n".join(lines).rstrip("\n") + "\n", at
