"""Files with holes in tar archives, as GNU tar keeps them with `-S` (GNU tar manual, "Storing Sparse Files").

All four forms: the old one, whose map stands in the header and in blocks behind it; in pax headers 0.0 (a record for each piece)
and 0.1 (one record), and 1.0, whose map stands before the data. What no piece covers reads as zeros.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from vuoto.firmware.content import Blob
from vuoto.firmware.layouts.stretches import Stretch, StretchesBlob, Tell

MAX_PIECES: Final = 200_000
"""Pieces of one file; an image of some gigabytes has some thousand."""

MAX_MAP: Final = 8 << 20
"""Bytes of a map before the data: room for that many pieces."""

MAP: Final = "GNU.sparse.map"
"""The record of form 0.1; the records of 0.0 are put together to the same."""

RECORDS: Final = frozenset((MAP, "GNU.sparse.name", "GNU.sparse.size", "GNU.sparse.realsize", "GNU.sparse.major"))
"""Further records that are read."""

PIECE: Final = ("GNU.sparse.offset", "GNU.sparse.numbytes")
"""Records of form 0.0, which come in turn."""

_BLOCK: Final = 512
_PAIR: Final = 24
_IN_HEADER: Final = 4
_IN_BLOCK: Final = 21


class Sparse(NamedTuple):
    """A file with holes."""

    pieces: list[tuple[int, int]]
    """Where each piece begins in the file, and its bytes; in the order in which they stand in the archive."""

    size: int
    """Bytes of the file."""

    data: int
    """Where the first piece stands in the archive."""


def of_header(blob: Blob, header: bytes, data: int) -> Sparse | None:
    """The old form; `data` is where the header ends. `None` where its map is damaged."""
    pieces = list(_pairs(header[386 : 386 + _IN_HEADER * _PAIR]))
    more = header[482:483]
    while more not in (b"", b"\0"):
        block = blob.read_at(data, _BLOCK)
        if len(block) < _BLOCK or len(pieces) > MAX_PIECES:
            return None
        pieces += _pairs(block[: _IN_BLOCK * _PAIR])
        more = block[_IN_BLOCK * _PAIR :][:1]
        data += _BLOCK
    size = number(header[483:495])
    return None if size is None else Sparse(pieces, size, data)


def of_records(blob: Blob, records: Mapping[str, str], data: int, size: int) -> Sparse | None:
    """The forms in pax records; `data` and `size` are of what stands in the archive. `None` where the map is damaged."""
    if records.get("GNU.sparse.major") == "1":
        whole = blob.read_at(data, min(size, MAX_MAP))
        rows = whole.split(b"\n", 2 * MAX_PIECES + 1)
        count = _decimal(rows[0])
        if count is None or count > MAX_PIECES or len(rows) < 2 * count + 2:
            return None
        numbers, length = rows[1 : 2 * count + 1], sum(len(row) + 1 for row in rows[: 2 * count + 1])
        data += (length + _BLOCK - 1) // _BLOCK * _BLOCK
        real = records.get("GNU.sparse.realsize", "")
    else:
        numbers = [part.encode() for part in records.get(MAP, "?").split(",", 2 * MAX_PIECES) if part]
        real = records.get("GNU.sparse.size", "")
    found = [_decimal(one) for one in numbers]
    known = [one for one in found if one is not None]
    whole_size = _decimal(real.encode())
    if len(known) < len(numbers) or len(known) % 2 or whole_size is None:
        return None
    return Sparse(list(zip(known[::2], known[1::2], strict=True)), whole_size, data)


def opened(blob: Blob, sparse: Sparse, tell: Tell) -> StretchesBlob:
    """The file, read in place."""
    stretches, at = [], sparse.data
    for start, length in sparse.pieces:
        if length:
            stretches.append(Stretch(start, length, blob, at))
        at += length
    return StretchesBlob(sparse.size, stretches, tell)


def number(raw: bytes) -> int | None:
    """An octal field, or GNU's base-256 where the first bit is set; `None` where it is neither."""
    if raw[:1] >= b"\x80":
        return int.from_bytes(raw[4:], "big") if raw[0] == 0x80 else None
    digits = raw.strip(b"\0 ")
    try:
        return int(digits or b"0", 8) if digits.isalnum() or not digits else None
    except ValueError:
        return None


def _pairs(raw: bytes) -> Iterator[tuple[int, int]]:
    for at in range(0, len(raw), _PAIR):
        start, length = number(raw[at : at + 12]), number(raw[at + 12 : at + 24])
        if raw[at] and start is not None and length:
            yield start, length


def _decimal(raw: bytes) -> int | None:
    return int(raw) if raw.isdigit() and len(raw) < 20 else None
