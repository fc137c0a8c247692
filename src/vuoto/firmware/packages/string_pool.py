"""The string pool of compiled XML and resource tables (ResStringPool_header in AOSP's ResourceTypes.h), UTF-8 and UTF-16.

Read as leniently as Android does: counts are cut to the room the chunk has, lengths to the bytes there are. Styles are not read.
"""

from __future__ import annotations

import struct
from typing import Final

MAX_STRING: Final = 0x7FFF
"""Characters of one string read: what the UTF-8 form can hold, and more than any name, address or label needs."""

_UTF8: Final = 1 << 8
_HEADER: Final = 28


class StringPool:
    """Strings by index, decoded when asked for. Never raises: an index that is not there gives `None`."""

    __slots__ = ("_budget", "_data", "_known", "_offsets", "_start", "_utf8", "declared")

    def __init__(self, chunk: bytes) -> None:
        """A pool over its whole chunk, header included; anything shorter than a header is an empty pool."""
        self._data = chunk
        self._known: dict[int, str] = {}
        # Strings may overlap, so that a small pool spells gigabytes; four readings of every byte is more than honest pools need.
        self._budget = 4 * len(chunk) + (1 << 20)
        self.declared = 0
        self._offsets: tuple[int, ...] = ()
        self._start, self._utf8 = 0, False
        if len(chunk) < _HEADER:
            return
        _, header, _, count, _, flags, start, _ = struct.unpack_from("<HHIIIIII", chunk)
        self.declared = count
        self._start = start
        self._utf8 = bool(flags & _UTF8)
        header = max(header, _HEADER)
        room = (start if header <= start <= len(chunk) else len(chunk)) - header
        count = max(0, min(count, room // 4))
        self._offsets = struct.unpack_from(f"<{count}I", chunk, header) if count else ()

    def __len__(self) -> int:
        return len(self._offsets)

    @property
    def exhausted(self) -> bool:
        """Whether strings were left out because the pool spells more than it holds."""
        return self._budget <= 0

    def get(self, index: int) -> str | None:
        """The string at `index`, or `None`; broken encodings come as replacement characters."""
        if not 0 <= index < len(self._offsets):
            return None
        offset = self._offsets[index]
        found = self._known.get(offset)
        if found is None and self._budget > 0:
            found = self._utf8_at(self._start + offset) if self._utf8 else self._utf16_at(self._start + offset)
            if found is not None:
                self._known[offset] = found
                self._budget -= len(found) + 1
        return found

    def _utf8_at(self, at: int) -> str | None:
        data = self._data
        if at + 2 > len(data):
            return None
        at += 2 if data[at] & 0x80 else 1  # the length in UTF-16 units, of no use here
        if at + 2 > len(data):
            return None
        length = data[at]
        at += 1
        if length & 0x80:
            length = (length & 0x7F) << 8 | data[at]
            at += 1
        return data[at : at + length].decode("utf-8", "replace")

    def _utf16_at(self, at: int) -> str | None:
        data = self._data
        if at + 2 > len(data):
            return None
        (length,) = struct.unpack_from("<H", data, at)
        at += 2
        if length & 0x8000:
            if at + 2 > len(data):
                return None
            length = (length & 0x7FFF) << 16 | struct.unpack_from("<H", data, at)[0]
            at += 2
        return data[at : at + 2 * min(length, MAX_STRING)].decode("utf-16-le", "replace")
