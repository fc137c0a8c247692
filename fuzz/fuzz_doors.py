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
from collections.abc import Iterator
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
    for n, data in enumerate((*seeds_from(seeds), *made_for(door))):
        (corpus / f"seed-{n}").write_bytes(data)
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST_SECONDS}", f"-rss_limit_mb={MEMORY_MB}", "-print_final_stats=1"]
    atheris.Setup([door, str(corpus), f"-artifact_prefix={folder}/", *limits], function)
    atheris.Fuzz()


def seeds_from(pattern: str) -> Iterator[bytes]:
    """The inputs of the cases; those in hexadecimal as the bytes they stand for."""
    sys.path.insert(0, str(ROOT / "tests"))
    from firmware.images.test_cases import given

    for path in sorted(ROOT.glob(pattern)):
        yield given(path.parent) if path.name == "input.hex" else path.read_bytes()


def made_for(door: str) -> Iterator[bytes]:
    """What the makers of the tests make of formats that have no case folder, or larger ones."""
    sys.path.insert(0, str(ROOT / "tests"))
    from firmware.images import block_otas, makers, test_hostile, vdexes
    from firmware.images.layouts.test_vdex import VERSIONS, files
    from firmware.packages import builders
    from firmware.packages.test_gathering import PROGRAM, apk

    if door == "firmware_image":
        yield from (make() for make in test_hostile.MADE.values())
    elif door == "vdex":
        yield from (vdexes.vdex(version, files()) for version in VERSIONS)
        yield vdexes.compact_vdex(files())
    elif door == "package":
        yield apk(*files())
        yield builders.make_zip([builders.Put("apex_manifest.pb", b"\x0a\x01a", deflate=True)])
    elif door == "native":
        yield PROGRAM
    elif door == "dex":
        yield from files()
    elif door == "transfer_list":
        yield from (block_otas.full(makers.RANDOM[:40_960], version=version)[0] for version in (1, 4))
    elif door == "patch":
        yield b"\1" + makers.bsdiff(b"a" * 20, b"b" * 16)
        yield b"\1" + makers.bsdiff(b"a" * 20, b"b" * 16, b"BSDF2\2\0\1")


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
