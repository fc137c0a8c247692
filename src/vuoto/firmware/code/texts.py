"""What the texts of code look like, each asked once for all analyses, and once for all packages of a process.

The same libraries are in most packages of a build, and their texts with them; nearly all texts are of no interest to anybody.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from vuoto.firmware.code.encoded import VALUE_STRING
from vuoto.firmware.code.leb128 import I64

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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

FEATURE: Final = zlib.crc32(b"s")
"""A text's feature is its own with this letter before it (`features`)."""

_HASH: Final = 4
"""Bits below the hash of a text, in what is remembered of it."""

Kinds = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint32]

_known: Final[dict[str, int]] = {}


def kinds_of(dex: Dex) -> Kinds:
    """Per string of a file: what it looks like, as a sum of the above; 0 for one in no code, static field or annotation."""
    return _looks(dex)[0]


def hashes_of(dex: Dex) -> Hashes:
    """Per string of a file: the hash of its feature; 0 for one that is in none of them."""
    return _looks(dex)[1]


def _looks(dex: Dex) -> tuple[Kinds, Hashes]:
    known: tuple[Kinds, Hashes] | None = dex.__dict__.get("text_looks")
    if known is None:
        noted = np.array([note.value.number for note in dex.annotations() if note.value.kind == VALUE_STRING], np.int64)
        known = dex.__dict__["text_looks"] = _look_at(dex.strings, (dex.string_uses[1], dex.static_texts()[2], noted))
    return known


def used_texts(dex: Dex, kind: int) -> I64:
    """The strings of a kind that code loads, ascending."""
    kinds = kinds_of(dex)
    uses = dex.string_uses[1]
    marked = np.zeros(len(kinds), np.bool_)
    marked[uses[uses < len(kinds)]] = True
    return np.flatnonzero(marked & (kinds & kind != 0))


def _look_at(strings: list[str], used: Iterable[I64]) -> tuple[Kinds, Hashes]:
    marked = np.zeros(len(strings), np.bool_)
    for indices in used:
        marked[indices[indices < len(strings)]] = True
    chosen = np.flatnonzero(marked)
    texts = list(map(strings.__getitem__, chosen.tolist()))
    found = list(map(_known.get, texts))
    if None in found:
        found = [_look(text) if known is None else known for text, known in zip(texts, found, strict=True)]
    known = np.array(found, np.int64)
    kinds, hashes = np.zeros(len(strings), np.uint8), np.zeros(len(strings), np.uint32)
    kinds[chosen] = known & ((1 << _HASH) - 1)
    hashes[chosen] = known >> _HASH
    return kinds, hashes


def _look(text: str) -> int:
    known = zlib.crc32(text.encode(), FEATURE) << _HASH
    for bit, test in _tests():
        if test(text):
            known |= bit
    if len(text) <= MAX_LENGTH:
        if len(_known) >= MAX_REMEMBERED:
            _known.clear()
        _known[text] = known
    return known


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
