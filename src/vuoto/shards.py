"""Runs one function over the shards of a piece of work, each in a process of its own where that pays.

Processes are forked, not spawned: what was read before (columns, needles, tables) is there without a copy. The first shard runs
in this process. Results come back in the order of the shards, so that nothing depends on which process was faster.

Whoever of them is killed, the others end: a shard that is killed ends the work with `KilledError`, and where this process is
killed its shards go as well. Nothing that they share is locked, so nobody can be killed while he holds a lock.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

R = TypeVar("R")

PATIENCE: Final = 5.0
"""Seconds in which a process that was asked to end may do so before it is killed."""

_TICKET: Final = 4
"""Bytes of the number of a piece of work."""

_MOST_TICKETS: Final = 8_192
"""Tickets at once: they fit into a pipe of Linux (64 KB); of more pieces each ticket stands for several."""


class KilledError(Exception):
    """A process of ours was ended from outside, as the system does where memory runs out."""

    def __init__(self, signal: int) -> None:
        super().__init__(f"a process of ours was ended from outside (signal {signal}), as where memory runs out")


class Tickets:
    """The numbers from 0 to `count`, each for whoever asks first, among all processes that are forked from this one.

    They wait in a pipe: the system gives each to one reader, and one that is killed takes with it no more than what it had.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._from, to = os.pipe()
        os.set_blocking(to, False)
        written = 0
        # A pipe may be smaller than usual, where a user has many: then fewer tickets stand for more each.
        with suppress(BlockingIOError):
            while written < min(count, _MOST_TICKETS):
                os.write(to, written.to_bytes(_TICKET, "little"))
                written += 1
        os.close(to)
        self._step = written

    def __iter__(self) -> Iterator[int]:
        """The numbers that fall to this process."""
        while ticket := os.read(self._from, _TICKET):
            yield from range(int.from_bytes(ticket, "little"), self._count, self._step)

    def close(self) -> None:
        """Gives up the pipe; nobody may ask any more."""
        os.close(self._from)


def in_shards(work: Callable[[int, int], R], parts: int) -> list[R]:
    """`[work(0, parts), work(1, parts), …]`. What `work` returns must pickle. An exception of a shard is raised here."""
    if parts <= 1:
        return [work(part, parts) for part in range(parts)]
    import multiprocessing

    if "fork" not in multiprocessing.get_all_start_methods():
        return [work(part, parts) for part in range(parts)]
    context = multiprocessing.get_context("fork")
    children: list[tuple[ForkProcess, Connection]] = []
    results: list[R] = []
    # Nothing is ever written to it: a shard that reads its end learns that this process is gone.
    watched, held = os.pipe()
    try:
        for part in range(1, parts):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_report, args=(work, part, parts, theirs, watched, held))
            with warnings.catch_warnings():
                # Python 3.12 warns of forking beside threads; the only other thread (hashing) has been joined by now.
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            theirs.close()
            children.append((process, ours))
        results.append(work(0, parts))
        for process, ours in children:
            results.append(_result(process, ours))
    finally:
        os.close(watched)
        os.close(held)
        for process, ours in children:
            if len(results) < parts:
                process.terminate()
                process.join(PATIENCE)
                process.kill()
            process.join()
            ours.close()
    return results


def _result(process: ForkProcess, ours: Connection) -> Any:  # noqa: ANN401 - what the function returned there
    try:
        outcome = ours.recv()
    except (EOFError, OSError):  # it ended before it said anything, or in the midst of it
        process.join()
        if (process.exitcode or 0) < 0:
            raise KilledError(-(process.exitcode or 0)) from None
        raise RuntimeError(f"a worker process ended with code {process.exitcode}") from None
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _report(work: Callable[[int, int], R], part: int, parts: int, to: Connection, watched: int, held: int) -> None:
    os.close(held)
    threading.Thread(target=_end_with, args=(watched,), daemon=True).start()
    try:
        outcome: R | BaseException = work(part, parts)
    except BaseException as error:  # noqa: BLE001 - raised again in the parent
        outcome = error
    try:
        to.send(outcome)
    except OSError:
        os._exit(1)  # nobody is there to be told
    except BaseException as error:  # noqa: BLE001 - likewise: what does not pickle
        to.send(error)
    finally:
        to.close()


def _end_with(watched: int) -> None:
    """Ends this process when the one that holds the other end of the pipe has ended."""
    with suppress(OSError):
        os.read(watched, 1)
    os._exit(1)
