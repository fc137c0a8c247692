"""Shards in processes of their own: whoever of them is killed, nobody waits for ever."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pickle import PicklingError

import pytest

from vuoto import shards
from vuoto.shards import KilledError, Tickets, in_shards

BOUND = 60
"""Seconds after which a test fails that should have ended long before."""


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """A test that hangs is a failure that says where, and no run that hangs."""

    def too_long(_number: int, _frame: object) -> None:
        raise TimeoutError("somebody waits for ever")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(BOUND)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_results_come_in_the_order_of_the_shards(parts: int) -> None:
    assert in_shards(lambda part, of: (part, of), parts) == [(part, parts) for part in range(parts)]


def test_an_error_of_a_shard_is_raised_here() -> None:
    def work(part: int, _of: int) -> int:
        if part == 2:
            raise KeyError("who")
        return part

    with pytest.raises(KeyError, match="who"):
        in_shards(work, 3)


def test_what_does_not_pickle_is_an_error() -> None:
    with pytest.raises((AttributeError, PicklingError), match="pickle"):
        in_shards(lambda part, _of: (lambda: part) if part else None, 2)


@pytest.mark.parametrize("count", [0, 1, 7, 8192, 8193, 30_000])
def test_each_ticket_is_given_once(count: int) -> None:
    tickets = Tickets(count)
    taken = in_shards(lambda _part, _of: list(tickets), 3)
    tickets.close()
    assert sorted(number for share in taken for number in share) == list(range(count))


def test_a_small_pipe_gives_all_tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    def full_after_three(number: int, data: bytes) -> int:
        if len(written) == 3:
            raise BlockingIOError
        written.append(data)
        return write(number, data)

    write = os.write
    monkeypatch.setattr(os, "write", full_after_three)
    tickets = Tickets(10)
    monkeypatch.undo()
    assert sorted(tickets) == list(range(10))
    tickets.close()


def test_a_shard_that_is_killed_with_a_ticket_holds_nobody_up() -> None:
    tickets = Tickets(2_000)
    seen = memoryview(mmap.mmap(-1, 16)).cast("q")

    def work(part: int, _of: int) -> int:
        taken = 0
        for _ in tickets:
            taken += 1
            seen[part] = taken
            if part == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            while not seen[1]:  # the other one has none yet
                time.sleep(0.001)
        return taken

    with pytest.raises(KilledError, match="signal 9"):
        in_shards(work, 2)
    tickets.close()
    assert seen.tolist() == [1_999, 1]


def test_a_shard_that_is_killed_in_the_midst_of_its_answer_is_told() -> None:
    number = memoryview(mmap.mmap(-1, 8)).cast("q")

    def work(part: int, _of: int) -> bytes:
        if part == 1:
            number[0] = os.getpid()
            # More than a pipe holds: it waits for this process to read, and is killed there.
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGKILL)).start()
            return bytes(10_000_000)
        while not number[0]:
            time.sleep(0.001)
        os.waitid(os.P_PID, number[0], os.WEXITED | os.WNOWAIT)
        return b""

    with pytest.raises(KilledError, match="signal 9"):
        in_shards(work, 2)


def test_shards_that_do_not_end_when_asked_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "PATIENCE", 0.2)
    deaf = memoryview(mmap.mmap(-1, 8)).cast("q")

    def work(part: int, _of: int) -> None:
        if part == 1:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            deaf[0] = 1
            time.sleep(10 * BOUND)
        while not deaf[0]:
            time.sleep(0.001)
        raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        in_shards(work, 2)


PARENT = """
import os, time
from vuoto.shards import in_shards
def work(part, of):
    os.write(1, b"%d\\n" % part)
    time.sleep(600)
in_shards(work, 4)
"""


def test_shards_end_when_their_parent_is_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    assert process.stdout is not None
    begun = sorted(process.stdout.readline() for _ in range(4))
    process.kill()
    # The pipe ends when the last of those who hold it has ended.
    rest, _ = process.communicate(timeout=BOUND)
    assert begun == [b"0\n", b"1\n", b"2\n", b"3\n"]
    assert rest == b""
    assert process.returncode == -signal.SIGKILL
