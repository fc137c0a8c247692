#!/usr/bin/env python3
"""Measures Vuoto beside other tools in one run, as whole processes from a cold interpreter, and writes bench/RESULTS.md.

    python bench/run.py                 all of it: makes the captures in a temporary folder (needs 6 GB there)
    python bench/run.py --small         a tenth of the size, for a quick look

Every figure is the median of the rounds; the tools take turns within a round, so a change of the machine's speed meets them all.
A peer that is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
VUOTO = [str(Path(sys.executable).parent / "vuoto"), "audit"]


@dataclass
class Run:
    """A command and what it cost, a figure per round."""

    name: str
    command: list[str]
    wall: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)

    def once(self, folder: Path) -> None:
        """Run it to its end; its output is thrown away."""
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        # Byte code is kept from run to run, as it is where a program was installed, but not in the source tree.
        environment["PYTHONPYCACHEPREFIX"] = str(folder.parent / "bytecode")
        begin = time.perf_counter()
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            process = subprocess.Popen(self.command, stdout=out, stderr=err, cwd=folder, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{self.name} failed: {(folder / 'err').read_text()[-2000:]}")
        self.wall.append(time.perf_counter() - begin)
        self.peak_mb.append(usage.ru_maxrss / 1024)


def peers(capture: Path, *, requests: bool) -> list[Run]:
    """The commands that read `capture`, those that are installed."""
    out = [*VUOTO, str(capture), "--format", "json"]
    fields = ["-T", "fields", "-e", "http.host", "-e", "http.request.uri", "-e", "http.file_data"]
    runs = [
        Run("vuoto", [*out, "--out", "vuoto-out"] if not requests else out),
        Run("tshark, fields of HTTP requests", ["tshark", "-n", "-r", str(capture), "-Y", "http.request", *fields]),
        Run("dpkt, reassembly and one regex", [sys.executable, str(HERE / "dpkt_peer.py"), str(capture)]),
        Run("tcpflow", ["tcpflow", "-r", str(capture), "-o", "tcpflow-out"]),
        Run("ndpiReader", ["ndpiReader", "-q", "-i", str(capture)]),
    ]
    return [run for run in runs if shutil.which(run.command[0])]


def measure(runs: list[Run], rounds: int, folder: Path) -> None:
    """Each command in turn, round by round; the first round warms caches and is not counted."""
    for round_ in range(rounds + 1):
        for run in runs:
            inside = folder / "run"
            inside.mkdir()
            run.once(inside)
            shutil.rmtree(inside)
            if round_ == 0:
                run.wall.clear()
                run.peak_mb.clear()


def table(title: str, runs: list[Run], size_mb: float, count: int = 0) -> str:
    """A Markdown table with ratios to the first row."""
    rows = [
        f"### {title}",
        "",
        "| tool | seconds | MB/s |" + (" per second |" if count else "") + " peak MB | times Vuoto's time |",
    ]
    rows.append("|---|--:|--:|" + ("--:|" if count else "") + "--:|--:|")
    base = statistics.median(runs[0].wall)
    for run in runs:
        wall = statistics.median(run.wall)
        per = f" {count / wall:,.0f} |" if count else ""
        peak = f"{statistics.median(run.peak_mb):,.0f}"
        rows.append(f"| {run.name} | {wall:.2f} | {size_mb / wall:,.0f} |{per} {peak} | {wall / base:.1f} |")
    return "\n".join(rows) + "\n"


def make(folder: Path, name: str, *arguments: str) -> Path:
    """A capture of bench/traffic.py."""
    path = folder / name
    subprocess.run([sys.executable, str(HERE / "traffic.py"), *arguments[:1], str(path), *arguments[1:]], check=True)
    return path


def needles(folder: Path, count: int) -> Path:
    """A device profile with `count` values."""
    path = folder / f"device-{count}.json"
    values = ",".join(f'"{n * 7_919_113 % 10**15:015d}"' for n in range(1, count + 1))
    path.write_text(f'{{"custom:badge": [{values}]}}')
    return path


def measured_elsewhere(results: Path) -> str:
    """What `firmware_index.py` has written into the file of results, which is not measured here and stays."""
    whole = results.read_text() if results.exists() else ""
    at = whole.find("<!-- firmware: begin -->")
    return whole[at:] if at >= 0 else ""


def main() -> None:
    """Make, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    share = 10 if arguments.small else 1
    parts = [f"# Measured\n\nPython {platform.python_version()}, {os.cpu_count()} cores, {arguments.rounds} rounds, medians.\n"]
    with tempfile.TemporaryDirectory(prefix="vuoto-bench-") as name:
        folder = Path(name)
        large = make(folder, "mixed.pcap", "mixed", "--size", str(1000 // share))
        runs = peers(large, requests=False)
        measure(runs, arguments.rounds, folder)
        size = large.stat().st_size / 1e6
        parts.append(table(f"Mixed traffic, {size:,.0f} MB, report included", runs, size))

        few, many = needles(folder, 50), needles(folder, 5_000)
        flat = [
            Run(f"vuoto, {n:,} known values", [*VUOTO, str(large), "--format", "json", "--device", str(path)])
            for n, path in ((50, few), (5_000, many))
        ]
        measure(flat, arguments.rounds, folder)
        parts.append(table("Known values", flat, size))
        large.unlink()

        count = 100_000 // share
        posts = make(folder, "requests.pcap", "requests", "--count", str(count))
        runs = peers(posts, requests=True)
        measure(runs, arguments.rounds, folder)
        parts.append(table(f"{count:,} HTTP requests with JSON bodies", runs, posts.stat().st_size / 1e6, count))
        posts.unlink()

        small = make(folder, "small.pcap", "mixed", "--size", "5")
        runs = peers(small, requests=False)[:2]
        measure(runs, arguments.rounds * 3, folder)
        parts.append(table("5 MB, from a cold interpreter", runs, 5))

        huge = make(folder, "huge.pcap", "mixed", "--size", str(4000 // share))
        runs = peers(huge, requests=False)[:1]
        measure(runs, 1, folder)
        parts.append(table("Mixed traffic, four times as long", runs, huge.stat().st_size / 1e6))
    rooms = subprocess.run([sys.executable, str(HERE / "rooms.py")], check=True, capture_output=True, text=True).stdout
    text = "\n".join([*parts, rooms])
    print(text)
    if not arguments.small:
        results = HERE / "RESULTS.md"
        results.write_text(text.rstrip() + "\n\n" + measured_elsewhere(results))


if __name__ == "__main__":
    main()
