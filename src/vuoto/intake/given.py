"""The input's bytes as they were given: counted, and hashed in the pass in which they are read, or by a process beside it."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from vuoto.intake.background import Background
from vuoto.intake.spool import read_whole

if TYPE_CHECKING:
    from concurrent.futures import Future  # 5 ms: only where a thread is made

DRAIN_BYTES: Final = 1 << 20
"""How much is read at a time where bytes are only hashed."""


class Given:
    """The bytes of an opened stream, from where it stands to its end. Short reads and pipes are filled up."""

    __slots__ = (
        "_background", "_beside", "_digest", "_head", "_status", "_stream", "descriptor", "failure", "job", "position", "start",
    )  # fmt: skip

    def __init__(self, stream: BinaryIO, background: Background, beside: Callable[[int], str | None] | None = None) -> None:
        self._stream = stream
        self._background = background
        self._digest = hashlib.sha256()
        self._head = b""
        self.start = _tell(stream)
        """Where in the stream the input begins, or `None` where the stream cannot seek."""
        self.descriptor = None if self.start is None else _descriptor(stream)
        """The descriptor of a regular file whose offsets are the stream's own, else `None`."""
        # What is hashed beside is the file from its first byte, so the input must be that.
        self._beside = beside if self.descriptor is not None and self.start == 0 else None
        self._status = self._written()
        self.position = 0
        """Bytes read so far."""
        self.failure: OSError | None = None
        """Why reading stopped before the end, or `None`."""
        self.job: Future[object] | None = None
        """The hashing of what `fill` read last: its bytes must not change before that is done."""

    def head(self, size: int) -> bytes:
        """The first `size` bytes (fewer only at the end); `fill` gives them again."""
        self._head = self.take(size)
        return self._head

    def take(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        buffer = bytearray(size)
        got = self.fill(memoryview(buffer))
        return bytes(memoryview(buffer)[:got])

    def fill(self, view: memoryview) -> int:
        """Fills `view` with the next bytes; returns how many, fewer than fit only at the end. See `job`."""
        again = len(self._head)
        if again:
            again = min(again, len(view))
            view[:again] = self._head[:again]
            self._head = self._head[again:]
        done = again
        while done < len(view):
            got = self._read(view[done:])
            if not got:
                break
            done += got
        if done > again:
            self.position += done - again
            if self._beside is None:
                self.job = self._background.submit(self._digest.update, view[again:done])
        return done

    def _read(self, view: memoryview) -> int:
        if self.failure is not None:
            return 0
        try:
            # Every binary reader has `readinto`, though `typing.BinaryIO` does not say so.
            got = cast("io.RawIOBase", self._stream).readinto(view)
        except OSError as error:
            self.failure = error
            return 0
        if got is None:  # a raw stream in non-blocking mode with nothing to give
            self.failure = BlockingIOError("the stream is in non-blocking mode and had nothing to give")
            return 0
        return got

    def drain(self) -> None:
        """Reads to the end; what is hashed in this pass is hashed then."""
        self._background.wait(self.job)
        view = memoryview(bytearray(DRAIN_BYTES))
        while self.fill(view) == len(view):
            self._background.wait(self.job)
        self._background.finish()

    def digest(self) -> str:
        """SHA-256 of all of it, lower-case hex. After `drain`, and before the stream is closed."""
        if self._beside is not None:
            hexadecimal = self._beside(self.position)
            if hexadecimal is not None:
                return hexadecimal
            # The file grew or shrank meanwhile, or the process was killed: what was read is hashed here, by reading it again.
            self._beside = None
            for at in range(0, self.position, DRAIN_BYTES):
                self._digest.update(read_whole(cast("int", self.descriptor), at, min(DRAIN_BYTES, self.position - at)))
        return self._digest.hexdigest()

    def changed(self) -> bool:
        """Whether the file was written to since it was opened. Before the stream is closed."""
        return self._written() != self._status

    def _written(self) -> tuple[int, int]:
        if self.descriptor is None:
            return 0, 0
        status = os.fstat(self.descriptor)
        return status.st_size, status.st_mtime_ns

    def read_again(self, offset: int, length: int) -> bytes:
        """Bytes at `offset` of a stream that can seek. Moves the stream: only for streams without a descriptor."""
        self._stream.seek((self.start or 0) + offset)
        return self._stream.read(length)


def _tell(stream: BinaryIO) -> int | None:
    try:
        return stream.tell() if stream.seekable() else None
    except OSError:
        return None


def _descriptor(stream: BinaryIO) -> int | None:
    """Only plain file objects are trusted: a `gzip.GzipFile` has a descriptor too, of other bytes."""
    raw = getattr(stream, "raw", stream)
    if not isinstance(raw, io.FileIO):
        return None
    number = raw.fileno()
    return number if stat.S_ISREG(os.fstat(number).st_mode) else None
