"""Hashing and spooling beside the parsing: jobs done in order on one thread.

Hashing runs at some 2 GB/s and releases the GIL, so on two cores it costs a reader nothing but the wait for a buffer's turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

INLINE_BYTES: Final = 4 << 20
"""Up to here a job is done at once: a thread costs more (its import alone 5 ms) than hashing 4 MiB does."""

MAX_PENDING: Final = 8
"""Jobs that may wait. Each holds its bytes, so this bounds memory where a compressed input yields little for much."""

Job = Callable[[memoryview], object]


class Background:
    """Runs jobs on bytes, in order. Jobs must not raise. `finish` must be called; a fork is safe after it."""

    __slots__ = ("_executor", "_pending")

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._pending: deque[Future[object]] = deque()

    def submit(self, job: Job, data: memoryview) -> Future[object] | None:
        """Does `job(data)` now or soon. `data` must not change until `wait` was called with what this returns."""
        if self._executor is None:
            if len(data) <= INLINE_BYTES:
                job(data)
                return None
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(1, "vuoto-intake")
        while len(self._pending) >= MAX_PENDING:
            self._pending.popleft().result()
        future = self._executor.submit(job, data)
        self._pending.append(future)
        return future

    @staticmethod
    def wait(future: Future[object] | None) -> None:
        """Returns when that job, and so every one before it, is done."""
        if future is not None:
            future.result()

    def finish(self) -> None:
        """Waits for all jobs and ends the thread. May be called more than once."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
            self._pending.clear()
