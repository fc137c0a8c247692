"""Which files of a build make a package, and reading one with all that belongs to it.

Since Android 5 the DEX of a package may stand beside it instead of in it: in `oat/ISA/NAME.vdex` or `NAME.odex`, and for the boot
class path in `boot-NAME.vdex` or `boot-NAME.oat` (AOSP build/core/dex_preopt_odex_install.mk). Splits stand beside `base.apk`
(AOSP, ApkLite). A native program or library is a package of its own where it names hosts or sources of identifiers; so is code
that belongs to no package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from vuoto.facts.packages import Package
from vuoto.facts.problems import Problem
from vuoto.firmware.content import Entry
from vuoto.firmware.packages.code_files import KINDS, MAX_CODE, code_in, read_code_file
from vuoto.firmware.packages.lone_files import read_lone_file
from vuoto.firmware.packages.package import read_package
from vuoto.firmware.packages.signing import MAX_BLOCK_FILE, read_v4_signer
from vuoto.firmware.packages.splits import with_split

MAX_PACKAGE: Final = 2 << 30
"""Bytes of a package that is read; the largest of a build have some hundred megabytes."""

MAX_SPLITS: Final = 300
"""Splits of one app; apps with a split for each language and screen have some hundred."""

PACKAGE_NAMES: Final = (".apk", ".jar", ".apex", ".capex")
"""Endings of files that are packages."""

_BASES: Final = ("base.apk", "base-master.apk")
_SPLITS: Final = ("split_", "config.", "base-")
_NATIVE_FOLDERS: Final = frozenset(("bin", "sbin", "xbin"))
_BOOT: Final = "boot-"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFiles:
    """A package's file and the files that belong to it."""

    entry: Entry
    """The package: an APK, JAR or APEX, or a DEX, VDEX, ODEX or ELF file by itself."""

    code: tuple[Entry, ...] = ()
    """VDEX, ODEX and OAT files that may hold its DEX, the likeliest first; looked at where the package has none."""

    splits: tuple[Entry, ...] = ()
    """Its splits, by path."""

    signature: Entry | None = None
    """Its `.idsig`, or `None`."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them: what the package's facts come from."""
        return (self.entry, *self.code, *self.splits, *((self.signature,) if self.signature else ()))

    @property
    def size(self) -> int:
        """Bytes of all of them together."""
        return sum(entry.size for entry in self.entries)


def is_package(path: str) -> bool:
    """Whether a file is a package by its name, or code that may be one by itself, or belong to one."""
    return path.lower().endswith((*PACKAGE_NAMES, *KINDS, ".idsig")) or _is_native(path)


def gather(entries: Iterable[Entry], hidden: Iterable[Entry] = ()) -> list[PackageFiles]:
    """The packages among the files of a build, by path.

    Files for which `is_package` is false are passed over; `hidden` are those of them for which `hides_code` is true.
    """
    files = {e.path: e for e in sorted(entries, key=lambda e: e.path) if e.kind == "file" and is_package(e.path)}
    code: dict[tuple[str, str], list[Entry]] = {}
    for path, entry in files.items():
        if path.lower().endswith(KINDS) and not path.endswith(".dex"):
            code.setdefault(_owner(path), []).append(entry)
    splits = _splits(files)
    inside = {split.path for found in splits.values() for split in found}
    used: set[str] = set()
    result: list[PackageFiles] = []
    for path, entry in files.items():
        if not path.lower().endswith(PACKAGE_NAMES) or path in inside:
            continue
        folder, _, base = path.rpartition("/")
        beside = code.get((folder, base.rpartition(".")[0]), [])
        used.update(e.path for e in beside)
        # A VDEX before an OAT, 64 bits before 32; the code is the same for each instruction set.
        ranked = sorted(beside, key=lambda e: (not e.path.endswith(".vdex"), "64" not in e.path.rpartition("/")[0], e.path))
        signature = files.get(f"{path}.idsig")
        result.append(PackageFiles(entry=entry, code=tuple(ranked), splits=splits.get(path, ()), signature=signature))
    for path, entry in files.items():
        if path not in used and (path.lower().endswith(KINDS) or _is_native(path)):
            result.append(PackageFiles(entry=entry))
    result += [PackageFiles(entry=entry) for entry in hidden]
    return sorted(result, key=lambda f: f.entry.path)


def read_files(files: PackageFiles) -> Package | None:
    """The package; `None` for a native file that names nothing, and for code beside no package that holds no DEX.

    Never raises on any bytes. What the package's code is taken from, where not from itself, stands in the paths of its DEX files.
    """
    entry = files.entry
    if entry.size > MAX_PACKAGE:
        too_large = Problem(where=entry.path, what=f"a package of {entry.size:,} bytes is larger than any that is read")
        return Package(path=entry.path, kind="zip", size=entry.size, sha256="", problems=(too_large,))
    if not is_package(entry.path):
        return read_lone_file(entry)
    if not entry.path.lower().endswith(PACKAGE_NAMES):
        return read_code_file(entry.open(), entry.path)
    package = read_package(entry.open(), entry.path)
    if not package.dex:
        package = _with_code(package, files.code)
    for split in files.splits:
        package = with_split(package, read_package(split.open(), split.path), split.path)
    if files.signature is not None and files.signature.size:
        signer = read_v4_signer(files.signature.open().read_at(0, MAX_BLOCK_FILE))
        if signer is not None:
            package = _changed(package, signers=(*package.signers, signer))
    return package


def _with_code(package: Package, code: tuple[Entry, ...]) -> Package:
    """The package with the DEX of the first of the files that holds any."""
    problems: list[Problem] = []
    for entry in code:
        if entry.size > MAX_CODE:
            problems.append(Problem(where=entry.path, what=f"{entry.size:,} bytes of compiled code are more than are read"))
            continue
        dex, told = code_in(entry.open().read_at(0, entry.size), entry.path)
        problems += told
        if dex:
            return _changed(package, dex=dex, problems=(*package.problems, *problems))
    return _changed(package, problems=(*package.problems, *problems)) if problems else package


def _changed(package: Package, **fields: object) -> Package:
    return replace(package, **fields)  # type: ignore[arg-type] # the callers above give fields of Package


def _owner(path: str) -> tuple[str, str]:
    """The folder and name of the package that compiled code belongs to."""
    folder, _, base = path.rpartition("/")
    stem = base.rpartition(".")[0]
    outer, _, isa = folder.rpartition("/")
    if outer.rpartition("/")[2] == "oat":
        return outer.rpartition("/")[0], stem
    if stem == "boot" or stem.startswith(_BOOT):
        # `framework/boot-ext.vdex`, or `framework/arm64/boot-ext.oat` for one instruction set; `boot` itself is core-oj.
        name = stem.removeprefix(_BOOT) if stem != "boot" else "core-oj"
        return (outer if isa in {"arm", "arm64", "x86", "x86_64", "mips", "mips64", "riscv64"} else folder), name
    return folder, stem


def _splits(files: dict[str, Entry]) -> dict[str, tuple[Entry, ...]]:
    """The splits of each base, by the base's path: those beside `base.apk`, or beside the one app of a folder or a set."""
    folders: dict[str, list[str]] = {}
    for path in files:
        if path.endswith(".apk"):
            folders.setdefault(path.rpartition("/")[0], []).append(path)
    found: dict[str, tuple[Entry, ...]] = {}
    for paths in folders.values():
        names = {path: path.rpartition("/")[2] for path in paths}
        bases = [path for path in paths if names[path] in _BASES]
        if not bases:
            bases = [path for path in paths if not names[path].startswith(_SPLITS)]
        if len(bases) == 1:
            found[bases[0]] = tuple(files[p] for p in paths if p != bases[0] and names[p].startswith(_SPLITS))[:MAX_SPLITS]
    return found


def _is_native(path: str) -> bool:
    folder, _, base = path.rpartition("/")
    return base.endswith(".so") or ("." not in base and folder.rpartition("/")[2] in _NATIVE_FOLDERS)
