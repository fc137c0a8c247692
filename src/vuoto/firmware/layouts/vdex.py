"""VDEX files of Android 8 and later: the DEX files that stand in them, as they were before the compiler changed them.

Source: AOSP art, `runtime/vdex_file.h` of each version: 006 (8.0), 010 (8.1), 019 (9), 021 (10 and 11), 027 and later (12 and
later, a table of sections). Since Android 9 a VDEX has no DEX where the package has it. What was quickened is put back
(`quickened`), compact DEX is written as plain DEX (`compact_dex`). Not read: the verifier's dependencies, lookup tables.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from vuoto.firmware.layouts.compact_dex import BrokenCompactError, is_compact_dex, plain_dex
from vuoto.firmware.layouts.embedded_dex import dex_size, find_dexes
from vuoto.firmware.layouts.quickened import (
    BrokenQuickeningError,
    Finder,
    bodies_of,
    by_code_item,
    by_method,
    in_order,
    put_back,
)

MAX_DEXES: Final = 500
"""DEX files of one VDEX; the largest apps have some forty."""

_OLD: Final = frozenset({"006", "010"})
_MIDDLE: Final = frozenset({"019", "021"})
_FIRST_WITH_SECTIONS: Final = 27
_DEX_SECTION: Final = 1
_MAX_SECTIONS: Final = 64  # four are known


@dataclass(frozen=True, slots=True)
class VdexContents:
    """What a VDEX holds."""

    version: str
    """As written: `021`."""

    dexes: tuple[bytes, ...]
    """Plain DEX files, in the order of the package's."""

    problems: tuple[str, ...]
    """What was broken, or could not be put back."""


def is_vdex(head: bytes) -> bool:
    """Whether bytes begin a VDEX."""
    return head.startswith(b"vdex")


def read_vdex(data: bytes) -> VdexContents:
    """The DEX files in `data`, which `is_vdex`. Never raises."""
    version = data[4:7].decode("latin-1") if data[4:7].isdigit() else data[4:8].hex()
    problems: list[str] = []
    dexes: list[bytes] = []
    try:
        for place in _places(data, version):
            dex = _restored(data, place, checked=version in _OLD, problems=problems)
            if dex is not None:
                dexes.append(dex)
    except _UnknownVersionError:
        dexes = list(find_dexes(data))
        problems.append(f"has the version {version}, which is not known; what looks like DEX in it is read")
    except struct.error:
        problems.append("is cut off inside its tables")
    return VdexContents(version, tuple(dexes), tuple(dict.fromkeys(problems)))


class _UnknownVersionError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class _Place:
    at: int
    """Where the DEX begins."""

    finder: Callable[[], Finder] | None = None
    """What gives what was replaced in it; `None` where nothing was."""


def _places(data: bytes, version: str) -> Iterator[_Place]:
    """Where each DEX begins. Raises `_UnknownVersionError`."""
    if version in _OLD:
        return _old(data, version)
    if version in _MIDDLE:
        return _middle(data, version)
    if version.isdigit() and int(version) >= _FIRST_WITH_SECTIONS:
        return _with_sections(data)
    raise _UnknownVersionError


def _old(data: bytes, version: str) -> Iterator[_Place]:
    count, length, dependencies, quickening = struct.unpack_from("<4I", data, 8)
    at = 24 + 4 * count
    end = at + length
    info = data[end + dependencies : end + dependencies + quickening]
    one_run = in_order(info)
    for index in range(min(count, MAX_DEXES)):
        if at >= end:
            return
        finder = (lambda: one_run) if version == "006" else partial(by_code_item, info, index, count)
        yield _Place(at, finder if info else None)
        at += max(dex_size(data, at), 4)


def _middle(data: bytes, version: str) -> Iterator[_Place]:
    count, dependencies = struct.unpack_from("<2I", data, 12)
    section = (20 if version == "019" else 28) + 4 * count
    if data[8:11] == b"000":
        return
    length, shared, quickening = struct.unpack_from("<3I", data, section)
    at = section + 12
    end = at + length
    begin = end + shared + dependencies
    info = data[begin : begin + quickening]
    for _ in range(min(count, MAX_DEXES)):
        if at + 4 >= end:
            return
        (table,) = struct.unpack_from("<I", data, at)
        at += 4
        yield _Place(at, partial(by_method, info, table) if info else None)
        at = at + max(dex_size(data, at), 4) + 3 & ~3


def _with_sections(data: bytes) -> Iterator[_Place]:
    (sections,) = struct.unpack_from("<I", data, 8)
    for index in range(min(sections, _MAX_SECTIONS)):
        kind, at, length = struct.unpack_from("<3I", data, 12 + 12 * index)
        end = at + length
        for _ in range(MAX_DEXES if kind == _DEX_SECTION else 0):
            size = dex_size(data, at)
            if at >= end or not size:
                return
            yield _Place(at)
            at = at + size + 3 & ~3


def _restored(data: bytes, place: _Place, *, checked: bool, problems: list[str]) -> bytes | None:
    """The plain, unquickened DEX at `place`, or `None` where it cannot be had."""
    size = dex_size(data, place.at)
    what = f"the DEX file at byte {place.at:,}"
    if not size or place.at + size > len(data):
        problems.append(f"{what} is cut off or is none")
        return None
    dex = bytearray(data[place.at : place.at + size])
    try:
        if is_compact_dex(dex):
            dex, bodies = plain_dex(data, place.at, size)
        else:
            bodies = list(bodies_of(dex))
    except BrokenCompactError as error:
        problems.append(f"{what} is compact DEX that cannot be read: {error}")
        return None
    try:
        lost = put_back(dex, bodies, place.finder() if place.finder else None)
    except BrokenQuickeningError as error:
        problems.append(f"{what} stays quickened in part: {error}")
        put_back(dex, bodies, None)
        return bytes(dex)
    if lost:
        problems.append(f"{what} has {lost:,} quickened instructions whose method or field is not known")
    elif checked and place.finder and zlib.adler32(dex[12:]) != struct.unpack_from("<I", dex, 8)[0]:
        # Where a profile says which code runs first (boot image, services), dex2oat lays the file out anew (`dexlayout`), and
        # leaves the checksum that it had before (`Options::update_checksum_` is off).
        problems.append(
            f"{what} does not match its checksum after its code was put back: it was laid out anew when the build was made, "
            "which leaves the old checksum, or it is damaged"
        )
    return bytes(dex)
