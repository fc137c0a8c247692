"""Walks self-describing binary documents (MessagePack, CBOR) item by item, with positions and without recursion."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from vuoto.payloads.decoder import Leaf, Reading
from vuoto.payloads.json_reader import escape, labels, named
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH, MAX_VALUE
from vuoto.payloads.meaning import text_of
from vuoto.payloads.scalars import bytes_leaf

UNBOUNDED: Final = -1
"""Count of a container that ends with a break (CBOR)."""


class Item(NamedTuple):
    """One item's head."""

    kind: Literal["map", "array", "text", "bytes", "number", "none", "tag", "break"]
    """What it is. `none` is a value that is nobody's data; `tag` only announces the next item."""

    number: int | float
    """The number, or the count of a container (pairs for a map), or `UNBOUNDED`."""

    offset: int
    """Where its content begins."""

    length: int
    """Bytes of its content; 0 for containers."""


class _Frame(NamedTuple):
    is_map: bool
    left: int
    at: int
    pointer: str
    name: str
    key: str | None
    label: str


def walk(data: bytes, head: Callable[[bytes, int], Item | None], own: str) -> Reading | None:
    """The leaves of the items in `data`, which must fill it exactly and begin with a container; `None` otherwise.

    Plausible only with text: at least one map with a text key, or an array with text in it.
    """
    leaves: list[Leaf] = []
    stack: list[_Frame] = []
    pos = roots = keys = texts = 0
    size = len(data)
    while True:
        while stack and stack[-1].left == 0:
            stack.pop()
        if not stack:
            if pos >= size:
                break
            roots += 1
        if pos >= size or len(leaves) > MAX_PARTS:
            return None
        item = head(data, pos)
        if item is None or item.offset + item.length > size:
            return None
        pos = item.offset + item.length
        if item.kind == "tag":
            continue
        if not stack and item.kind not in {"map", "array"}:
            return None
        if item.kind == "break":
            if not stack or stack[-1].left != UNBOUNDED or stack[-1].key is not None:
                return None
            stack.pop()
            continue
        if not stack:
            stack.append(_Frame(item.kind == "map", int(item.number), -1, "" if roots == 1 else f"/{roots}", own, None, ""))
            continue
        frame = stack[-1]
        raw = data[item.offset : pos]
        if frame.is_map and frame.key is None:
            key, is_text = _member(item, raw)
            if key is None:
                return None
            keys += is_text
            stack[-1] = frame._replace(key=key)
            continue
        left = frame.left - 1 if frame.left > 0 else frame.left
        stack[-1] = frame._replace(left=left, at=frame.at + 1, key=None)
        pointer = f"{frame.pointer}/{escape(frame.key) if frame.key is not None else frame.at + 1}"
        called = frame.key or frame.name
        if frame.label or frame.name:
            called = named(called, frame.label, frame.name)
        if item.kind in {"map", "array"}:
            if len(stack) >= MAX_TREE_DEPTH or item.number > size - pos:
                return None
            stack.append(_Frame(item.kind == "map", int(item.number), -1, pointer, called, None, ""))
            continue
        leaves += _leaves(item, raw, called, pointer)
        if item.kind == "text":
            texts += 1
            value = raw.decode("utf-8", "replace")
            if frame.key is not None and labels(frame.key, value):
                stack[-1] = stack[-1]._replace(label=value)
    if not leaves or not (keys or texts):
        return None
    return Reading(leaves=leaves, whole=True)


def _member(item: Item, raw: bytes) -> tuple[str | None, bool]:
    """The name that an item of a map is, and whether it is text; `None` where such a thing names nothing."""
    if item.kind == "number":
        return str(item.number), False
    text = text_of(raw)
    if item.kind == "text":
        return (raw.decode("utf-8", "replace")[:256], True) if text is not None else (None, False)  # noise: names are text
    if item.kind == "bytes":
        # Some encoders write names as bytes (MessagePack's old `raw`, Python's `bytes`).
        return (text[:256], True) if text is not None else (raw.hex()[:64], False)
    return None, False


def _leaves(item: Item, raw: bytes, called: str, pointer: str) -> list[Leaf]:
    """What an item that is no container holds."""
    if item.kind == "text":
        value = raw.decode("utf-8", "replace")
        kept = value if item.length <= MAX_VALUE else None
        return [Leaf(called, pointer, kept, item.offset, item.length, raw)] if value else []
    if item.kind == "bytes":
        return bytes_leaf(called, pointer, raw, item.offset, item.length)
    if item.kind == "number" and (isinstance(item.number, int) or math.isfinite(item.number)):
        return [Leaf(called, pointer, str(item.number), item.offset, item.length)]
    return []
