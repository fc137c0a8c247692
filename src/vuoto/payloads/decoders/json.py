"""JSON (RFC 8259): one document, several in sequence (NDJSON), JSONP, behind a guard or a length, or inside a longer text.

Numbers keep the digits that were sent; repeated members are all kept; true, false and null are nobody's data. A valid document
takes the fast path, whose parts have no position until `payloads.locate` asks the reader with positions.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Plain, Reading
from vuoto.payloads.decoders.printable_runs import runs
from vuoto.payloads.json_reader import TYPED, VALUES, Document, escape, labels, read
from vuoto.payloads.limits import MAX_PARTS, MAX_RUNS, MAX_TREE_DEPTH
from vuoto.payloads.meaning import text_of


def _skip(_name: str) -> None:
    """NaN and Infinity carry nothing."""


# The standard scanner is C; these hooks keep digits as written (orjson would round 20-digit ICCIDs) and repeated members.
_FAST: Final = json.JSONDecoder(object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=_skip, strict=False)
_CALLED_OTHERWISE: Final = VALUES | TYPED
_START: Final = re.compile(rb'[ \t\r\n]*(?:\{\s*(?:["}]|\\?$)|\[\s*(?:[\[{"\]\-0-9tfn]))')
_INSIDE: Final = re.compile(rb'\{\s{0,64}"|\[\s{0,64}[{"\[]')
_STRING: Final = re.compile(rb'\s*"(?:[^"\\]|\\.)*"\s*\Z', re.DOTALL)
_NUMBERISH: Final = re.compile(rb"[ \t\r\n\x00]*(?=[{\[])")
_SEPARATORS: Final = b" \t\r\n,;\x00\x1e"


def _recognise(data: bytes, hint: str) -> int:
    first = data[:1]
    if first in (b"{", b"["):
        return 90 if _START.match(data) else 40
    if _START.match(data):
        return 90
    if first == b'"' and data.rstrip()[-1:] == b'"':
        return 60
    if _INSIDE.search(data, 0, 4096) or ("json" in hint and _INSIDE.search(data)):
        return 45
    return 0


def flatten(root: Any, own: str) -> list[Plain]:  # noqa: ANN401  (whatever JSON holds)
    """Strings and numbers of a document read by the fast path, without positions; an object's members before what it nests.

    `own` is the label of the document itself.
    """
    out: list[Plain] = []
    append = out.append
    stack: list[tuple[Any, str, str, int]] = [(root, "", own, 0)]
    while stack:
        node, pointer, name, depth = stack.pop()
        if depth > MAX_TREE_DEPTH:
            raise RecursionError  # the reader with positions passes over what is too deep, and says so
        if len(out) > MAX_PARTS:
            continue
        nested: list[tuple[Any, str, str, int]] = []
        if type(node) is tuple:
            label = ""
            places = _places(pointer, name)
            for key, child in node:
                kind = type(child)
                if kind is bool or child is None:
                    continue
                called, where, is_value = places.get(key) or _place(places, pointer, name, key)
                if is_value:
                    label = label or _label(node)
                    called = label or (name if name and key.lower() in TYPED else called)
                if kind is str:
                    append((called, where, child))
                else:
                    nested.append((child, where, called, depth + 1))
        else:
            for index, child in enumerate(node):
                kind = type(child)
                if kind is str:
                    append((name, f"{pointer}/{index}", child))
                elif kind is tuple or kind is list:
                    nested.append((child, f"{pointer}/{index}", name, depth + 1))
        if nested:
            nested.reverse()
            stack.extend(nested)
    return out


Place = tuple[str, str, bool]
"""What a member is called, its pointer, and whether a sibling may name it."""

_OBJECTS: dict[tuple[str, str], dict[str, Place]] = {}
"""The members met so far of the object at a pointer under a name. An app sends the same ones a thousand times."""

_MAX_OBJECTS: Final = 512
_MAX_MEMBERS: Final = 128
"""Objects remembered, and members of each; forgotten all at once. Only a memory, of at most some 40 MB."""

_LONGEST_KEPT: Final = 128
"""Characters of a pointer or a member's name that is remembered."""


def _places(pointer: str, name: str) -> dict[str, Place]:
    known = _OBJECTS.get((pointer, name))
    if known is None:
        if len(pointer) + len(name) > _LONGEST_KEPT:
            return {}
        if len(_OBJECTS) >= _MAX_OBJECTS:
            _OBJECTS.clear()
        known = _OBJECTS[pointer, name] = {}
    return known


def _place(places: dict[str, Place], pointer: str, name: str, key: str) -> Place:
    found = key or name, f"{pointer}/{escape(key)}", key.lower() in _CALLED_OTHERWISE
    if len(key) <= _LONGEST_KEPT:
        if len(places) >= _MAX_MEMBERS:
            places.clear()
        places[key] = found
    return found


def _label(pairs: tuple[tuple[str, Any], ...]) -> str:
    for key, child in pairs:
        if type(child) is str and labels(key, child):
            return child
    return ""


def positions(data: bytes) -> list[Leaf]:
    """The leaves of the document that the fast path reads, with positions."""
    found = _NUMBERISH.match(data)
    return read(data, found.end()).leaves if found is not None else []


def _open(data: bytes, ask: Ask) -> Reading | None:
    if _NUMBERISH.match(data):
        try:
            return Reading(plain=flatten(_FAST.decode(data.decode()), ask.name), whole=True)
        except (ValueError, RecursionError):
            pass
    elif _STRING.match(data):
        return _string(data)
    return _sequence(data, ask)


def _string(data: bytes) -> Reading | None:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, str) or not value:
        return None
    begin = data.index(b'"') + 1
    return Reading(leaves=[Leaf("", "", value, begin, data.rindex(b'"') - begin)], whole=True)


def _sequence(data: bytes, ask: Ask) -> Reading | None:
    reading = Reading()
    pos = 0
    outside = 0
    documents: list[list[Leaf]] = []
    between: list[tuple[int, int]] = []
    read_to = 0
    # In a text, what opens like a document is one, even cut off; amid binary it must prove itself.
    trusted = text_of(data) is not None
    while len(documents) < MAX_PARTS:
        found = _NUMBERISH.match(data, pos)
        start = found.end() if found is not None and found.end() < len(data) and _START.match(data, found.end()) else -1
        if start < 0:
            inside = _INSIDE.search(data, pos)
            if inside is None:
                break
            start = inside.start()
        outside += len(data[pos:start].strip(_SEPARATORS))
        document = read(data, start, f"/{len(documents)}", ask.name)
        if document.deep and not reading.problems:
            reading.problems.append(f"json: nested deeper than {MAX_TREE_DEPTH} levels; what is below was passed over")
        pos = max(document.end, start + 1)
        if document.leaves and not (trusted or _believable(document, data)):
            outside += pos - start
            continue
        if document.leaves:
            documents.append(document.leaves)
            between.append((read_to, start))
            read_to = document.end
        if not (document.complete or document.deep) and (not document.leaves or len(documents) >= MAX_RUNS):
            outside += pos - start
            if len(documents) + outside > MAX_RUNS * 64:
                break
        while pos < len(data) and data[pos] in _SEPARATORS:
            pos += 1
    if not documents and not reading.problems:
        return None
    if len(documents) == 1:
        reading.leaves = [leaf._replace(pointer=leaf.pointer[2:]) for leaf in documents[0]]
    else:
        reading.leaves = [leaf for leaves in documents for leaf in leaves]
    if not trusted:  # what stands beside it in the binary is its header, or the rest of a record: text there counts as well
        for begin, end in (*between, (read_to, len(data))):
            reading.leaves += [leaf._replace(syntax="text") for leaf in runs(data, begin, end, ask.name)]
    outside += len(data) - pos
    # Guards and lengths before the document and a callback around it are short; anything longer is a text of its own.
    reading.whole = outside <= 16 + 8 * len(documents) or outside * 20 < len(data)
    return reading


def _believable(document: Document, data: bytes) -> bool:
    """Whether a document in the midst of binary is one: closed or with a name, and every value of it text."""
    if not document.complete and not document.leaves[0].name:
        return False
    return all(text_of(data[leaf.offset : leaf.offset + leaf.length]) is not None for leaf in document.leaves)


DECODER = Decoder(name="json", reads="any", begins=b"{[", recognise=_recognise, open=_open)
