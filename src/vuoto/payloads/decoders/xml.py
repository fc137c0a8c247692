"""XML and HTML: the text of elements and the values of attributes, with their names. Entity declarations are never expanded.

An element is named by its `name`, `key` or `id` attribute where it has one (`<string name="imei">…`), by a `<name>` or `<key>`
sibling before a `<value>`, in a table by its column or row, else by its tag. Read with the tolerant tokenizer of `markup`; no
DTD, no namespaces.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.cells import Cells
from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.json_reader import VALUES, labels
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH, MAX_VALUE
from vuoto.payloads.markup import character_data, tokens

_START: Final = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|!--|[A-Za-z_][\w.\-]{0,127}(?::[A-Za-z_][\w.\-]{0,127})?[\s/>])")
_CELLS: Final = re.compile(rb"<(?:td|dd)[\s>]", re.IGNORECASE)
_NAMERS: Final = ("name", "key", "id", "n", "k")


def _recognise(data: bytes, hint: str) -> int:
    if b"<" not in data[:256]:
        return 0
    if _START.match(data):
        return 89
    return 50 if "xml" in hint or "html" in hint else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    reading = Reading()
    stack: list[tuple[str, str, str]] = []  # (tag, pointer, name)
    sibling = ""
    tags = 0
    cells = Cells() if _CELLS.search(data) else None
    for token in tokens(data):
        if len(reading.leaves) > MAX_PARTS:
            break
        _, pointer, name = stack[-1] if stack else ("", "", ask.name)
        if token.kind == "text":
            if not stack:
                continue
            piece = data[token.offset : token.offset + token.length]
            begin = token.offset + len(piece) - len(piece.lstrip())
            piece = piece.strip()
            value = piece.decode("utf-8", "replace") if token.literal else character_data(piece)
            tag = stack[-1][0].lower()
            if sibling and tag in VALUES | {"string", "int", "i4", "double", "long", "integer", "real"}:
                name = sibling
            elif labels(tag, value):
                sibling = value
            elif cells is not None:
                name = cells.name(value) or name
            if value:
                kept = value if len(piece) <= MAX_VALUE else None
                raw = None if kept is not None else value.encode()
                reading.leaves.append(Leaf(name, pointer, kept, begin, len(piece), raw))
        elif token.kind in {"start", "empty"}:
            tags += 1
            if cells is not None:
                cells.begin(token.name.lower())
            if len(stack) >= MAX_TREE_DEPTH:
                reading.problems.append(f"xml: nested deeper than {MAX_TREE_DEPTH} levels; not read further")
                break
            _element(reading, data, token.name, token.attributes, stack, pointer)
            if token.kind == "empty":
                stack.pop()
        elif token.kind == "end":
            _close(stack, token.name)
            if cells is not None:
                cells.end(token.name.lower())
            if token.name.lower() in {"member", "entry", "item", "param", "dict"}:
                sibling = ""
        elif token.name == "entities":
            reading.problems.append("xml: it declares entities; they were not expanded")
    if not tags or not (reading.leaves or reading.problems):
        return None
    reading.whole = True
    return reading


def _element(
    reading: Reading,
    data: bytes,
    tag: str,
    attributes: tuple[tuple[str, int, int], ...],
    stack: list[tuple[str, str, str]],
    pointer: str,
) -> None:
    here = f"{pointer}/{tag}"
    name = tag
    values = {key.lower(): character_data(data[at : at + size]) for key, at, size in attributes if size <= MAX_VALUE}
    for namer in _NAMERS:
        label = values.get(namer, "")
        if 0 < len(label) <= 64:
            name = label
            break
    for key, at, size in attributes:
        value = values.get(key.lower())
        if value:
            called = name if key.lower() in VALUES and name != tag else key.rpartition(":")[2]
            reading.leaves.append(Leaf(called, f"{here}/@{key}", character_data(data[at : at + size]), at, size))
    stack.append((tag, here, name))


def _close(stack: list[tuple[str, str, str]], tag: str) -> None:
    # HTML leaves tags open; look a few up, and ignore an end tag that nothing opened.
    for back in range(1, min(len(stack), 8) + 1):
        if stack[-back][0] == tag:
            del stack[-back:]
            return


DECODER = Decoder(name="xml", reads="text", recognise=_recognise, open=_open)
