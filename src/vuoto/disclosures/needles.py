"""Every known value in every form, found in one pass over the bytes.

A form is known by eight bytes of it, ASCII case folded, as one number (`needle_keys`). The pass looks at each position once
(`key_table`), and only what is one of the keys is compared in full. So the cost depends on the number of bytes and hardly on the
number of values, and a form is never an object: its bytes are made only when its key is met.

Forms shorter than eight bytes are compared with whole values (`Needles.short`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from vuoto.disclosures.binary_spellings import BinarySpelling, spell_binary
from vuoto.disclosures.key_table import KeyTable
from vuoto.disclosures.needle_forms import FORMS, Form, make
from vuoto.disclosures.needle_keys import FOLD, NARROW, WINDOW, binary_keys, digest_keys, from_start, key_words, spelling_keys
from vuoto.disclosures.spellings import SHORTEST_HIDDEN, cases, national, spell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vuoto.disclosures.needle_keys import Bytes, Words

SEPARATOR: Final = bytes(WINDOW)
"""To be put between pieces of bytes that are searched together, so that no window reaches over."""

MOST_HITS: Final = 100_000
"""Hits of one pass; beyond it the traffic repeats known values to no end, and more of the same says nothing."""

_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


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
            entries[narrow].append((key_words(windows), form, numbers))

        def take(of_length: dict[bytes, list[int]], length: int) -> tuple[Bytes, NDArray[np.int32]]:
            first = len(self._spellings)
            self._spellings += of_length
            self._owners += [tuple(owners) for owners in of_length.values()]
            matrix = np.frombuffer(b"".join(of_length), np.uint8).reshape(-1, length)
            return matrix, np.arange(first, len(self._spellings), dtype=np.int32)

        for length in sorted(rows):
            matrix, numbers = take(rows[length], length)
            for form, windows in spelling_keys(matrix, length):
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
            for form, windows in binary_keys(matrix, form_kind):
                narrow = FORMS[form].kind == form_kind and length < WINDOW
                add(windows, form, numbers, narrow=narrow)
        for form, windows in digest_keys(self._spellings[:digested]):
            add(windows, form, np.arange(digested, dtype=np.int32))
        self._entries = {narrow: _sorted(of_width) for narrow, of_width in entries.items()}
        self._wide = KeyTable(self._entries[False][0], WINDOW)
        self._narrow = KeyTable(self._entries[True][0], NARROW)

    def find(self, data: bytes) -> list[Hit]:
        """Every known value in `data`, by place, but the narrow ones. Linear in the bytes, flat in the values."""
        return self._found(data, data.translate(FOLD), narrow=False)

    def find_narrow(self, data: bytes) -> list[Hit]:
        """The binary spellings of six and seven bytes in `data`, by place: raw addresses, short varints. A pass of its own."""
        return self._found(data, (data + SEPARATOR).translate(FOLD), narrow=True)

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
            before = 0 if from_start(form) else len(whole) - (NARROW if narrow else WINDOW)
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
