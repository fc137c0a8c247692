"""Whole, valid JSON documents (RFC 8259), read without positions; and those that differ from an earlier one only in their values.

An app sends the same members in the same order again and again. So the text between the values of a document is remembered, with
the names and pointers that reading it gave: the next document with the same text between its values is cut into them, no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from vuoto.facts.parts import Outline
from vuoto.payloads.decoder import Plain
from vuoto.payloads.json_reader import TYPED, VALUES, escape, labels
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH


def _skip(_name: str) -> None:
    """NaN and Infinity carry nothing."""


# The standard scanner is C; these hooks keep digits as written (orjson would round 20-digit ICCIDs) and repeated members.
_FAST: Final = json.JSONDecoder(object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=_skip, strict=False)

_CALLED_OTHERWISE: Final = VALUES | TYPED
_VALUE: Final = re.compile(r':[ \t\r\n]*("[^"\\]*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)')
"""The value of a member that is a string without escapes or a number (RFC 8259 §6, §7), with the colon before it."""

_LONGEST_TEXT: Final = 8192
"""Characters of a document whose form is remembered."""

_MOST_VALUES: Final = 512
"""Values of one."""

_MAX_FORMS: Final = 512
"""Forms remembered, of at most 48 kB each."""

_MAX_ONCE: Final = 16_384
"""Forms met once of which a hash is kept. One is only looked into when it comes again."""


class Form(NamedTuple):
    """What the documents have in common that have the same text between their values."""

    outline: Outline
    fixed: tuple[str, ...]
    """Values that stand in that text: those of lists."""

    order: Callable[[Sequence[str]], tuple[str, ...]] | None
    """Puts values as they stand in the text, and `fixed` behind them, into the order of the outline; `None` where they are."""


_FORMS: dict[tuple[str, str], Form | None] = {}
"""By the document's label and the text between its values; `None` where that text does not say all."""

_ONCE: set[int] = set()


def read_document(text: str, own: str) -> Plain:
    """Strings and numbers of the document `text`, whose own label is `own`. `ValueError` or `RecursionError` where it is none."""
    if len(text) + len(own) > _LONGEST_TEXT or "\\" in text or "\0" in text:
        return flatten(_FAST.decode(text), own)
    pieces = _VALUE.split(text)
    key = own, "\0".join(pieces[::2])
    form = _FORMS.get(key)
    if form is None:
        if key not in _FORMS and _again(hash(key)):
            if len(_FORMS) >= _MAX_FORMS:
                _FORMS.clear()
            _FORMS[key] = _form_of(pieces[::2], own)
        return flatten(_FAST.decode(text), own)
    values: Sequence[str] = [piece.strip('"') for piece in pieces[1::2]]
    if form.fixed:
        values = [*values, *form.fixed]
    if form.order is not None:
        values = form.order(values)
    return Plain(form.outline.names, form.outline.pointers, values, form.outline)


def _again(number: int) -> bool:
    if number in _ONCE:
        return True
    if len(_ONCE) >= _MAX_ONCE:
        _ONCE.clear()
    _ONCE.add(number)
    return False


def _form_of(between: Sequence[str], own: str) -> Form | None:
    """The form of the documents that have `between` around their values, or `None` where names depend on values.

    Each piece holds whole strings, so each value stands outside of them, and whatever values stand there, the document is read
    alike. Two documents with values of our own show how: numbers, which name no sibling, and words, which do where any can.
    """
    count = len(between) - 1
    if count > _MOST_VALUES or any(piece.count('"') % 2 for piece in between):
        return None
    try:
        one = flatten(_FAST.decode(_filled(between, "")), own)
        other = flatten(_FAST.decode(_filled(between, "v")), own)
    except (ValueError, RecursionError):
        return None
    if one[:2] != other[:2] or sum(map(len, one.pointers)) > 4 * _LONGEST_TEXT:
        return None
    fixed: list[str] = []
    order: list[int] = []
    for number, word in zip(one.values, other.values, strict=True):
        order.append(int(number) if number != word else count + len(fixed))
        if number == word:
            fixed.append(number)
    if sorted(order) != list(range(count + len(fixed))):
        return None
    return Form(
        Outline(names=tuple(one.names), pointers=tuple(one.pointers), syntaxes=("json",) * len(order)),
        tuple(fixed),
        None if order == sorted(order) else itemgetter(*order),
    )


def _filled(between: Sequence[str], mark: str) -> str:
    """The document with `between` and, as its values, their numbers behind `mark`."""
    return between[0] + "".join(f':"{mark}{number}"{piece}' for number, piece in enumerate(between[1:]))


def flatten(root: Any, own: str) -> Plain:  # noqa: ANN401  (whatever JSON holds)
    """Strings and numbers of a document read by the fast path, without positions; an object's members before what it nests.

    `own` is the label of the document itself.
    """
    names: list[str] = []
    pointers: list[str] = []
    values: list[str] = []
    say, point, hold = names.append, pointers.append, values.append
    stack: list[tuple[Any, str, str, int]] = [(root, "", own, 0)]
    while stack:
        node, pointer, name, depth = stack.pop()
        if depth > MAX_TREE_DEPTH:
            raise RecursionError  # the reader with positions passes over what is too deep, and says so
        if len(values) > MAX_PARTS:
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
                    say(called)
                    point(where)
                    hold(child)
                else:
                    nested.append((child, where, called, depth + 1))
        else:
            for index, child in enumerate(node):
                kind = type(child)
                if kind is str:
                    say(name)
                    point(f"{pointer}/{index}")
                    hold(child)
                elif kind is tuple or kind is list:
                    nested.append((child, f"{pointer}/{index}", name, depth + 1))
        if nested:
            nested.reverse()
            stack.extend(nested)
    return Plain(names, pointers, values)


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
