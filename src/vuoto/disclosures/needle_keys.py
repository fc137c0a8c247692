"""The keys of forms: eight bytes of each, made in columns, a matrix for all spellings of one length and one gather for each form.

Of spellings the key is their end, since the numbers of a fleet share their beginnings; of digests, and of what is written
backwards, the beginning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from vuoto.disclosures.needle_forms import BINARY, DIGESTS, FORMS, Form, group_bits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Words = NDArray[np.uint64]

WINDOW: Final = 8
"""Bytes of a key: one machine word."""

NARROW: Final = 6
"""Bytes of a key of binary spellings that are shorter than a word: those of a hardware address."""

FOLD: Final = bytes({ord("+"): ord("-"), ord("/"): ord("_")}.get(c, c + 32 if 65 <= c <= 90 else c) for c in range(256))
"""ASCII upper case to lower, the two Base64 alphabets to one. What is folded here is told apart when compared in full."""

_ALPHABET64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".translate(FOLD)
_ALPHABET32: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".translate(FOLD)
_BINARY_FORMS: Final = BINARY | {"bytes in base64", "digits in hex"}


def from_start(form: Form) -> bool:
    """Whether a form's key is its first eight bytes. Else the last, where numbers that share a prefix differ."""
    return form.kind in ("reversed", "raw", "hexdigest", "base64digest")


def key_words(windows: Bytes) -> Words:
    """Rows of bytes, a key each, as numbers: what the table looks for."""
    import numpy as np

    fold = np.frombuffer(FOLD, np.uint8)
    folded = fold[windows]
    if folded.shape[1] < WINDOW:
        folded = np.hstack([folded, np.zeros((len(folded), WINDOW - folded.shape[1]), np.uint8)])
    return np.ascontiguousarray(folded).view(np.dtype("<u8")).reshape(-1).astype(np.uint64)


def spelling_keys(matrix: Bytes, length: int) -> Iterable[tuple[int, Bytes]]:
    """The keys of all spellings of one length, per form: `(form number, matrix of eight columns)`."""
    import numpy as np

    hexadecimal = np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)
    for number, form in enumerate(FORMS):
        kind = form.kind
        if form.digest or kind in _BINARY_FORMS:
            continue
        if kind == "plain" and length >= 8:
            yield number, matrix[:, -8:]
        elif kind == "reversed" and length >= 8:
            yield number, matrix[:, ::-1][:, :8]
        elif kind.startswith("utf-16") and length >= 4 and bool((matrix < 128).all()):
            wide = np.zeros((len(matrix), 8), np.uint8)
            wide[:, (0 if kind == "utf-16le" else 1) :: 2] = matrix[:, -4:]
            yield number, wide
        elif kind == "hex" and length >= 4:
            yield number, hexadecimal[matrix[:, -4:]].reshape(len(matrix), 8)
        elif kind == "percent" and length >= 3:
            wide = np.full((len(matrix), 9), ord("%"), np.uint8)
            wide[:, 1::3] = hexadecimal[matrix[:, -3:], 0]
            wide[:, 2::3] = hexadecimal[matrix[:, -3:], 1]
            yield number, wide[:, 1:]
        elif kind in ("base64", "base32"):
            bits, alphabet = (6, _ALPHABET64) if kind == "base64" else (5, _ALPHABET32)
            skipped = group_bits(form.shift, bits)
            whole = (8 * length - skipped) // bits
            if whole >= WINDOW:
                begin = skipped + bits * (whole - WINDOW)
                yield number, _letters(matrix, begin, bits, alphabet)


def binary_keys(matrix: Bytes, kind: str) -> Iterable[tuple[int, Bytes]]:
    """The same of binary spellings of one form and length; six columns where they are shorter than a word."""
    import numpy as np

    length = matrix.shape[1]
    hexadecimal = np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)
    for number, form in enumerate(FORMS):
        if form.kind == kind:
            yield number, matrix[:, -(WINDOW if length >= WINDOW else NARROW) :]
        elif form.kind == "digits in hex" and kind == "packed digits":
            yield number, hexadecimal[matrix[:, -4:]].reshape(len(matrix), 8)
        elif form.kind == "bytes in base64" and kind == "bytes":
            skipped = group_bits(form.shift, 6)
            whole = (8 * length - skipped) // 6
            if whole >= WINDOW:
                yield number, _letters(matrix, skipped + 6 * (whole - WINDOW), 6, _ALPHABET64)


def _letters(matrix: Bytes, begin: int, bits: int, alphabet: bytes) -> Bytes:
    """Eight letters of `bits` bits each, from bit `begin` of each row."""
    import numpy as np

    spread = np.unpackbits(matrix, axis=1)[:, begin : begin + WINDOW * bits].reshape(len(matrix), WINDOW, bits)
    weights = (1 << np.arange(bits - 1, -1, -1)).astype(np.uint8)
    letters: Bytes = np.frombuffer(alphabet, np.uint8)[(spread * weights).sum(axis=2, dtype=np.uint8)]
    return letters


def digest_keys(spellings: Sequence[bytes]) -> Iterable[tuple[int, Bytes]]:
    """The keys of all digests: their first eight bytes raw, in hexadecimal and in Base64."""
    import numpy as np

    if not spellings:
        return
    hexadecimal = np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)
    chained = [hashlib.md5(s, usedforsecurity=False).hexdigest().encode() for s in spellings]
    heads: dict[tuple[str, bool], Bytes] = {}
    for digest in DIGESTS:
        function = getattr(hashlib, digest)
        for is_chained, contents in ((False, spellings), (True, chained)):
            joined = b"".join([function(content, usedforsecurity=False).digest() for content in contents])
            heads[digest, is_chained] = np.frombuffer(joined, np.uint8).reshape(len(contents), -1)[:, :8]
    for number, form in enumerate(FORMS):
        if not form.digest:
            continue
        head = heads[form.digest, form.chained]
        if form.kind == "raw":
            yield number, head
        elif form.kind == "hexdigest":
            yield number, hexadecimal[head[:, :4]].reshape(len(head), 8)
        else:
            yield number, _letters(head, group_bits(form.shift, 6), 6, _ALPHABET64)
