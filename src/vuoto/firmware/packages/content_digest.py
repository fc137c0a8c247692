"""The digest of a package's content that v2 and v3 sign: 1 MiB pieces of what stands outside the signing block."""

from __future__ import annotations

import hashlib
import struct
from typing import Final

from vuoto.firmware.content import Blob
from vuoto.firmware.packages.zip_reader import ZipContents

MAX_DIGESTED: Final = 1 << 30
"""Bytes of a package digested; no package of a phone is larger, and a gigabyte takes seconds."""

_PIECE: Final = 1 << 20


def content_digest(blob: Blob, contents: ZipContents, algorithm: str) -> bytes | None:
    """The digest with `algorithm` (`sha256`, `sha512`), or `None` where there is no block or too much content.

    source.android.com, APK Signature Scheme v2, "Integrity-protected contents": members, central directory and end record are cut
    into pieces; each is digested behind 0xa5 and its length, all behind 0x5a and their number. In the end record the directory's
    offset counts as that of the signing block.
    """
    block = contents.signing_block
    if block is None or blob.size > MAX_DIGESTED:
        return None
    end = bytearray(blob.read_at(contents.end, blob.size - contents.end))
    if len(end) < 22:
        return None
    struct.pack_into("<I", end, 16, block.offset & 0xFFFFFFFF)
    pieces: list[bytes] = []
    for start, stop in ((0, block.offset), (contents.directory, contents.end)):
        pieces += [_piece(blob.read_at(at, min(_PIECE, stop - at)), algorithm) for at in range(start, stop, _PIECE)]
    pieces += [_piece(bytes(end[at : at + _PIECE]), algorithm) for at in range(0, len(end), _PIECE)]
    whole = hashlib.new(algorithm, b"\x5a" + struct.pack("<I", len(pieces)))
    whole.update(b"".join(pieces))
    return whole.digest()


def _piece(data: bytes, algorithm: str) -> bytes:
    digest = hashlib.new(algorithm, b"\xa5" + struct.pack("<I", len(data)))
    digest.update(data)
    return digest.digest()
