#!/usr/bin/env python3
"""Reads DEX files with Vuoto, androguard and dexdump, compares the counts and the time.

    python bench/dex.py FILE...         DEX files, or APKs and JARs (their DEX files are read)

A peer that is not installed is left out and named. androguard: parse and cross references; dexdump: `-d`, its text thrown away.
Vuoto: the reader with strings, invokes and names ("read"), and all analyses of the package ("examine"). The best of three rounds.
androguard is no dependency; `--androguard PYTHON` names an interpreter that has it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from vuoto.firmware.code import Dex, examine, read_dexes

ROUNDS = 3
ANDROGUARD = """
import json, sys, time
from loguru import logger
logger.remove()
from androguard.core.analysis.analysis import Analysis
from androguard.core.dex import DEX
data = open(sys.argv[1], "rb").read()
begin = time.perf_counter()
dex = DEX(data)
analysis = Analysis(dex)
analysis.create_xref()
seconds = time.perf_counter() - begin
methods = list(dex.get_encoded_methods())
opcodes = [i.get_op_value() for m in methods if m.get_code() for i in m.get_instructions()]
invokes = sum(1 for o in opcodes if 0x6E <= o <= 0x72 or 0x74 <= o <= 0x78 or o in (0xFA, 0xFB))
print(json.dumps([seconds, [len(dex.get_strings()), len(methods), len(opcodes), invokes]]))
"""


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--androguard", metavar="PYTHON", help="an interpreter that has androguard")
    given = parser.parse_args()
    dexdump = shutil.which("dexdump")
    for name, there in (("androguard", given.androguard), ("dexdump", dexdump)):
        if not there:
            print(f"{name} is left out: not given or not installed", file=sys.stderr)
    print("| file | MB | read s | examine s | MB/s | androguard s | times | dexdump s | times | same counts |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory() as folder:
        for file in given.files:
            for number, (name, data) in enumerate(dex_files(file)):
                path = Path(folder) / f"{number}.dex"
                path.write_bytes(data)
                print(row(name, data, path, given.androguard, dexdump), flush=True)


def dex_files(file: Path) -> list[tuple[str, bytes]]:
    """The DEX files of a package, or the file itself."""
    data = file.read_bytes()
    if data[:4] == b"dex\n":
        return [(file.name, data)]
    with zipfile.ZipFile(file) as package:
        return [(f"{file.name}!{name}", package.read(name)) for name in package.namelist() if name.endswith(".dex")]


def row(name: str, data: bytes, path: Path, androguard: str | None, dexdump: str | None) -> str:
    """One line of the table."""
    read = best(lambda: [dex.names() for dex in (Counts(dex) for dex in read_dexes(data))])
    whole = best(lambda: examine(read_dexes(data)))
    ours = [sum(column) for column in zip(*(Counts(dex).counts() for dex in read_dexes(data)), strict=True)]
    cells = [name, f"{len(data) / 1e6:.2f}", f"{read:.4f}", f"{whole:.4f}", f"{len(data) / 1e6 / whole:.0f}"]
    same = "-"
    if androguard:
        done = subprocess.run([androguard, "-c", ANDROGUARD, str(path)], capture_output=True, text=True, check=False)
        if done.returncode:
            cells += ["failed", "-"]
        else:
            seconds, theirs = json.loads(done.stdout)
            cells += [f"{seconds:.2f}", f"{seconds / read:.0f}"]
            same = "yes" if theirs == ours else f"{ours} against {theirs}"
    else:
        cells += ["-", "-"]
    if dexdump:
        seconds = best(lambda: subprocess.run([dexdump, "-d", str(path)], stdout=subprocess.DEVNULL, check=False))
        cells += [f"{seconds:.3f}", f"{seconds / read:.1f}"]
    else:
        cells += ["-", "-"]
    return "| " + " | ".join([*cells, same]) + " |"


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest round."""
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


class Counts:
    """What is compared: strings, methods, instructions and invokes, a shared body counted for each of its methods."""

    def __init__(self, dex: Dex) -> None:
        self.dex = dex

    def names(self) -> object:
        """What a reader needs that androguard and dexdump give as well."""
        dex = self.dex
        return dex.string_uses, dex.invokes, dex.types, dex.protos, dex.method_body

    def counts(self) -> list[int]:
        """The four numbers."""
        dex = self.dex
        bodies = dex.method_body[dex.method_body >= 0]
        invokes = np.bincount(dex.body_of(dex.invokes[0]), minlength=len(dex.code.body_offset))
        instructions = np.diff(dex.code.first)
        return [len(dex.strings), len(dex.classes.method), int(instructions[bodies].sum()), int(invokes[bodies].sum())]


if __name__ == "__main__":
    main()
