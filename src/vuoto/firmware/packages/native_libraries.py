"""ELF files (System V ABI, gABI 4.1 and its 64-bit form) as far as they tell what a library asks for, offers and names.

Read: little and big endian, 32 and 64 bits; the dynamic section through the program headers, or the section headers where those
are damaged; symbols; printable strings that name an address. Not read: code, relocations, symbol versions, debug sections.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from vuoto.facts.packages import NativeLibrary
from vuoto.facts.problems import Problem
from vuoto.firmware.packages.addresses import addresses_in

MAX_LIBRARY: Final = 256 << 20
"""Bytes of one file read. The largest libraries of browsers have 150 MB."""

MAX_SYMBOLS: Final = 200_000
"""Dynamic symbols read; the largest libraries of Android's own have some 50,000."""

MAX_SYMBOL: Final = 4096
"""Bytes of a symbol's name; mangled names of templates are long, longer ones say nothing to a person."""

MAX_NAMES: Final = 16 << 20
"""Bytes of all names together: names may share their bytes, so that many symbols spell more than the file holds."""

_MACHINES: Final = {3: "x86", 8: "mips", 40: "arm", 62: "x86_64", 183: "arm64", 243: "riscv64"}
_LOAD, _DYNAMIC = 1, 2
_DT_NEEDED, _DT_HASH, _DT_STRTAB, _DT_SYMTAB, _DT_STRSZ, _DT_SONAME, _DT_GNU_HASH = 1, 4, 5, 6, 10, 14, 0x6FFFFEF5
_SHT_DYNAMIC, _SHT_DYNSYM = 6, 11
_MAX_HEADERS: Final = 4096  # program or section headers; libraries have some forty
_MAX_TAGS: Final = 4096


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the file writes its numbers: byte order, whether 64 bits."""

    order: str
    wide: bool

    def unpack(self, form32: str, form64: str, data: bytes, at: int) -> tuple[int, ...]:
        form = self.order + (form64 if self.wide else form32)
        return struct.unpack_from(form, data, at) if at >= 0 and at + struct.calcsize(form) <= len(data) else ()


def is_elf(head: bytes) -> bool:
    """Whether bytes begin an ELF file."""
    return head.startswith(b"\x7fELF")


def read_native_library(data: bytes, path: str) -> tuple[NativeLibrary | None, tuple[Problem, ...]]:
    """What the library in `data` says, and what was broken; `None` where the bytes are no ELF file. Never raises."""
    if len(data) < 20 or not is_elf(data) or data[4] not in (1, 2) or data[5] not in (1, 2):
        return None, (Problem(where=path, what="is not an ELF file"),)
    shape = _Shape("<" if data[5] == 1 else ">", data[4] == 2)
    (machine,) = struct.unpack_from(shape.order + "H", data, 18)
    problems: list[str] = []
    tags = _dynamic(data, shape, problems)
    names = _Names(data, tags.get(_DT_STRTAB, [-1])[0], tags.get(_DT_STRSZ, [0])[0])
    imports: set[str] = set()
    exports: set[str] = set()
    _symbols(data, shape, tags, names, imports, exports, problems)
    soname = names.at(tags[_DT_SONAME][0]) if _DT_SONAME in tags else None
    if names.left <= 0:
        problems.append(f"has more than {MAX_NAMES} bytes of names; the rest is not read")
    library = NativeLibrary(
        path=path,
        machine=_MACHINES.get(machine, f"machine {machine}"),
        soname=soname,
        needed=tuple(n for offset in tags.get(_DT_NEEDED, ()) if (n := names.at(offset))),
        imports=tuple(sorted(imports)),
        exports=tuple(sorted(exports)),
        strings=addresses_in(data, program=True),
    )
    return library, tuple(Problem(where=path, what=what) for what in problems)


class _Names:
    """The table of names of the dynamic section."""

    def __init__(self, data: bytes, start: int, size: int) -> None:
        self.data = data
        self.start = start
        self.end = min(len(data), start + size) if start >= 0 else -1
        self.left = MAX_NAMES

    def at(self, offset: int) -> str:
        start = self.start + offset
        if self.start < 0 or not self.start <= start < self.end or self.left <= 0:
            return ""
        stop = self.data.find(b"\0", start, min(self.end, start + MAX_SYMBOL))
        name = self.data[start : stop if stop >= 0 else min(self.end, start + MAX_SYMBOL)]
        self.left -= len(name) + 1
        return name.decode("utf-8", "backslashreplace")


def _dynamic(data: bytes, shape: _Shape, problems: list[str]) -> dict[int, list[int]]:
    """The dynamic section's values by tag, addresses turned into offsets of the file; `-1` where an address lies outside."""
    header = shape.unpack("16x2HIIIIIHHHHHH", "16x2HIQQQIHHHHHH", data, 0)
    if not header:
        problems.append("ends inside its header")
        return {}
    _, _, _, _, at, sections, _, _, size, count, section_size, section_count, _ = header
    loads: list[tuple[int, int, int]] = []
    place = length = 0
    for i in range(min(count, _MAX_HEADERS)):
        found = shape.unpack("IIIIII", "IIQQQQ", data, at + i * size)
        if not found:
            problems.append("has program headers outside the file")
            break
        kind, offset, address, filed = (
            (found[0], found[2], found[3], found[5]) if shape.wide else (found[0], found[1], found[2], found[4])
        )
        if kind == _LOAD:
            loads.append((address, offset, filed))
        elif kind == _DYNAMIC:
            place, length = offset, filed
    if not length:
        place, length = _dynamic_by_sections(data, shape, sections, section_size, section_count)
    tags: dict[int, list[int]] = {}
    step = 16 if shape.wide else 8
    for i in range(min(length // step, _MAX_TAGS)):
        pair = shape.unpack("II", "QQ", data, place + i * step)
        if not pair or pair[0] == 0:
            break
        value = pair[1]
        if pair[0] in (_DT_STRTAB, _DT_SYMTAB, _DT_HASH, _DT_GNU_HASH):
            value = next((value - a + o for a, o, n in loads if a <= value < a + n), -1 if loads else value)
        tags.setdefault(pair[0], []).append(value)
    return tags


def _dynamic_by_sections(data: bytes, shape: _Shape, at: int, size: int, count: int) -> tuple[int, int]:
    for i in range(min(count, _MAX_HEADERS)):
        found = shape.unpack("4xI8xII", "4xI16xQQ", data, at + i * size)
        if not found:
            break
        if found[0] == _SHT_DYNAMIC:
            return found[1], found[2]
    return 0, 0


def _symbols(
    data: bytes,
    shape: _Shape,
    tags: dict[int, list[int]],
    names: _Names,
    imports: set[str],
    exports: set[str],
    problems: list[str],
) -> None:
    start = tags.get(_DT_SYMTAB, [-1])[0]
    if start < 0:
        return
    size = 24 if shape.wide else 16
    count = _symbol_count(data, shape, tags)
    if count > MAX_SYMBOLS:
        problems.append(f"has {count} dynamic symbols; {MAX_SYMBOLS} are read")
    for i in range(1, min(count, MAX_SYMBOLS)):
        found = shape.unpack("IIIBBH", "IBBHQQ", data, start + i * size)
        if not found:
            problems.append("has symbols outside the file")
            return
        name, info, section = (found[0], found[1], found[3]) if shape.wide else (found[0], found[3], found[5])
        # Local symbols (binding 0) are of no one else; section 0 means that it is found elsewhere.
        if info >> 4 and (text := names.at(name)):
            (exports if section else imports).add(text)


def _symbol_count(data: bytes, shape: _Shape, tags: dict[int, list[int]]) -> int:
    """How many symbols the hash tables know of; without a table, up to the names, which linkers place behind symbols."""
    if _DT_HASH in tags:
        found = shape.unpack("II", "II", data, tags[_DT_HASH][0])
        if found:
            return found[1]
    if _DT_GNU_HASH in tags and (count := _gnu_count(data, shape, tags[_DT_GNU_HASH][0])) is not None:
        return count
    gap = tags.get(_DT_STRTAB, [0])[0] - tags[_DT_SYMTAB][0]
    return max(0, gap) // (24 if shape.wide else 16)


def _gnu_count(data: bytes, shape: _Shape, at: int) -> int | None:
    """The highest symbol of a GNU hash table, plus one: the last chain is walked to its end mark."""
    head = shape.unpack("IIII", "IIII", data, at)
    if not head:
        return None
    buckets, first, bloom, _ = head
    at += 16 + bloom * (8 if shape.wide else 4)
    if buckets > MAX_SYMBOLS or at < 0 or at + 4 * buckets > len(data):
        return None
    highest = max(struct.unpack_from(f"{shape.order}{buckets}I", data, at), default=0)
    if highest < first:
        return first
    chain = at + 4 * buckets
    for i in range(highest, highest + MAX_SYMBOLS):
        entry = shape.unpack("I", "I", data, chain + 4 * (i - first))
        if not entry:
            return None
        if entry[0] & 1:
            return i + 1
    return None
