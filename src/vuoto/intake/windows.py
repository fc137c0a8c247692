"""The (unpacked) bytes of an input in windows: two buffers in turn, what a window leaves unread carried into the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from vuoto.errors import InputError
from vuoto.intake.background import Background
from vuoto.intake.given import Given
from vuoto.intake.spool import SPOOL_LIMIT, Spool, read_whole
from vuoto.intake.unpacked import Unpacked

if TYPE_CHECKING:
    from concurrent.futures import Future  # 5 ms: only where a thread is made

WINDOW_BYTES: Final = 8 << 20
"""Size of a window: large enough that the work per window does not count, and so small that two of them and their columns stay in
the processor's cache (measured: 4 and 16 MiB cost a tenth more, 2 and 32 MiB a quarter)."""


class Windows:
    """An input's bytes, read once from front to back. `data` is the window; `advance` moves it on.

    Where the bytes cannot be read a second time (a pipe, a compressed input) they are spooled as well, for `read_at`.
    """

    __slots__ = (
        "_background", "_buffers", "_given", "_jobs", "_source", "_spool", "_stopped", "base", "data", "ended", "window",
    )  # fmt: skip

    def __init__(self, given: Given, unpacked: Unpacked | None, background: Background, spool: Callable[[], BinaryIO]) -> None:
        self._given = given
        self._source = given if unpacked is None else unpacked
        self._background = background
        self._spool = Spool(spool()) if unpacked is not None or given.start is None else None
        self._buffers: list[NDArray[np.uint8] | None] = [None, None]
        self._jobs: list[Future[object] | None] = [None, None]
        self._stopped: str | None = None
        self.window = WINDOW_BYTES
        """Size of a window."""
        self.data: NDArray[np.uint8] = np.empty(0, np.uint8)
        """The bytes of the window. Valid until `advance` is called."""
        self.base = 0
        """Offset in the (unpacked) input of `data[0]`."""
        self.ended = False
        """Whether `data` reaches to the end of the input."""
        self.advance(0)

    def advance(self, consumed: int) -> None:
        """Moves the window past its first `consumed` bytes, which may be more than it holds (then the others are passed over).

        Where nothing is consumed the window grows. Raises `InputError` where the spool cannot be written.
        """
        kept = self.data[consumed:]
        skip = consumed - (len(self.data) - len(kept))
        self.base += consumed - skip
        while skip and not self.ended:
            self._fill(self.data[:0], self.window)
            step = min(skip, len(self.data))
            self.base += step
            skip -= step
            kept = self.data[step:]
        if not self.ended:
            self._fill(kept, self.window if 2 * len(kept) <= self.window else len(kept) + self.window)
        else:
            self.data = kept

    def _fill(self, kept: NDArray[np.uint8], size: int) -> None:
        # The buffer whose turn it is was read from two windows ago; the background may still hash it.
        self._background.wait(self._jobs[0])
        buffer = self._buffers[0]
        if buffer is None or len(buffer) != size:
            buffer = np.empty(size, np.uint8)
        buffer[: len(kept)] = kept
        view = buffer.data[len(kept) :]
        got = self._source.fill(view)
        job = self._given.job
        if self._spool is not None:
            offset = self.base + len(kept)
            if offset + got > SPOOL_LIMIT:
                got = max(0, SPOOL_LIMIT - offset)
                self._stopped = f"more than {SPOOL_LIMIT >> 30} GiB from a pipe or a compressed file; the rest was not read"
            job = self._background.submit(self._spool.write, view[:got]) or job
            if self._spool.failure is not None:
                raise self._no_space()
        self._buffers = [self._buffers[1], buffer]
        self._jobs = [self._jobs[1], job]
        self.data = buffer[: len(kept) + got]
        self.ended = got < len(view)

    def finish(self) -> None:
        """Reads what is left of the input as given. Raises `InputError` likewise."""
        self._given.drain()
        if self._spool is not None:
            self._spool.flush()
            if self._spool.failure is not None:
                raise self._no_space()

    def digest(self) -> str:
        """SHA-256 of the input as given. After `finish`."""
        return self._given.digest()

    def stopped(self) -> list[str]:
        """Why the bytes ended before the input did, in words; empty where they did not."""
        reasons = [self._stopped] if self._stopped else []
        if isinstance(self._source, Unpacked) and self._source.broken:
            reasons.append(self._source.broken)
        if self._given.failure is not None:
            reasons.append(
                f"reading stopped after {self._given.position:,} bytes: {self._given.failure.strerror or self._given.failure}"
            )
        return reasons

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes of the (unpacked) input; fewer only at the end. Safe in forked processes."""
        if self._spool is not None:
            return self._spool.read_at(offset, length)
        descriptor = self._given.descriptor
        if descriptor is None:
            return self._given.read_again(offset, length)
        return read_whole(descriptor, (self._given.start or 0) + offset, length)

    def _no_space(self) -> InputError:
        assert self._spool is not None
        failure = self._spool.failure
        return InputError(
            f"cannot keep a copy of what is unpacked or read from a pipe: {failure.strerror or failure if failure else ''}",
            next_step="Unpack the capture to a file and give that, or set TMPDIR to a folder with more room",
        )
