#!/usr/bin/env python3
"""Counts which leaks of DroidBench are found by the value, which are missed, and which clean apps are flagged.

    python bench/data_flow.py FOLDER [--missed]

FOLDER is a copy of DroidBench (secure-software-engineering/DroidBench), which is not part of this repository: `apk/` and
`eclipse-project/`. The truth is what its authors wrote into the sources (`@number_of_leaks`). Two counts are made: of the apps
that send by SMS or HTTP, and of all, with Android's log as one more way to send, as the authors have it. An app counts where its
source reads an identifier or a place and has such a send. Two categories are left out: implicit flows, which no value takes, and
apps that leak together with another app. Run from the repository; results go to standard output.
"""

from __future__ import annotations

import argparse
import re
import zipfile
from collections import Counter
from pathlib import Path

from vuoto.facts.code import CodeSend
from vuoto.firmware.code import read_dexes
from vuoto.firmware.code.paths import find_paths
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.reads import find_reads
from vuoto.firmware.code.sends import find_sends

READS = re.compile(r"getDeviceId|getSubscriberId|getSimSerialNumber|getLatitude|getLongitude|getLine1Number")
SENDS = re.compile(r"sendTextMessage|openConnection")
LOGS = re.compile(r"\bLog\.[dvwie]\(")
LEAKS = re.compile(r"@number_of_leaks\s+(\d+)")
NOT_BY_VALUE = ("ImplicitFlows", "InterAppCommunication")
CODE = re.compile(r"classes\d*\.dex")


def source_of(folder: Path) -> str:
    """All sources of an app, without lines that are comments."""
    files = [path for path in sorted(folder.rglob("*.java")) if "gen" not in path.parts]
    return "\n".join(re.sub(r"(?m)^\s*//.*$", "", path.read_text(errors="replace")) for path in files)


def ways(apk: Path, *, log: bool) -> int:
    """How many ways are found by the value."""
    with zipfile.ZipFile(apk) as archive:
        names = sorted(name for name in archive.namelist() if CODE.fullmatch(name))
        program = Program([dex for name in names for dex in read_dexes(archive.read(name))])
    sends = find_sends(program)
    if log:
        for hit in program.find_calls([("Landroid/util/Log;", tuple("dvwie"))]):
            api = program.dexes[hit.dex].method(hit.reference)
            sends.append((CodeSend(channel="log", api=api, place=program.place(hit.dex, hit.row)), hit.dex, hit.row))
    paths, _ = find_paths(program, find_reads(program), sorted(sends))
    return sum(path.strength == "value" for path in paths)


def main() -> None:
    """Runs both counts and prints a table of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--missed", action="store_true", help="name the apps that are missed or wrongly flagged")
    options = parser.parse_args()
    for log in (False, True):
        counts: dict[str, Counter[str]] = {}
        wrong = []
        for apk in sorted((options.folder / "apk").rglob("*.apk")):
            category = apk.parent.name
            source = source_of(options.folder / "eclipse-project" / category / apk.stem)
            sends = SENDS.search(source) or (log and LOGS.search(source))
            if category in NOT_BY_VALUE or not sends or not READS.search(source):
                continue
            leaks, found = sum(map(int, LEAKS.findall(source))), ways(apk, log=log)
            what = ("found" if found else "missed") if leaks else ("flagged" if found else "clean")
            counts.setdefault(category, Counter())[what] += 1
            if what in ("missed", "flagged"):
                wrong.append(f"{what}: {category}/{apk.stem}")
        print(f"## {'SMS, HTTP and the log' if log else 'SMS and HTTP'}\n")
        print("| category | leaks found | leaks missed | clean, flagged | clean, not flagged |\n|---|--:|--:|--:|--:|")
        counts["all"] = sum(counts.values(), Counter())
        for category, count in counts.items():
            print(f"| {category} | {count['found']} | {count['missed']} | {count['flagged']} | {count['clean']} |")
        print("\n" + "\n".join(wrong if options.missed else []))


if __name__ == "__main__":
    main()
