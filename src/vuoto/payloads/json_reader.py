"""JSON values with their positions (RFC 8259), tolerant and iterative: cut-off documents give what stands before the cut.

The fast path (`decoders/json.py`) reads a whole, valid document without positions; this reader finds them again, and reads what
the fast one refuses: several documents in sequence, junk around them, nesting without end.
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from vuoto.payloads.decoder import Leaf
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH

_TOKEN: Final = re.compile(
    rb'[ \t\r\n\x00]*(?:("[^"\\]*+(?:\\.[^"\\]*+)*+")|([{}\[\]:,])|(-?[0-9][0-9.eE+-]*)'
    rb"|(true|false|null|NaN|-?Infinity|undefined))",
    re.DOTALL,
)
# A string is taken whole or not at all (`*+`): a repetition that may be taken back keeps half a kilobyte for each escape.
_UNESCAPE: Final = json.JSONDecoder(strict=False)

_OF: Final = "param parameter field attr attribute prop property config data column meta option setting var variable extra custom"
"""Words before `name` or `key` and `value`, as in `{"paramName": "imei", "paramValue": "…"}`."""

_NAMERS: Final = (
    "key name k field property attribute label param id n attr tag code title variable column parameter header metric path"
)

LABELS: Final = frozenset(
    _NAMERS.split() + [f"{of}{between}{what}" for of in _OF.split() for between in ("", "_") for what in ("name", "key")]
)
"""Members that name their sibling, as in `{"key": "imei", "value": "…"}`."""

LONGEST_PATH: Final = 256
"""Characters of a label without blanks: TR-069 names its parameters by whole paths of at most so many (A.3.2.1)."""

_NAME: Final = re.compile(r"/?[^\W\d]|[$@#]")
"""How a label begins; with a slash where it is a pointer, as in JSON Patch (RFC 6902 §4)."""

_TYPES: Final = "string str text int integer long double float number bytes array"

TYPED: Final = frozenset(
    ["value", "val", "values", "raw_value", "rawvalue", "_value", "@value", "#text", "_text", "__text", "$t", "_", "s", "n"]
    + [f"{of}{between}value" for of in _TYPES.split() for between in ("", "_")]
    + [f"value{between}{of}" for of in _TYPES.split() for between in ("", "_")]
)
"""Members that say no more than that they are the value, or its type: their name is that of the object around (OTLP/JSON,
AttributeValue; `{"imei": {"value": "…"}}`, DynamoDB's `{"imei": {"S": "…"}}`, XML made JSON)."""

VALUES: Final = (
    TYPED - {"values"} | {"v", "data", "content"} | {f"{of}{between}value" for of in _OF.split() for between in ("", "_")}
)
"""Members named by a sibling."""


class Document(NamedTuple):
    """One JSON value that was read."""

    leaves: list[Leaf]
    """Strings and numbers, with offsets into the data."""

    end: int
    """Offset behind it."""

    complete: bool
    """Whether it was closed; otherwise it was cut off, broken or too deep."""

    deep: bool
    """Whether a part of it was passed over because it nests deeper than the bound."""


def labels(key: str, value: str) -> bool:
    """Whether the member `key` names its siblings: it is one of `LABELS`, and its value begins like a name, not like a number."""
    return key.lower() in LABELS and len(value) <= (64 if " " in value else LONGEST_PATH) and _NAME.match(value) is not None


def named(called: str, label: str, own: str) -> str:
    """What the member `called` is named: by a sibling's `label`, by the object around it, which is called `own`, or by itself."""
    low = called.lower()
    if label and low in VALUES:
        return label
    return own if own and low in TYPED else called


def escape(key: str) -> str:
    """A member name as a JSON pointer token (RFC 6901 §3)."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


def text_of_token(token: bytes) -> str:
    """The text of a string token with its quotes; broken escapes are left as they stand."""
    if b"\\" not in token:
        return token[1:-1].decode("utf-8", "replace")
    text = token.decode("utf-8", "replace")
    try:
        value: str = _UNESCAPE.decode(text)
    except ValueError:
        return text[1:-1]
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not value.isascii() else value


def read(data: bytes, start: int, prefix: str = "", name: str = "") -> Document:
    """Read the value that begins at `start`, an object or an array. `prefix` begins every pointer."""
    leaves: list[Leaf] = []
    stack: list[
        tuple[bool, str, str, int, str]
    ] = []  # of the containers around: (is object, pointer, name, index, sibling label)
    is_object, pointer, own, index, label = False, prefix, name, -1, ""
    key: str | None = None
    pos = start
    match = _TOKEN.match
    deep = False
    below = 0  # containers open below the bound on depth, which are passed over
    while True:
        found = match(data, pos)
        if found is None or len(leaves) > MAX_PARTS:
            return Document(leaves, pos, complete=False, deep=deep)
        pos = found.end()
        which = found.lastindex
        mark = found.group(2)
        if below:
            below += 0 if mark is None else 1 if mark in b"{[" else -1 if mark in b"}]" else 0
            continue
        if which == 2:
            if mark == b",":
                key = None
                continue
            if mark == b":":
                continue
            if mark in b"}]":
                if not stack:
                    return Document(leaves, pos - 1, complete=False, deep=deep)
                is_object, pointer, own, index, label = stack.pop()
                key = None
                if not stack:
                    return Document(leaves, pos, complete=True, deep=deep)
                continue
        elif is_object and key is None and which == 1:
            key = text_of_token(found.group(1))
            continue
        if is_object:
            child = f"{pointer}/{escape(key or '')}"
            called = key or own
            if label or own:
                called = named(called, label, own)
        else:
            index += 1
            child = f"{pointer}/{index}" if stack else pointer
            called = own
        if which == 2:
            if len(stack) >= MAX_TREE_DEPTH:
                deep = True
                below = 1
                continue
            stack.append((is_object, pointer, own, index, label))
            is_object, pointer, own, index, label = mark == b"{", child, called, -1, ""
            key = None
            continue
        if which == 1:
            value = text_of_token(found.group(1))
            begin, end = found.span(1)
            leaves.append(Leaf(called, child, value, begin + 1, end - begin - 2))
            if is_object and key is not None and labels(key, value):
                label = value
        elif which == 3:
            begin, end = found.span(3)
            leaves.append(Leaf(called, child, found.group(3).decode("ascii"), begin, end - begin))
        if not stack:
            return Document(leaves, pos, complete=True, deep=deep)
