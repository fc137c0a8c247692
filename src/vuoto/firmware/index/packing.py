"""One package as bytes between the process that read it, the cache, and the file: read whole, once, and never asked a question.

    4 bytes   "VFP2"
    zstd frame of
      16 bytes  digest of the names of the columns, by which another version is known
      12 bytes  how many texts; their bytes together; the width of all values, 4 or 8
      4 × rows of each column, 4 × bytes of each text, the texts as UTF-8, the values of all columns one after the other

One frame, and one width for all: a package has some 200 columns, most of them empty, and a frame of its own for each cost more
than what is in them.
"""

from __future__ import annotations

import hashlib
import struct
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from vuoto.errors import InputError
from vuoto.firmware.index.columns import Columns, Flat, flat

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_PACKED: Final = 1 << 30
"""Bytes that one package may unpack to; the largest comes to some ten megabytes."""

_MAGIC: Final = b"VFP2"
_HEAD: Final = struct.Struct("<16sIII")
_LEVEL: Final = 1  # of zstd: what is packed is soon read again


def pack(columns: Columns) -> bytes:
    """The columns as bytes; the same columns give the same bytes."""
    import zstandard

    one = flat(columns)
    narrow = one.values.dtype == np.uint32
    whole = "".join(columns.texts)
    texts = whole.encode("utf-8", "surrogatepass")
    if whole.isascii():
        lengths = list(map(len, columns.texts))
    else:
        lengths = [len(text.encode("utf-8", "surrogatepass")) for text in columns.texts]
    body = b"".join(
        (
            _HEAD.pack(_version(columns), len(lengths), len(texts), 4 if narrow else 8),
            one.counts.astype("<u4").tobytes(),
            np.array(lengths, "<u4").tobytes(),
            texts,
            one.values.astype("<u4" if narrow else "<i8").tobytes(),
        )
    )
    packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True, threads=0)
    return _MAGIC + packer.compress(body)


def unpack(data: bytes, model: Columns) -> Flat:
    """What was packed, whose columns are those of `model`. Raises `InputError` for what is damaged or of another version."""
    body = _body(data)
    if len(body) < _HEAD.size:
        raise _broken("it is cut short")
    version, count, size, width = _HEAD.unpack_from(body)
    if version != _version(model):
        raise _broken("it is of another version")
    columns = len(model.columns)
    at = _HEAD.size + 4 * (columns + count)
    if width not in (4, 8) or len(body) < at + size:
        raise _broken("it is cut short")
    counts = np.frombuffer(body, "<u4", columns + count, _HEAD.size).astype(np.int64)
    rows, lengths = counts[:columns], counts[columns:]
    if int(lengths.sum()) != size or len(body) != at + size + width * int(rows.sum()):
        raise _broken("its parts are not of the size that it says")
    # A copy, as the whole would be kept with it.
    read = np.frombuffer(body, "<u4" if width == 4 else "<i8", -1, at + size)
    values: NDArray[np.integer] = read.astype(np.uint32 if width == 4 else np.int64)
    return Flat(_texts(body[at : at + size], lengths), rows, values)


def _body(data: bytes) -> bytes:
    import zstandard

    try:
        if not data.startswith(_MAGIC) or not 0 < zstandard.frame_content_size(data[len(_MAGIC) :]) <= MAX_PACKED:
            raise _broken("it does not begin as one")
        return zstandard.ZstdDecompressor().decompress(data[len(_MAGIC) :], allow_extra_data=False)
    except zstandard.ZstdError:
        raise _broken("it does not unpack") from None


def _texts(raw: bytes, lengths: NDArray[np.int64]) -> list[str]:
    cuts = [0, *accumulate(lengths.tolist())]
    if raw.isascii():
        whole = raw.decode("ascii")
        return [whole[begin:end] for begin, end in pairwise(cuts)]
    try:
        return [raw[begin:end].decode("utf-8", "surrogatepass") for begin, end in pairwise(cuts)]
    except UnicodeDecodeError:
        raise _broken("a text is not UTF-8") from None


def _version(columns: Columns) -> bytes:
    names = "\n".join(f"{name} {name in columns.of_text}" for name in columns.columns)
    return hashlib.blake2b(names.encode(), digest_size=16).digest()


def _broken(what: str) -> InputError:
    return InputError(f"this should be a package that was read before, but {what}", where="package")
