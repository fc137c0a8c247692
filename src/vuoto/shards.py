"""Runs one function over the shards of a piece of work, each in a process of its own where that pays.

Processes are forked, not spawned: what was read before (columns, needles, tables) is there without a copy. The first shard runs
in this process. Results come back in the order of the shards, so that nothing depends on which process was faster.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

R = TypeVar("R")


class KilledError(Exception):
    """A process of ours was ended from outside, as the system does where memory runs out."""

    def __init__(self, signal: int) -> None:
        super().__init__(f"a process of ours was ended from outside (signal {signal}), as where memory runs out")


def in_shards(work: Callable[[int, int], R], parts: int) -> list[R]:
    """`[work(0, parts), work(1, parts), …]`. What `work` returns must pickle. An exception of a shard is raised here."""
    if parts <= 1:
        return [work(part, parts) for part in range(parts)]
    import multiprocessing

    if "fork" not in multiprocessing.get_all_start_methods():
        return [work(part, parts) for part in range(parts)]
    context = multiprocessing.get_context("fork")
    children = []
    for part in range(1, parts):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_report, args=(work, part, parts, theirs))
        with warnings.catch_warnings():
            # Python 3.12 warns of forking beside threads; the only other thread (hashing) has been joined by now.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        children.append((process, ours))
    results: list[R] = []
    try:
        results.append(work(0, parts))
        for process, ours in children:
            try:
                outcome = ours.recv()
            except EOFError:
                process.join()
                if (process.exitcode or 0) < 0:
                    raise KilledError(-(process.exitcode or 0)) from None
                raise RuntimeError(f"a worker process ended with code {process.exitcode}") from None
            if isinstance(outcome, BaseException):
                raise outcome
            results.append(outcome)
    finally:
        for process, ours in children:
            if len(results) < parts:
                process.terminate()
            process.join()
            ours.close()
    return results


def _report(work: Callable[[int, int], R], part: int, parts: int, to: Connection) -> None:
    try:
        to.send(work(part, parts))
    except BaseException as error:  # noqa: BLE001 - raised again in the parent
        to.send(error)
    finally:
        to.close()
