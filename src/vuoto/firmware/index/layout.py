r"""The `.vfx` file: columns, each packed by itself, so that a question unpacks only what it asks about.

    8 bytes   89 56 46 58 0D 0A 1A 0A ("\x89VFX", and line ends that a transfer as text would change)
    2 bytes   version of this layout, little endian
    4 bytes   length of the directory
    directory zstd frame of JSON: [[name, width, rows, packed bytes], …], sorted by name
    columns   zstd frames in the order of the directory, nothing after them

A column is whole numbers of one width: `u1`, `u2`, `u4` or `i8`, little endian. Columns of texts hold numbers into a dictionary
that is sorted by code points: `~texts` holds all of it as UTF-8 (lone surrogates of DEX as they are, three bytes each),
`~lengths` the bytes of each.

The version changes only where an older reader would misread; columns that a reader does not know are passed over, and columns
that a file does not have read as the defaults of their facts.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from vuoto.errors import InputError
from vuoto.firmware.content import Blob
from vuoto.firmware.index.columns import MAX_ROWS, Columns, Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC: Final = b"\x89VFX\r\n\x1a\n"
VERSION: Final = 1

LEVEL: Final = 9
"""Of zstd: half the size of level 1 for some tenths of a second; higher ones give little."""

MAX_FILE: Final = 1 << 30
"""Bytes of a file: a build of two thousand packages comes to some hundred megabytes."""

MAX_DIRECTORY: Final = 1 << 20
"""Bytes of the directory, unpacked; it has some 150 columns of 50 bytes."""

MAX_UNPACKED: Final = 2 << 30
"""Bytes that all columns of a file may unpack to."""

MAX_RATIO: Final = 500
"""Bytes unpacked per byte of file, beyond `FREE`: columns of equal numbers pack well, but a file is not made of them alone."""

FREE: Final = 1 << 20
"""Bytes that even the smallest file may unpack to."""

MAX_NAME: Final = 200
"""Characters of a column's name."""

_HEAD: Final = struct.Struct("<8sHI")
_WIDTHS: Final = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "i8": "<i8"}
_TEXTS: Final = "~texts"
_LENGTHS: Final = "~lengths"


class _Section(NamedTuple):
    width: str
    rows: int
    offset: int
    packed: int


def is_index(head: bytes) -> bool:
    """Whether a file that begins so is an index."""
    return head.startswith(MAGIC)


def write(columns: Columns) -> bytes:
    """The file; the same columns and texts give the same bytes. The texts must be sorted."""
    import orjson
    import zstandard

    pack = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True, threads=0).compress
    lengths = [len(text) if text.isascii() else len(_utf8(text)) for text in columns.texts]
    texts = _utf8("".join(columns.texts))
    sections: dict[str, tuple[str, int, bytes]] = {_TEXTS: ("u1", len(texts), pack(texts))}
    for name, numbers in [(_LENGTHS, np.array(lengths, np.int64)), *columns.columns.items()]:
        width = _width(numbers)
        sections[name] = (width, len(numbers), pack(numbers.astype(_WIDTHS[width]).tobytes()))
    rows = [(name, width, count, len(packed)) for name, (width, count, packed) in sorted(sections.items())]
    directory = pack(orjson.dumps(rows))
    packed = (packed for _, (_, _, packed) in sorted(sections.items()))
    return b"".join((_HEAD.pack(MAGIC, VERSION, len(directory)), directory, *packed))


def _width(numbers: Numbers) -> str:
    if not numbers.size:
        return "u1"
    low, high = int(numbers.min()), int(numbers.max())
    if low < 0 or high >= 1 << 32:
        return "i8"
    return "u1" if high < 1 << 8 else "u2" if high < 1 << 16 else "u4"


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class IndexFile:
    """An opened file. Columns are unpacked when asked for, and kept.

    Everything raises `InputError` where the file is damaged, and nothing else, whatever the bytes are.
    """

    def __init__(self, blob: Blob, name: str) -> None:
        self.name = name
        self._blob = blob
        self._columns: dict[str, Numbers] = {}
        self._starts: dict[str, Numbers] = {}
        self._known: dict[int, str] = {}
        self._sections = self._directory()

    def _directory(self) -> dict[str, _Section]:
        import orjson

        head = self._blob.read_at(0, _HEAD.size)
        if len(head) < _HEAD.size or not is_index(head):
            raise self.broken("it does not begin as one")
        _, version, length = _HEAD.unpack(head)
        if version != VERSION:
            raise InputError(
                f"this index has layout {version}, and this version reads layout {VERSION}",
                where=self.name,
                next_step="Write it again with `vuoto firmware index`",
            )
        if self._blob.size > MAX_FILE or length > MAX_DIRECTORY:
            raise self.broken("it is larger than any that is read")
        try:
            rows = orjson.loads(self._unpack(self._blob.read_at(_HEAD.size, length), MAX_DIRECTORY, None))
        except orjson.JSONDecodeError:
            raise self.broken("its directory is not readable") from None
        offset = _HEAD.size + length
        left = min(MAX_UNPACKED, FREE + MAX_RATIO * self._blob.size)
        sections: dict[str, _Section] = {}
        for row in rows if isinstance(rows, list) else [None]:
            match row:
                case [str(name), str(width), int(count), int(packed)] if (
                    width in _WIDTHS and len(name) <= MAX_NAME and name not in sections and count >= 0 and packed >= 0
                ):
                    left -= count * int(width[1])
                    sections[name] = _Section(width, count, offset, packed)
                    offset += packed
                case _:
                    raise self.broken("its directory is not readable")
            if left < 0:
                raise self.broken("it unpacks to more than is read")
        if offset != self._blob.size:
            raise self.broken("it is cut short or has more behind it")
        return sections

    def _unpack(self, packed: bytes, most: int, exactly: int | None) -> bytes:
        """What a zstd frame holds, whose own claim of its size is held against what is allowed before anything is unpacked."""
        import zstandard

        try:
            size = zstandard.frame_content_size(packed)
            if not 0 <= size <= most or exactly not in (None, size):
                raise self.broken("a column has another size than its directory says")
            # A frame that says 0 is empty; the library would read on where it says so.
            unpacked = zstandard.ZstdDecompressor().decompress(packed, allow_extra_data=False) if size else b""
        except zstandard.ZstdError:
            raise self.broken("a column does not unpack") from None
        if len(unpacked) != size:
            raise self.broken("a column has another size than its directory says")
        return unpacked

    def _raw(self, name: str) -> NDArray[np.generic]:
        section = self._sections.get(name)
        if section is None:
            raise self.broken(f"the column {name!r} is missing; another version may have written it")
        size = section.rows * int(section.width[1])
        data = self._unpack(self._blob.read_at(section.offset, section.packed), size, size)
        return np.frombuffer(data, _WIDTHS[section.width])

    def has(self, name: str) -> bool:
        """See `Table.has`."""
        return name in self._sections

    def names(self) -> list[str]:
        """The columns, sorted, without those of the dictionary."""
        return sorted(name for name in self._sections if name not in (_TEXTS, _LENGTHS))

    def rows(self, name: str) -> int:
        """The rows of a column, 0 where there is none."""
        section = self._sections.get(name)
        return section.rows if section is not None else 0

    def column(self, name: str, rows: int) -> Numbers:
        """See `Table.column`."""
        known = self._columns.get(name)
        if known is None:
            if self.rows(name) != rows:
                what = f"the column {name!r} has {self.rows(name)} rows and should have {rows}"
                raise self.broken(
                    what if self.has(name) else f"the column {name!r} is missing; another version may have written it"
                )
            known = self._columns[name] = self._raw(name).astype(np.int64)
        if len(known) != rows:
            raise self.broken(f"the column {name!r} has {len(known)} rows and should have {rows}")
        return known

    def starts(self, name: str, rows: int) -> Numbers:
        """See `Table.starts`."""
        known = self._starts.get(name)
        if known is None:
            counts = self.column(name, rows)
            if counts.size and (int(counts.min()) < 0 or int(counts.max()) > MAX_UNPACKED):
                raise self.broken(f"{name!r} counts what cannot be")
            known = self._starts[name] = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
            if int(known[-1]) > MAX_ROWS:
                raise self.broken(f"{name!r} counts more than is read")
        if len(known) != rows + 1:
            raise self.broken(f"the column {name!r} has {len(known) - 1} rows and should have {rows}")
        return known

    def texts(self, numbers: Iterable[int]) -> list[str]:
        """See `Table.texts`."""
        known = self._known
        result = []
        for number in numbers:
            text = known.get(number)
            if text is None:
                text = known[number] = self._text(number)
            result.append(text)
        return result

    def number_of(self, text: str) -> int | None:
        """The number of a text, or `None` where no column holds it."""
        at = bisect_left(range(1, len(self._ends)), text, key=self._text) + 1
        return at if at < len(self._ends) and self._text(at) == text else None

    def _text(self, number: int) -> str:
        ends = self._ends
        if not 0 < number < len(ends):
            raise self.broken(f"there is no text {number}")
        try:
            return self._bytes[ends[number - 1] : ends[number]].decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise self.broken(f"text {number} is not UTF-8") from None

    @property
    def _ends(self) -> list[int]:
        found = getattr(self, "_ends_list", None)
        if found is None:
            lengths = self.column(_LENGTHS, self.rows(_LENGTHS))
            if lengths.size and (int(lengths.min()) < 0 or int(lengths.max()) > MAX_UNPACKED):
                raise self.broken("its dictionary counts what cannot be")
            found = [0, *np.cumsum(lengths).tolist()]
            if found[-1] != len(self._bytes):
                raise self.broken("its dictionary is cut short")
            self._ends_list: list[int] = found
        return found

    @property
    def _bytes(self) -> bytes:
        found: bytes | None = getattr(self, "_bytes_whole", None)
        if found is None:
            found = self._bytes_whole = self._raw(_TEXTS).tobytes()
        return found

    def broken(self, what: str) -> InputError:
        """See `Table.broken`."""
        return InputError(
            f"this looks like an index of a build, but {what}",
            where=self.name,
            next_step="Write it again with `vuoto firmware index`",
        )
