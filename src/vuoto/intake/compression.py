"""The plug-in type of a compression, and the loop that those with a pushed decompressor share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

READ_BYTES: Final = 1 << 18
"""Compressed bytes read at a time."""

PIECE_BYTES: Final = 1 << 20
"""Most bytes unpacked at a time: what bounds the memory that a bomb can take."""

Take = Callable[[int], bytes]
"""Gives the next bytes of the compressed input, as many as asked for, fewer only at the end."""


class BrokenCompressionError(Exception):
    """The compressed bytes are damaged or cut off here. Everything before was handed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """A way of compressing a whole capture. Exported as `COMPRESSION` by one file of `intake/compressions`."""

    name: str
    """What the document appends to the format: `gzip`."""

    recognise: Callable[[bytes], bool]
    """Whether the first bytes of an input (at least 8, where it has them) are its own."""

    unpack: Callable[[Take], Iterator[bytes]]
    """The unpacked bytes, in pieces of at most `PIECE_BYTES`. Raises `BrokenCompressionError` where they are damaged or cut."""


class Member(Protocol):
    """A decompressor of one member (gzip), stream (xz) or frame (lz4)."""

    @property
    def eof(self) -> bool:
        """Whether the member ended."""

    @property
    def needs_input(self) -> bool:
        """Whether it has nothing more to give for what it got."""

    @property
    def unused_data(self) -> bytes | None:
        """What it got beyond the member's end."""

    def decompress(self, data: bytes, max_length: int = ...) -> bytes:
        """Takes all of `data`; gives at most `max_length` bytes."""


def unpack_members(
    take: Take, begin: Callable[[], Member], *, errors: tuple[type[Exception], ...], is_another: Callable[[bytes], bool]
) -> Iterator[bytes]:
    """One member after another, as `cat a.gz b.gz` makes them; zero bytes between and after them are padding.

    `errors` is what `begin` and `decompress` raise on damaged bytes; `is_another` tells a further member from trailing bytes.
    """
    rest = take(READ_BYTES)
    while rest:
        member = begin()
        data = rest
        while not member.eof:
            try:
                piece = member.decompress(data, PIECE_BYTES)
            except errors as error:
                raise BrokenCompressionError(f"the data is damaged ({error})") from error
            data = b""
            if piece:
                yield piece
            if member.needs_input and not member.eof:
                data = take(READ_BYTES)
                if not data:
                    raise BrokenCompressionError("the data is cut off")
        rest = bytes(member.unused_data or b"").lstrip(b"\0")
        while len(rest) < 8 and (more := take(READ_BYTES)):
            rest = (rest + more).lstrip(b"\0")
        if rest and not is_another(rest):
            raise BrokenCompressionError("other bytes follow the end of the data, and were not read")
