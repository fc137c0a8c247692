"""What a file is by its bytes, whatever its name says: code, an archive, either of them scrambled, or nothing that can be told.

Sources: "Dalvik executable format"; APPNOTE.TXT 6.3.10 for zip; magic numbers of formats as their specifications give them. Not
recognised: data scrambled by more than one byte. What is scrambled so looks dense or does not look like anything.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from typing import Final

from vuoto.firmware.content import BytesBlob
from vuoto.firmware.layouts.embedded_dex import dex_size
from vuoto.firmware.layouts.unpacked import compression_of, unpack

HEAD: Final = 512
"""Bytes of a file that say what it is."""

SMALLEST_DENSE: Final = 4096
"""Bytes below which chance decides how dense data looks."""

SAMPLE: Final = 1 << 20
"""Bytes of a file that are looked at for that."""

DENSE: Final = 7.8
"""Bits of entropy for a byte from which data is dense: 7.95 for 4,096 bytes of a cipher, 7.9 and more for what is deflated, 5 to
6.5 for code and texts. Encrypted and compressed are not told apart: 30 kB of deflated data are as even as a cipher's."""

FEED: Final = 1 << 16
"""Bytes of a compressed file from which its beginning is unpacked."""

MAX_EMBEDDED: Final = 20
"""DEX files taken from the middle of one file."""

DEX_VERSION: Final = b"dex\n0"
"""How every DEX file begins."""

_CODE: Final = (b"dey\n", b"vdex", b"cdex")
_DEX_STEPS: Final = (ord("d") ^ ord("e"), ord("e") ^ ord("x"))
_ZIP_STEPS: Final = (ord("P") ^ ord("K"), ord("K") ^ 3)
_COMPILED_XML: Final = b"\x03\0\x08\0"
_PRINTED: Final = re.compile(rb"[\t\n\r -~]{64}")
_ZIP: Final = (b"PK\3\4", b"PK\5\6")
_DEX: Final = re.compile(rb"dex\n0[0-9]{2}\0")
_END_OF_ZIP: Final = b"PK\5\6"
_MOST_COMMENT: Final = 0xFFFF + 22

_UNOPENED: Final = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
)

# Formats whose content is dense and no code; the number is where the letters stand.
_BY_NATURE: Final = (
    (0, b"\x89PNG"),
    (0, b"\xff\xd8\xff"),
    (0, b"GIF8"),
    (0, b"RIFF"),
    (0, b"OggS"),
    (0, b"ID3"),
    (0, b"\xff\xfb"),
    (0, b"\xff\xf3"),
    (0, b"\xff\xf1"),
    (0, b"fLaC"),
    (4, b"ftyp"),
    (0, b"\x1a\x45\xdf\xa3"),
    (0, b"wOFF"),
    (0, b"wOF2"),
    (0, b"\0\1\0\0"),
    (0, b"OTTO"),
    (0, b"ttcf"),
    (4, b"TFL3"),
    (0, b"\x13\xab\xa1\x5c"),
    (0, b"\xabKTX "),
    (0, b"DDS "),
    (0, b"PVR\3"),
    (0, b"UnityFS"),
    (0, b"%PDF"),
    (0, b"SQLite format 3"),
)


def is_code(head: bytes) -> bool:
    """Whether bytes begin a DEX, ODEX, compact DEX or VDEX file."""
    return head.startswith(_CODE) or _DEX.match(head) is not None


def is_zip(head: bytes) -> bool:
    """Whether bytes begin a zip archive."""
    return head.startswith(_ZIP)


def unopened_archive(head: bytes) -> str | None:
    """An archive of a kind that is not opened, in words, or `None`."""
    return next((words for magic, words in _UNOPENED if head.startswith(magic)), None)


def packed_code(data: bytes) -> str | None:
    """How code or an archive was compressed where no magic number says so (`zlib`, `deflate`, `brotli`), or `None`."""
    begin = data[:FEED]
    if begin.startswith(_COMPILED_XML) or _begins_otherwise(begin) or _PRINTED.match(begin):
        return None
    for name, peel in (("zlib", zlib.decompressobj(15)), ("deflate", zlib.decompressobj(-15))):
        try:
            head = peel.decompress(begin, HEAD)
        except zlib.error:
            continue
        if is_code(head) or is_zip(head):
            return name
    import brotli

    try:
        head = brotli.Decompressor().process(begin, output_buffer_limit=HEAD)
    except brotli.error:
        return None
    return "brotli" if is_code(head) or is_zip(head) else None


def unpacked_code(data: bytes, how: str, limit: int) -> bytes:
    """What `packed_code` saw in it, at most `limit` bytes."""
    if how == "brotli":
        return unpack(BytesBlob(data), "brotli", limit)[0]
    try:
        return zlib.decompressobj(15 if how == "zlib" else -15).decompress(data, limit)
    except zlib.error:
        return b""


def scrambling(head: bytes) -> str | None:
    """How a DEX file or a zip archive was made unreadable: `base64`, or `xor 0x5a`; `None` where it was not."""
    if head.startswith((b"ZGV4Cj", b"UEsDB")):
        return "base64"
    if len(head) < 0x30:
        return None
    # One key leaves the differences between bytes as they are: nearly every file is passed over by two of them.
    first, second = head[0] ^ head[1], head[1] ^ head[2]
    if (first, second) == _DEX_STEPS:
        key = head[0] ^ ord("d")
        plain = bytes(byte ^ key for byte in head[:0x30])
        # Four bytes alone fit by chance: the number of the version and the mark of the byte order besides.
        if key and _DEX.match(plain) and plain[0x28:0x2C] == b"\x78\x56\x34\x12":
            return f"xor 0x{key:02x}"
    elif (first, second) == _ZIP_STEPS:
        key = head[0] ^ ord("P")
        plain = bytes(byte ^ key for byte in head[:0x30])
        if key and plain.startswith(b"PK\3\4") and plain[5] == 0 and plain[8:10] in (b"\0\0", b"\x08\0"):
            return f"xor 0x{key:02x}"
    return None


def unscrambled(data: bytes, how: str) -> bytes:
    """What `scrambling` saw through; empty where it is not that in whole."""
    if how == "base64":
        try:
            return base64.b64decode(re.sub(rb"\s+", b"", data), validate=True)
        except (ValueError, binascii.Error):
            return b""
    key = int(how.partition(" ")[2], 16)
    return data.translate(bytes(byte ^ key for byte in range(256)))


def beginnings(data: bytes) -> list[int]:
    """Where DEX files may begin in a piece of a file."""
    return [match.start() for match in _DEX.finditer(data)]


def embedded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """DEX files that stand in the middle of a file, whole, and where; at most `MAX_EMBEDDED`."""
    end = found = 0
    for match in _DEX.finditer(data, 1):
        at = match.start()
        size = dex_size(data, at)
        if at < end or size == 0 or at + size > len(data):
            continue
        yield at, data[at : at + size]
        end, found = at + size, found + 1
        if found == MAX_EMBEDDED:
            return


def ends_as_zip(data: bytes) -> bool:
    """Whether a zip archive stands behind something else, as pictures that are archives as well do."""
    at = data.rfind(_END_OF_ZIP, max(0, len(data) - _MOST_COMMENT))
    return 0 <= at <= len(data) - 22 and data.find(b"PK\1\2", max(0, at - (1 << 20)), at) >= 0


def zip_begins(data: bytes) -> int:
    """Where the archive that a file ends as begins, at the earliest: at its first local header."""
    return max(0, data.find(b"PK\3\4"))


def _begins_otherwise(data: bytes) -> bool:
    return any(data.startswith(magic, at) for at, magic in _BY_NATURE) or compression_of(data) is not None


def is_dense(data: bytes) -> bool:
    """Whether bytes are as dense as encrypted or compressed ones, and begin no format that is so by nature."""
    if len(data) < SMALLEST_DENSE or _begins_otherwise(data):
        return False
    import numpy as np

    counts = np.bincount(np.frombuffer(data, np.uint8, min(len(data), SAMPLE)), minlength=256)
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum()) >= DENSE
