"""Zip archives whose bytes depend on their members alone: fixed times, stored members on a boundary, as Android maps them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Final

ALIGNED: Final = 4
"""Bytes that the content of a stored member begins at a multiple of."""

_DATE: Final = (2009 - 1980) << 9 | 1 << 5 | 1  # the day that Android's build gives all members


def zipped(members: Mapping[str, bytes], *, deflate: frozenset[str] = frozenset()) -> bytes:
    """The members in the order given, stored but for those in `deflate`."""
    body = bytearray()
    directory = bytearray()
    for name, content in members.items():
        method = 8 if name in deflate else 0
        data = _deflated(content) if method else content
        raw = name.encode()
        extra = b"" if method else bytes(-(len(body) + 30 + len(raw)) % ALIGNED)
        common = struct.pack("<5H3I", 20, 0, method, 0, _DATE, zlib.crc32(content), len(data), len(content))
        directory += struct.pack("<4sH", b"PK\1\2", 20) + common
        directory += struct.pack("<5H2I", len(raw), 0, 0, 0, 0, 0, len(body)) + raw
        body += b"PK\3\4" + common + struct.pack("<2H", len(raw), len(extra)) + raw + extra + data
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return bytes(body + directory + end)


def _deflated(content: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(content) + engine.flush()
