"""The bytes inside a compressed input, pulled as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vuoto.intake.compression import BrokenCompressionError, Compression, Take
from vuoto.intake.spool import UNPACKED_FREE, UNPACKED_PER_BYTE


class Unpacked:
    """What a compression makes of the bytes that `take` gives. Damage ends it, and is kept to be reported."""

    __slots__ = ("_given", "_pieces", "_rest", "broken", "name", "size")

    def __init__(self, compression: Compression, take: Take, given: Callable[[], int]) -> None:
        self.name = compression.name
        self._pieces: Iterator[bytes] = compression.unpack(take)
        self._given = given
        self._rest = memoryview(b"")
        self.size = 0
        """Bytes unpacked so far."""
        self.broken: str | None = None
        """Why unpacking stopped before the end, or `None`."""

    def head(self, size: int) -> bytes:
        """The first `size` bytes (fewer only at the end); `fill` gives them again."""
        head = self.take(size)
        self._rest = memoryview(head + bytes(self._rest))
        return head

    def take(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        buffer = bytearray(size)
        got = self.fill(memoryview(buffer))
        return bytes(memoryview(buffer)[:got])

    def fill(self, view: memoryview) -> int:
        """Fills `view` with the next bytes; returns how many, fewer than fit only at the end."""
        done = 0
        while done < len(view):
            if not self._rest:
                self._rest = memoryview(self._next())
                if not self._rest:
                    break
            step = min(len(self._rest), len(view) - done)
            view[done : done + step] = self._rest[:step]
            self._rest = self._rest[step:]
            done += step
        return done

    def _next(self) -> bytes:
        if self.broken is not None:
            return b""
        try:
            piece = next(self._pieces, b"")
        except BrokenCompressionError as error:
            self.broken = f"unpacking {self.name} stopped after {self.size:,} bytes: {error}"
            return b""
        self.size += len(piece)
        if self.size > UNPACKED_FREE and self.size > UNPACKED_PER_BYTE * self._given():
            self.broken = (
                f"the {self.name} data unpacks to more than {UNPACKED_PER_BYTE} times its size, as no capture does; "
                f"only the first {self.size:,} bytes were read"
            )
        return piece
