#!/usr/bin/env python3
"""Fuzzes every door, coverage-guided, each for some seconds in a process of its own. Ends with 1 where a door broke.

    python fuzz/fuzz_doors.py --seconds 60              all doors
    python fuzz/fuzz_doors.py --seconds 60 --door body  one door

A crashing input is left in `out/fuzz/DOOR/`; run it again with `python fuzz/fuzz_doors.py --door DOOR --replay FILE`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "fuzz"
SLOWEST_SECONDS = 20
"""An input that takes longer is reported as a hang."""
MEMORY_MB = 2_000


def fuzz_one(door: str, seconds: int) -> None:
    """Fuzz one door in this process; atheris ends the process."""
    import atheris

    with atheris.instrument_imports(include=["vuoto"]):
        from doors import DOORS

    function, seeds = DOORS[door]
    folder = OUT / door
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for n, path in enumerate(sorted(ROOT.glob(seeds))):
        (corpus / f"seed-{n}").write_bytes(path.read_bytes())
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST_SECONDS}", f"-rss_limit_mb={MEMORY_MB}", "-print_final_stats=1"]
    atheris.Setup([door, str(corpus), f"-artifact_prefix={folder}/", *limits], function)
    atheris.Fuzz()


def main() -> int:
    """Fuzz, or replay."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--door")
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    if arguments.replay:
        from doors import DOORS

        DOORS[arguments.door][0](arguments.replay.read_bytes())
        return 0
    if arguments.inside:
        fuzz_one(arguments.door, arguments.seconds)
        return 0
    from doors import DOORS

    names = [arguments.door] if arguments.door else list(DOORS)

    def run(door: str) -> tuple[str, int, str]:
        command = [sys.executable, __file__, "--inside", "--door", door, "--seconds", str(arguments.seconds)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        return door, done.returncode, done.stderr[-4000:]

    broken = 0
    with ThreadPoolExecutor(max(1, len(os.sched_getaffinity(0)))) as pool:
        for door, code, said in pool.map(run, names):
            runs = next((line.split()[-1] for line in said.splitlines() if "number_of_executed_units" in line), "?")
            print(f"{door}: {'clean' if code == 0 else 'BROKEN'}, {runs} inputs", flush=True)
            if code:
                broken += 1
                print("\n".join(line for line in said.splitlines() if not line.startswith("#")))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
