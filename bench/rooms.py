#!/usr/bin/env python3
"""MB/s and peak memory of each room, in one process on one core, over 200 MB of mixed traffic and 20,000 requests."""

from __future__ import annotations

import gc
import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent))

import traffic
from vuoto import disclosures, flows, intake, messages, payloads
from vuoto.facts.device import DeviceProfile
from vuoto.facts.messages import Message

T = TypeVar("T")


def main() -> None:
    """Print a Markdown table."""
    gc.set_threshold(2_000_000, 50, 50)  # as the command does
    print("### Room by room, one core\n\n| room | what it took in | seconds | MB/s | peak MB |\n|---|---|--:|--:|--:|")
    measure("mixed", made_mixed(200))
    measure("requests", made_requests(20_000))


def measure(title: str, data: bytes) -> None:
    """One row per room for one capture."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        size = len(data) / 1e6
        capture = intake.open_capture(file, title, spool=io.BytesIO)
        conversations = timed(f"intake and flows ({title})", size, "the capture", lambda: flows.assemble_flows(capture, 0))

        def read_all() -> list[Message]:
            return [m for c in conversations for m in messages.read_conversation(c)[1]]

        read = timed(f"messages ({title})", size, "the capture", read_all)
        said = sum(len(section.data) for message in read for section in message.sections) / 1e6
        opened = timed(f"payloads ({title})", said, "what was said", lambda: [payloads.unwrap(m) for m in read])
        search = disclosures.prepare_search(DeviceProfile())
        hosts = [message.host for message in read]

        def find_all() -> int:
            step = 512
            batches = ((opened[i : i + step], hosts[i : i + step]) for i in range(0, len(opened), step))
            return sum(len(disclosures.find_disclosures(some, search, hosts=names)) for some, names in batches)

        timed(f"disclosures ({title})", said, "what was said", find_all)


def timed(room: str, size: float, what: str, work: Callable[[], T]) -> T:
    """Do the work and print its row."""
    begin = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {room} | {size:,.0f} MB, {what} | {seconds:.2f} | {size / seconds:,.0f} | {peak:,.0f} |", flush=True)
    return result


def made_mixed(size_mb: int) -> bytes:
    """A mixed capture in memory."""
    out = io.BytesIO()
    traffic.mixed(out, size_mb * 1_000_000)
    return out.getvalue()


def made_requests(count: int) -> bytes:
    """A capture of requests in memory."""
    out = io.BytesIO()
    traffic.requests(out, count)
    return out.getvalue()


if __name__ == "__main__":
    main()
