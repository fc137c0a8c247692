"""Code that stands in a file of its own: DEX, VDEX, OAT and ODEX, native programs and libraries."""

from __future__ import annotations

import hashlib
from typing import Final

from vuoto.facts.packages import DexFile, Package
from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob
from vuoto.firmware.layouts.embedded_dex import is_oat, read_oat
from vuoto.firmware.layouts.vdex import is_vdex, read_vdex
from vuoto.firmware.packages.native_libraries import MAX_LIBRARY, is_elf, read_native_library

KINDS: Final = (".dex", ".vdex", ".odex", ".oat")
"""Endings of files that hold DEX."""

MAX_CODE: Final = 512 << 20
"""Bytes of one such file. The boot image's OAT of Android 7 has some 100 MB."""


def code_in(data: bytes, path: str) -> tuple[tuple[DexFile, ...], list[Problem]]:
    """The DEX files in `data`, called `PATH!classes.dex`, `PATH!classes2.dex` …, and what could not be read. Never raises."""
    if data.startswith(b"dex\n"):
        return (DexFile(path=path, data=data),), []
    if is_vdex(data):
        vdex = read_vdex(data)
        dexes, told = vdex.dexes, vdex.problems
    elif is_oat(data):
        oat = read_oat(data)
        dexes, told = oat.dexes, oat.problems
    else:
        return (), [Problem(where=path, what="is named as code, and is no DEX, VDEX, OAT or ODEX file")]
    names = (f"{path}!classes{number or ''}.dex" for number in (0, *range(2, len(dexes) + 1)))
    return tuple(DexFile(path=n, data=d) for n, d in zip(names, dexes, strict=False)), [
        Problem(where=path, what=what) for what in told
    ]


def read_code_file(blob: Blob, path: str) -> Package | None:
    """A file of code as a package of its own: of the kind `dex`, `vdex`, `oat` or `native`.

    `None` for what holds no DEX, and for a native file that names no host and no source of identifiers. Never raises.
    """
    if is_elf(blob.read_at(0, 4)) and not path.lower().endswith(KINDS):
        return _native(blob, path)
    if blob.size > MAX_CODE:
        problem = Problem(where=path, what=f"{blob.size:,} bytes of compiled code are more than are read")
        return Package(path=path, kind="dex", size=blob.size, sha256="", problems=(problem,))
    data = blob.read_at(0, blob.size)
    if not path.lower().endswith(KINDS) and not data.startswith((b"dex\n", b"vdex", b"dey\n")):
        return None
    dex, problems = code_in(data, path)
    if not dex and not problems:
        return None
    kind = "dex" if data.startswith(b"dex\n") else "vdex" if is_vdex(data) else "oat"
    return Package(
        path=path,
        kind=kind,
        size=blob.size,
        sha256=hashlib.sha256(data).hexdigest(),
        dex=dex,
        problems=tuple(problems),
    )


def _native(blob: Blob, path: str) -> Package | None:
    if blob.size > MAX_LIBRARY:
        return None
    data = blob.read_at(0, blob.size)
    library, problems = read_native_library(data, path)
    if library is None or not library.strings:
        return None
    return Package(
        path=path,
        kind="native",
        size=blob.size,
        sha256=hashlib.sha256(data).hexdigest(),
        name=library.soname,
        has_code=False,
        native_libraries=(library,),
        problems=problems,
    )
