"""Every known value in every form, found in one pass over the bytes.

The pass looks at each position once: eight bytes, ASCII case folded, as one number, multiplied and shifted to a place in a table
of booleans (multiplicative hashing, Knuth, The Art of Computer Programming vol. 3 §6.4). What falls through two tables and is one
of the sorted keys is compared in full. So the cost depends on the number of bytes and hardly on the number of values, and a form
is kept as one 64-bit key, never as an object: its bytes are made only when a key matches.

A form is known by eight bytes of it; forms shorter than that are compared with whole values (`Needles.short`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from vuoto.disclosures.binary_spellings import BinarySpelling, spell_binary
from vuoto.disclosures.needle_forms import BINARY, DIGESTS, FORMS, Form, group_bits, make
from vuoto.disclosures.spellings import SHORTEST_HIDDEN, cases, national, spell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Words = NDArray[np.uint64]

WINDOW: Final = 8
"""Bytes of a key: one machine word."""

NARROW: Final = 6
"""Bytes of a key of binary spellings that are shorter than a word: those of a hardware address."""

SEPARATOR: Final = bytes(WINDOW)
"""To be put between pieces of bytes that are searched together, so that no window reaches over."""

BLOCK: Final = 1 << 18
"""Bytes that are looked at before the next ones, so that what lies between the steps stays in the processor's cache."""

MOST_HITS: Final = 100_000
"""Hits of one pass; beyond it the traffic repeats known values to no end, and more of the same says nothing."""

PLACES_PER_KEY: Final = 16
"""Places in a table for each key: one in sixteen is taken, so of 256 positions one falls through both tables by chance."""

SMALLEST_TABLE: Final = 16
LARGEST_TABLE: Final = 25
"""Bits of a table's index: 64 KiB stays in the nearest cache; 32 MiB is what half a million values need."""

_FIRST: Final = 0x9E3779B97F4A7C15
_SECOND: Final = 0xC2B2AE3D27D4EB4F
"""Odd 64-bit factors: the golden ratio, and a prime of xxHash."""

_FOLD: Final = bytes({ord("+"): ord("-"), ord("/"): ord("_")}.get(c, c + 32 if 65 <= c <= 90 else c) for c in range(256))
"""ASCII upper case to lower, the two Base64 alphabets to one. What is folded here is told apart when compared in full."""

_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_ALPHABET64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".translate(_FOLD)
_ALPHABET32: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".translate(_FOLD)


class Hit(NamedTuple):
    """One known value at one place of the bytes that were searched."""

    start: int
    """Offset of its first byte."""

    length: int
    """How many bytes it takes."""

    form: Form
    """In which form."""

    values: tuple[int, ...]
    """Indices of the known values that are written so."""


class _Group(NamedTuple):
    """All forms that share one key, made when the key is first met."""

    shapes: tuple[tuple[int, int, str, dict[bytes, tuple[int, tuple[int, ...]]]], ...]
    """`(bytes before the window, length, compare, whole form to (form number, values))`."""


class _Table:
    """The keys of one width, and whether the bytes at a position may be one of them."""

    def __init__(self, keys: Words, width: int) -> None:
        import numpy as np

        self.keys = np.unique(keys)
        self.mask = np.uint64((1 << 8 * width) - 1) if width < WINDOW else None
        self.windows = 0
        """How many positions were looked at, in all passes."""
        wanted = max(1, len(self.keys) * PLACES_PER_KEY - 1).bit_length()
        self._shift = np.uint64(64 - min(max(wanted, SMALLEST_TABLE), LARGEST_TABLE))
        self._tables = tuple(self._table(np.uint64(factor)) for factor in (_FIRST, _SECOND))

    def _table(self, factor: np.uint64) -> NDArray[np.bool_]:
        import numpy as np

        table = np.zeros(1 << (64 - int(self._shift)), np.bool_)
        table[((self.keys * factor) >> self._shift).view(np.int64)] = True
        return table

    def candidates(self, folded: bytes) -> Iterable[tuple[int, int]]:
        """Position and number of the key, block by block."""
        import numpy as np

        first, second = np.uint64(_FIRST), np.uint64(_SECOND)
        shift, keys, mask = self._shift, self.keys, self.mask
        one, two = self._tables
        scratch = np.empty(BLOCK // WINDOW, np.uint64)
        last = len(folded) - WINDOW
        for base in range(0, last + 1, BLOCK):
            found: list[tuple[int, int]] = []
            for alignment in range(WINDOW):
                offset = base + alignment
                count = min(BLOCK // WINDOW, (last - offset) // WINDOW + 1)
                if count <= 0:
                    break
                words = np.frombuffer(folded, np.dtype("<u8"), count, offset)
                if mask is not None:
                    words = words & mask
                places = scratch[:count]
                np.multiply(words, first, out=places)
                np.right_shift(places, shift, out=places)
                at = np.flatnonzero(one.take(places.view(np.int64)))
                self.windows += count
                if not len(at):
                    continue
                chosen = words[at]
                at = at[two.take(((chosen * second) >> shift).view(np.int64))]
                if not len(at):
                    continue
                chosen = words[at]
                group = np.searchsorted(keys, chosen)
                group[group == len(keys)] = 0
                same = keys[group] == chosen
                found += zip((at[same] * WINDOW + offset).tolist(), group[same].tolist(), strict=True)
            yield from found


class Needles:
    """The known values, ready to be looked for. Built once, before workers fork."""

    def __init__(self, values: Sequence[tuple[str, str]]) -> None:
        self.values = tuple(values)
        self.short: dict[str, tuple[int, ...]] = {}
        self.candidates = 0
        """How many positions were compared in full, in all passes."""
        self._spellings: list[bytes] = []
        self._owners: list[tuple[int, ...]] = []
        self._groups: dict[tuple[bool, int], _Group] = {}
        self._build(self._rows(), self._digested_rows(), self._binary_rows())

    @property
    def windows(self) -> int:
        """How many positions were looked at, in all passes."""
        return self._wide.windows

    @property
    def has_narrow(self) -> bool:
        """Whether there are values that only `find_narrow` finds."""
        return bool(len(self._narrow.keys))

    def _rows(self) -> dict[int, dict[bytes, list[int]]]:
        """The spellings as bytes, by length, each with the values that are spelt so."""
        rows: dict[int, dict[bytes, list[int]]] = {}
        short: dict[str, list[int]] = {}
        for index, (kind, value) in enumerate(self.values):
            for spelling in spell(kind, value):
                for variant in cases(spelling):
                    data = variant.encode("utf-8", "replace")
                    if len(data) >= SHORTEST_HIDDEN:
                        rows.setdefault(len(data), {}).setdefault(data, []).append(index)
                    if len(data) < WINDOW:
                        owners = short.setdefault(variant.lower(), [])
                        if index not in owners:
                            owners.append(index)
        self.short = {text: tuple(owners) for text, owners in short.items()}
        return rows

    def _digested_rows(self) -> dict[int, dict[bytes, list[int]]]:
        """Spellings too common to be looked for as they are, by length: only their digests tell."""
        rows: dict[int, dict[bytes, list[int]]] = {}
        for index, (kind, value) in enumerate(self.values):
            spelt = spell(kind, value)
            for spelling in national(kind, value):
                if spelling not in spelt:
                    rows.setdefault(len(spelling), {}).setdefault(spelling.encode(), []).append(index)
        return rows

    def _binary_rows(self) -> dict[tuple[str, int], dict[bytes, list[int]]]:
        """The binary spellings, by their form and length."""
        rows: dict[tuple[str, int], dict[bytes, list[int]]] = {}
        known: dict[tuple[str, str], tuple[BinarySpelling, ...]] = {}
        for index, (kind, value) in enumerate(self.values):
            spellings = known.get((kind, value))
            if spellings is None:
                spellings = known[kind, value] = spell_binary(kind, value)
            for data, form in spellings:
                owners = rows.setdefault((form, len(data)), {}).setdefault(data, [])
                if index not in owners:
                    owners.append(index)
        return rows

    def _build(
        self,
        rows: dict[int, dict[bytes, list[int]]],
        digested_rows: dict[int, dict[bytes, list[int]]],
        binary: dict[tuple[str, int], dict[bytes, list[int]]],
    ) -> None:
        import numpy as np

        entries: dict[bool, list[tuple[Words, int, NDArray[np.int32]]]] = {False: [], True: []}

        def add(windows: Bytes, form: int, numbers: NDArray[np.int32], *, narrow: bool = False) -> None:
            entries[narrow].append((_words(windows), form, numbers))

        def take(of_length: dict[bytes, list[int]], length: int) -> tuple[Bytes, NDArray[np.int32]]:
            first = len(self._spellings)
            self._spellings += of_length
            self._owners += [tuple(owners) for owners in of_length.values()]
            matrix = np.frombuffer(b"".join(of_length), np.uint8).reshape(-1, length)
            return matrix, np.arange(first, len(self._spellings), dtype=np.int32)

        for length in sorted(rows):
            matrix, numbers = take(rows[length], length)
            for form, windows in _windows(matrix, length):
                add(windows, form, numbers)
        for length in sorted(digested_rows):
            take(digested_rows[length], length)
        # A digest of the six bytes of an address is as usual as one of its text (ODIN-1).
        ordered = sorted(binary, key=lambda row: (row != ("bytes", 6), row))
        digested = len(self._spellings)
        for form_kind, length in ordered:
            matrix, numbers = take(binary[form_kind, length], length)
            if (form_kind, length) == ("bytes", 6):
                digested = len(self._spellings)
            for form, windows in _binary_windows(matrix, form_kind):
                narrow = FORMS[form].kind == form_kind and length < WINDOW
                add(windows, form, numbers, narrow=narrow)
        for form, windows in _digest_windows(self._spellings[:digested]):
            add(windows, form, np.arange(digested, dtype=np.int32))
        self._entries = {narrow: _sorted(of_width) for narrow, of_width in entries.items()}
        self._wide = _Table(self._entries[False][0], WINDOW)
        self._narrow = _Table(self._entries[True][0], NARROW)

    def find(self, data: bytes) -> list[Hit]:
        """Every known value in `data`, by place, but the narrow ones. Linear in the bytes, flat in the values."""
        return self._found(data, data.translate(_FOLD), narrow=False)

    def find_narrow(self, data: bytes) -> list[Hit]:
        """The binary spellings of six and seven bytes in `data`, by place: raw addresses, short varints. A pass of its own."""
        return self._found(data, (data + SEPARATOR).translate(_FOLD), narrow=True)

    def _found(self, data: bytes, folded: bytes, *, narrow: bool) -> list[Hit]:
        table = self._narrow if narrow else self._wide
        if len(folded) < WINDOW or not len(table.keys):
            return []
        hits: list[Hit] = []
        for position, group in table.candidates(folded):
            self.candidates += 1
            hits += self._compare(data, position, group, narrow=narrow)
            if len(hits) >= MOST_HITS:
                break
        hits.sort(key=lambda h: (h.start, -h.length, h.form.names, h.form.shift, h.values))
        return _outermost(hits)

    def _compare(self, data: bytes, position: int, number: int, *, narrow: bool) -> list[Hit]:
        group = self._groups.get((narrow, number))
        if group is None:
            group = self._groups[narrow, number] = self._make_group(number, narrow=narrow)
        hits = []
        for before, length, compare, wholes in group.shapes:
            start = position - before
            if start < 0:
                continue
            piece = data[start : start + length]
            if compare == "fold":
                piece = piece.lower()
            elif compare == "base64":
                piece = piece.translate(_STANDARD)
            found = wholes.get(piece)
            if found is not None:
                hits.append(Hit(start, length, FORMS[found[0]], found[1]))
        return hits

    def _make_group(self, number: int, *, narrow: bool) -> _Group:
        import numpy as np

        keys, forms, numbers = self._entries[narrow]
        key = (self._narrow if narrow else self._wide).keys[number]
        low, high = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
        shapes: dict[tuple[int, int, str], dict[bytes, tuple[int, set[int]]]] = {}
        for form_number, row in zip(forms[low:high].tolist(), numbers[low:high].tolist(), strict=True):
            form = FORMS[form_number]
            whole = make(form, self._spellings[row])
            if form.compare == "fold":
                whole = whole.lower()
            before = 0 if _from_start(form) else len(whole) - (NARROW if narrow else WINDOW)
            wholes = shapes.setdefault((before, len(whole), form.compare), {})
            wholes.setdefault(whole, (form_number, set()))[1].update(self._owners[row])
        return _Group(
            tuple(
                (*shape, {whole: (form, tuple(sorted(owners))) for whole, (form, owners) in wholes.items()})
                for shape, wholes in sorted(shapes.items())
            )
        )


def _sorted(entries: Sequence[tuple[Words, int, NDArray[np.int32]]]) -> tuple[Words, NDArray[np.uint8], NDArray[np.int32]]:
    """All entries of one width as columns by key: keys, form numbers, numbers of spellings."""
    import numpy as np

    if not entries:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint8), np.zeros(0, np.int32)
    keys = np.concatenate([words for words, _, _ in entries])
    forms = np.concatenate([np.full(len(words), form, np.uint8) for words, form, _ in entries])
    numbers = np.concatenate([numbers for _, _, numbers in entries])
    order = np.argsort(keys, kind="stable")
    return keys[order], forms[order], numbers[order]


def _from_start(form: Form) -> bool:
    """Whether a form's key is its first eight bytes. Else the last, where numbers that share a prefix differ."""
    return form.kind in ("reversed", "raw", "hexdigest", "base64digest")


def _words(windows: Bytes) -> Words:
    import numpy as np

    fold = np.frombuffer(_FOLD, np.uint8)
    folded = fold[windows]
    if folded.shape[1] < WINDOW:
        folded = np.hstack([folded, np.zeros((len(folded), WINDOW - folded.shape[1]), np.uint8)])
    return np.ascontiguousarray(folded).view(np.dtype("<u8")).reshape(-1).astype(np.uint64)


def _windows(matrix: Bytes, length: int) -> Iterable[tuple[int, Bytes]]:
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


_BINARY_FORMS: Final = BINARY | {"bytes in base64", "digits in hex"}


def _binary_windows(matrix: Bytes, kind: str) -> Iterable[tuple[int, Bytes]]:
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


def _digest_windows(spellings: Sequence[bytes]) -> Iterable[tuple[int, Bytes]]:
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


def _outermost(hits: Sequence[Hit]) -> list[Hit]:
    """Without the hits that lie inside another hit of the same values (an IMEI without its check digit)."""
    kept: list[Hit] = []
    ends: dict[int, int] = {}
    for hit in hits:
        if all(ends.get(value, -1) >= hit.start + hit.length for value in hit.values):
            continue
        for value in hit.values:
            ends[value] = max(ends.get(value, -1), hit.start + hit.length)
        kept.append(hit)
    return kept
