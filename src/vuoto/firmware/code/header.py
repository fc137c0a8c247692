"""The header of a DEX file, and the headers of a container of several (version 041).

Source: "Dalvik executable format" of the Android Open Source Project, versions 035 to 041. In a container every
offset counts from the start of the file, and `file_size` leads to the next header. Checksum and signature are not verified: a
phone that loads a file from its own image does not either, and code that was changed by hand is still the code that runs.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from vuoto.facts.problems import Problem

VERSIONS: Final = frozenset({"035", "036", "037", "038", "039", "040", "041"})
HEADER_SIZE: Final = 0x70
CONTAINER_HEADER_SIZE: Final = 0x78
LITTLE_ENDIAN: Final = 0x12345678
# A class is the definition of a type, and a type's index has 16 bits.
MAX_CLASSES: Final = 65_536
# A container repeats its header per 64 K methods; a firmware's largest APK has some forty DEX files.
MAX_HEADERS: Final = 256

_WORDS: Final = struct.Struct("<20I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of the file, already cut to the items that lie inside it."""

    count: int
    """How many items can be read."""

    offset: int
    """Where the first begins, from the start of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One header: the version and the tables."""

    version: str
    """`035` … `041`, as written."""

    offset: int
    """Where the header begins in the file."""

    strings: Section
    types: Section
    protos: Section
    fields: Section
    methods: Section
    classes: Section
    call_sites: Section
    method_handles: Section


ITEM_SIZES: Final = {"strings": 4, "types": 4, "protos": 12, "fields": 8, "methods": 8, "classes": 32}


def is_dex(data: bytes) -> bool:
    """Whether `data` begins as a DEX file does."""
    return data[:4] == b"dex\n" and data[7:8] == b"\0"


def read_headers(data: bytes, where: str) -> tuple[list[Header], list[Problem]]:
    """Every header of the file, in order, and what is wrong with them. Never raises."""
    problems: list[Problem] = []
    headers: list[Header] = []
    start = 0
    while len(headers) < MAX_HEADERS:
        if len(data) - start < HEADER_SIZE:
            problems.append(Problem(where=where, what=f"the header at offset {start} is cut off"))
            break
        if not is_dex(data[start : start + 8]):
            problems.append(Problem(where=where, what=f"no DEX magic number at offset {start}"))
            break
        version = data[start + 4 : start + 7].decode("latin-1")
        if version not in VERSIONS:
            shown = version if version.isalnum() and version.isascii() else data[start + 4 : start + 7].hex()
            problems.append(Problem(where=where, what=f"DEX version {shown} is not known; read as 041"))
        words = _WORDS.unpack_from(data, start + 32)
        if words[2] != LITTLE_ENDIAN:
            problems.append(Problem(where=where, what=f"the byte order mark is {words[2]:#010x}; read as little endian"))
        headers.append(_header(data, version, start, words, where, problems))
        following = start + words[0]
        container = words[1] >= CONTAINER_HEADER_SIZE and len(data) - start >= CONTAINER_HEADER_SIZE
        if not container or words[0] < CONTAINER_HEADER_SIZE:
            break
        size = struct.unpack_from("<I", data, start + HEADER_SIZE)[0]
        if following >= min(size, len(data)):
            break
        start = following
    else:
        problems.append(Problem(where=where, what=f"more than {MAX_HEADERS} headers in one file; the rest is not read"))
    return headers, problems


def _header(data: bytes, version: str, start: int, words: tuple[int, ...], where: str, problems: list[Problem]) -> Header:
    sections: dict[str, Section] = {}
    # Words 6 to 17 behind the signature: size and offset of string, type, proto, field and method ids and class defs.
    for index, (name, size) in enumerate(ITEM_SIZES.items()):
        count, offset = words[6 + 2 * index], words[7 + 2 * index]
        sections[name] = _cut(data, name, count, offset, size, where, problems)
    for name, (count, offset, size) in _map_sections(data, words[5], where, problems).items():
        sections[name] = _cut(data, name.replace("_", " "), count, offset, size, where, problems)
    nothing = Section(count=0, offset=0)
    return Header(
        version=version,
        offset=start,
        call_sites=sections.pop("call_sites", nothing),
        method_handles=sections.pop("method_handles", nothing),
        **sections,
    )


def _cut(data: bytes, name: str, count: int, offset: int, size: int, where: str, problems: list[Problem]) -> Section:
    fits = max(0, (len(data) - offset) // size)
    if count > fits:
        problems.append(Problem(where=where, what=f"the table of {name} reaches beyond the file: {fits:,} of {count:,} are read"))
        count = fits
    if name == "classes" and count > MAX_CLASSES:
        problems.append(
            Problem(where=where, what=f"{count:,} classes are more than there can be types; {MAX_CLASSES:,} are read")
        )
        count = MAX_CLASSES
    return Section(count=count, offset=offset)


def _map_sections(data: bytes, offset: int, where: str, problems: list[Problem]) -> dict[str, tuple[int, int, int]]:
    """Call sites and method handles stand in the map alone (038 on)."""
    if not offset:
        return {}
    if offset + 4 > len(data):
        problems.append(Problem(where=where, what="the map lies beyond the end of the file"))
        return {}
    found: dict[str, tuple[int, int, int]] = {}
    count = struct.unpack_from("<I", data, offset)[0]
    # The format has 21 kinds of item, each once.
    for index in range(min(count, 32)):
        at = offset + 4 + 12 * index
        if at + 12 > len(data):
            problems.append(Problem(where=where, what="the map is cut off"))
            break
        kind, _, number, begin = struct.unpack_from("<HHII", data, at)
        if kind == 0x0007:
            found["call_sites"] = (number, begin, 4)
        elif kind == 0x0008:
            found["method_handles"] = (number, begin, 8)
    return found
