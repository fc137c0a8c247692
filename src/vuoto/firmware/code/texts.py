"""What the texts of code look like, each asked once for all analyses, and once for all packages of a process.

The same libraries are in most packages of a build, and their texts with them; nearly all texts are of no interest to anybody.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from vuoto.firmware.code.encoded import VALUE_STRING
from vuoto.firmware.code.leb128 import I64

if TYPE_CHECKING:
    from collections.abc import Callable

    from vuoto.firmware.code.dex import Dex

NAME_TEXT: Final = 1
"""Shaped like a name (`words.is_name`)."""

ADDRESS_TEXT: Final = 2
"""Says by its form where or how something is sent (`endpoints.read_text`)."""

PROPERTY_TEXT: Final = 4
"""Shaped like a property of the system (`properties.is_property`)."""

SOURCE_TEXT: Final = 8
"""Begins like a place where an identifier is kept (`reads.text_begins`)."""

MAX_REMEMBERED: Final = 200_000
"""Texts remembered: some 30 MB; when they are full, all are forgotten, and those in use come back."""

MAX_LENGTH: Final = 256
"""Characters of a text that is remembered."""

Kinds = npt.NDArray[np.uint8]

_known: Final[dict[str, int]] = {}


def kinds_of(dex: Dex) -> Kinds:
    """Per string of a file: what it looks like, as a sum of the above; 0 for a string that no code and no static field uses."""
    known: Kinds | None = dex.__dict__.get("text_kinds")
    if known is None:
        held = np.array([value.number for _, _, value in dex.static_values() if value.kind == VALUE_STRING], np.int64)
        known = dex.__dict__["text_kinds"] = _kinds(dex.strings, np.concatenate((dex.string_uses[1], held)))
    return known


def used_texts(dex: Dex, kind: int) -> I64:
    """The strings of a kind that code loads, ascending."""
    kinds = kinds_of(dex)
    uses = dex.string_uses[1]
    marked = np.zeros(len(kinds), np.bool_)
    marked[uses[uses < len(kinds)]] = True
    return np.flatnonzero(marked & (kinds & kind != 0))


def _kinds(strings: list[str], used: I64) -> Kinds:
    marked = np.zeros(len(strings), np.bool_)
    marked[used[used < len(strings)]] = True
    indices = np.flatnonzero(marked)
    texts = [strings[index] for index in indices.tolist()]
    found = list(map(_known.get, texts))
    if None in found:
        found = [_look(text) if kind is None else kind for text, kind in zip(texts, found, strict=True)]
    result = np.zeros(len(strings), np.uint8)
    result[indices] = np.array(found, np.uint8)
    return result


def _look(text: str) -> int:
    kind = 0
    for bit, test in _tests():
        if test(text):
            kind |= bit
    if len(text) <= MAX_LENGTH:
        if len(_known) >= MAX_REMEMBERED:
            _known.clear()
        _known[text] = kind
    return kind


@cache
def _tests() -> tuple[tuple[int, Callable[[str], object]], ...]:
    # Imported here, as all of them ask this module.
    from vuoto.firmware.code.endpoints import read_text
    from vuoto.firmware.code.properties import is_property
    from vuoto.firmware.code.reads import text_begins
    from vuoto.firmware.code.words import is_name

    begins = text_begins()
    return (
        (NAME_TEXT, is_name),
        (ADDRESS_TEXT, read_text),
        (PROPERTY_TEXT, is_property),
        (SOURCE_TEXT, lambda text: text.startswith(begins)),
    )
