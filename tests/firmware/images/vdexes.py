"""Writes VDEX files as the compilers of Android 8 to 15 do: quickens code, packs it, sets the tables around it.

What the product undoes is done here from the instructions that its DEX reader tells, so that the two share nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from vuoto.firmware.code import read_dex

QUICK = {0x52: 0xE3, 0x53: 0xE4, 0x54: 0xE5, 0x59: 0xE6, 0x5A: 0xE7, 0x5B: 0xE8, 0x6E: 0xE9, 0x74: 0xEA}
QUICK |= {0x5C: 0xEB, 0x5D: 0xEC, 0x5E: 0xED, 0x5F: 0xEE, 0x55: 0xEF, 0x56: 0xF0, 0x57: 0xF1, 0x58: 0xF2}

Info = list[tuple[int, tuple[int, ...]]]
"""Place of an instruction in units from the beginning of its code, and the indices that were taken from it."""


def quickened(dex: bytes, *, listed: bool) -> tuple[bytes, dict[int, Info]]:
    """The same file with quickened code, and what was taken, by code item. `listed` notes plain `nop`s as well."""
    out = bytearray(dex)
    taken: dict[int, Info] = {}
    code = read_dex(dex).code
    for item, first, last, start in zip(code.body_offset, code.first[:-1], code.first[1:], code.start, strict=True):
        info: Info = []
        nops: Info = []
        for row in range(int(first), int(last)):
            unit, opcode = int(code.unit[row]), int(code.opcode[row])
            at, place = 2 * unit, unit - int(start)
            if opcode in QUICK:
                info.append((place, struct.unpack_from("<H", dex, at + 2)))
                out[at] = QUICK[opcode]
                struct.pack_into("<H", out, at + 2, 0x11)
            elif opcode == 0x1F:
                info.append((place, (dex[at + 1], *struct.unpack_from("<H", dex, at + 2))))
                out[at : at + 4] = bytes(4)
            elif opcode == 0x0E:
                out[at] = 0x73
            elif opcode == 0 and dex[at + 1] == 0:
                nops.append((place, (0xFFFF,)))
        if info:
            taken[int(item)] = sorted(info + nops) if listed else info
    return bytes(out), taken


def uleb(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def vdex(version: str, dexes: Sequence[bytes]) -> bytes:
    """A VDEX of these files, quickened where the version is."""
    checksums = b"".join(dex[8:12] for dex in dexes)
    if version in {"006", "010"}:
        body, info = _old(version, dexes)
        head = b"vdex" + version.encode() + b"\0" + struct.pack("<4I", len(dexes), len(body), 7, len(info))
        return head + checksums + body + b"depends" + info
    if version in {"019", "021"}:
        made = [quickened(dex, listed=True) for dex in dexes]
        info, tables = by_method([(dex, taken) for dex, (_, taken) in zip(dexes, made, strict=True)])
        body = b""
        for (dex, _), table in zip(made, tables, strict=True):
            body += bytes(-len(body) % 4) + struct.pack("<I", table) + dex
        return middle(version, len(dexes), checksums, body, b"", info)
    body = b""
    for dex in dexes:
        body += bytes(-len(body) % 4) + dex
    at = 12 + 4 * 12 + len(checksums)
    head = b"vdex" + version.encode() + b"\0" + struct.pack("<I", 4)
    head += struct.pack("<12I", 0, 12 + 48, len(checksums), 1, at, len(body), 2, at + len(body), 4, 3, at + len(body) + 4, 0)
    return head + checksums + body + b"deps"


def middle(version: str, count: int, checksums: bytes, body: bytes, shared: bytes, info: bytes) -> bytes:
    head = b"vdex" + version.encode() + b"\0" + b"002\0" + struct.pack("<2I", count, 5)
    head += struct.pack("<2I", 0, 0) if version == "021" else b""
    return head + checksums + struct.pack("<3I", len(body), len(shared), len(info)) + body + shared + b"deps!" + info


def _old(version: str, dexes: Sequence[bytes]) -> tuple[bytes, bytes]:
    body = info = b""
    tables: list[bytes] = []
    for dex in dexes:
        out, taken = quickened(dex, listed=version == "010")
        body += out
        table = b""
        classes = read_dex(dex).classes
        for item in classes.method_code.tolist():
            if not item:
                continue
            if version == "006":
                pairs = b"".join(uleb(place) + uleb(index) for place, row in taken.get(item, ()) for index in row)
                info += struct.pack("<I", len(pairs)) + pairs
            elif item in taken:
                indices = [index for _, row in taken.pop(item) for index in row]
                table += struct.pack("<2I", item, len(info))
                info += struct.pack(f"<I{len(indices)}H", 2 * len(indices), *indices)
        tables.append(table)
    if version == "010":
        begins = []
        for table in tables:
            begins.append(len(info))
            info += table
        info += struct.pack(f"<{len(begins)}I", *begins)
    return body, info


def by_method(files: Sequence[tuple[bytes, dict[int, Info]]]) -> tuple[bytes, list[int]]:
    """The quickening of version 019 on for plain files and what was taken of them, and where each file's table begins."""
    info = b"\0"
    tables = []
    for dex, taken in files:
        read = read_dex(dex)
        places: dict[int, int] = {}
        for method, item in zip(read.classes.method.tolist(), read.classes.method_code.tolist(), strict=True):
            if item in taken:
                indices = [index for _, row in taken[item] for index in row]
                places[method] = len(info) + 1
                info += uleb(len(indices)) + struct.pack(f"<{len(indices)}H", *indices)
        info += bytes(-len(info) % 4)
        tables.append(len(info))
        info += _compact_table(places, len(read.method_class))
    return info, tables


def _compact_table(places: dict[int, int], count: int) -> bytes:
    least = min(places.values(), default=0)
    chunks: list[int] = []
    data = b""
    for first in range(0, max(count, 1), 16):
        chunks.append(len(data))
        here = [(n, places[first + n]) for n in range(16) if first + n in places]
        data += sum(1 << n for n, _ in here).to_bytes(2, "big")
        previous = least
        for _, place in here:
            # Places need not rise; differences are of 32 bits and turn over.
            data += uleb(place - previous & 0xFFFFFFFF)
            previous = place
    data += bytes(-len(data) % 4)
    return struct.pack("<2I", least, len(data)) + data + struct.pack(f"<{len(chunks)}I", *chunks)


def compact_vdex(dexes: Sequence[bytes]) -> bytes:
    """A VDEX of version 019 whose files are compact DEX that share one section of data, quickened."""
    shared = bytearray(4)
    mains: list[bytes] = []
    taken_of: list[tuple[bytes, dict[int, Info]]] = []
    for dex in dexes:
        out, taken = quickened(dex, listed=True)
        taken_of.append((dex, taken))
        mains.append(_compact(out, shared))
    info, tables = by_method(taken_of)
    checksums = b"".join(dex[8:12] for dex in dexes)
    size = sum(len(main) + 4 for main in mains)
    body = b""
    for main, table in zip(mains, tables, strict=True):
        # Where the shared data begins counts from the file's own beginning.
        begin = len(body) + 4
        body += struct.pack("<I", table) + main[:0x68] + struct.pack("<2I", len(shared), size - begin) + main[0x70:]
    return middle("019", len(dexes), checksums, body, bytes(shared), info)


def _compact(dex: bytes, shared: bytearray) -> bytes:
    """The tables of `dex` as a file of their own; everything else is put behind `shared`."""
    words = list(struct.unpack_from("<20I", dex, 32))
    tables = {
        index: (words[index], words[index + 1], width) for index, width in zip(range(6, 18, 2), (4, 4, 12, 8, 8, 32), strict=True)
    }
    begin = 0x70 + sum(count * width for count, _, width in tables.values())
    by = len(shared) - begin
    data = bytearray(dex[begin:])
    end = begin + len(data)

    def u32(at: int) -> int:
        value: int = struct.unpack_from("<I", data, at - begin)[0]
        return value

    def move(at: int) -> int:
        old = u32(at)
        if old:
            struct.pack_into("<I", data, at - begin, old + by)
        return old

    seen: set[int] = set()

    def move_set(at: int, *, of_sets: bool = False) -> None:
        if at and at not in seen:
            seen.add(at)
            for index in range(u32(at)):
                inner = move(at + 4 + 4 * index)
                if of_sets:
                    move_set(inner)

    main = bytearray(0x88)
    main[:0x70] = dex[:0x70]
    main[:8] = b"cdex001\0"
    for index, (count, at, width) in tables.items():
        rows = bytearray(dex[at : at + count * width])
        struct.pack_into("<2I", main, 32 + 4 * index, count, len(main) if count else 0)
        for row in range(count):
            for word in {4: (0,) if index == 6 else (), 12: (8,), 32: (12, 20, 24, 28)}.get(width, ()):
                place = row * width + word
                (old,) = struct.unpack_from("<I", rows, place)
                if old and width == 32 and word == 20 and old not in seen:
                    seen.add(old)
                    move_set(move(old))
                    fields, methods, parameters = (u32(old + 4 * n) for n in (1, 2, 3))
                    for n in range(fields + methods + parameters):
                        move_set(move(old + 16 + 8 * n + 4), of_sets=n >= fields + methods)
                if old and width == 32 and word == 24:
                    old = _members(data, old - begin, begin, by) + begin
                struct.pack_into("<I", rows, place, old + by if old else 0)
        main += rows
    assert end <= begin + len(data)
    struct.pack_into("<I", main, 0x34, words[5] + by)
    main += bytes(-len(main) % 4)
    struct.pack_into("<2I", main, 32, len(main), 0x88)
    shared += data
    shared += bytes(-len(shared) % 4)
    return bytes(main)


def _members(data: bytearray, at: int, begin: int, by: int) -> int:
    """Puts packed code items and the members that name them behind `data`, and gives where in it the members begin."""

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    counts = [number() for _ in range(4)]
    numbers = counts + [number() for _ in range(2 * (counts[0] + counts[1]))]
    for _ in range(counts[2] + counts[3]):
        numbers += [number(), number()]
        item = number()
        numbers.append(_packed(data, item - begin) + begin + by if item else 0)
    place = len(data)
    data += b"".join(map(uleb, numbers))
    return place


def _packed(data: bytearray, at: int) -> int:
    """Puts the packed form of the code item at `at` behind `data`: what does not fit its fields stands before it."""
    registers, ins, outs, tries, _, units = struct.unpack_from("<4H2I", data, at)
    fields, flags, before = 0, 0, b""
    for bit, (shift, value) in enumerate(((12, registers - ins), (8, ins), (4, outs), (0, tries))):
        fields |= min(value, 15) << shift
        if value > 15:
            flags |= 1 << bit
            before = struct.pack("<H", value - 15) + before
    short = min(units, 2047)
    if units > 2047:
        flags |= 16
        before += struct.pack("<2H", units - 2047 >> 16, units - 2047 & 0xFFFF)
    data += bytes(-len(data) % 2) + before
    place = len(data)
    data += struct.pack("<2H", fields, short << 5 | flags) + data[at + 16 : at + 16 + 2 * units]
    return place
