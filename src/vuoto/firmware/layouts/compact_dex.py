"""Compact DEX, in which VDEX files of Android 9 to 13 share the data of several files, written as plain DEX.

Source: AOSP art, `libdexfile/dex/compact_dex_file.h` and `dexlayout/compact_dex_writer.cc`. Tables stand in the file itself,
everything else in a shared section from which offsets count; code items are packed. Left out of the plain file: `try` tables and
debug information, which nothing here reads.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

import numpy as np

from vuoto.firmware.code.header import Section, read_headers
from vuoto.firmware.layouts.quickened import Body

MAX_PLAIN: Final = 256 << 20
"""Bytes of the plain file; `vuoto.firmware.code` reads no larger one."""

MAX_ITEMS: Final = 2_000_000
"""Offsets inside annotations that are moved, so that sets which share their bytes end."""

_VERSION: Final = b"dex\n039\0"
_FLAGS: Final = 5  # bits of the second field of a packed code item that say what stands before it


class BrokenCompactError(ValueError):
    """The file cannot be written as plain DEX. The text says why."""


def is_compact_dex(head: bytes | bytearray) -> bool:
    """Whether bytes begin a compact DEX."""
    return head[:4] == b"cdex" and head[7:8] == b"\0"


def plain_dex(data: bytes, at: int, size: int) -> tuple[bytearray, list[Body]]:
    """The compact DEX at `at` of a VDEX as plain DEX, and its code. Raises `BrokenCompactError`."""
    main = data[at : at + size]
    length, place = struct.unpack_from("<2I", main, 0x68)
    shared = data[at + place : at + place + length]
    if not place or len(shared) < length:
        raise BrokenCompactError("its shared data lies behind the end of the file")
    moved = len(main) + 3 & ~3
    if moved + 2 * length > MAX_PLAIN:
        raise BrokenCompactError(f"it would have more than {MAX_PLAIN:,} bytes")
    dex = bytearray(main).ljust(moved, b"\0") + shared
    dex[:8] = _VERSION
    struct.pack_into("<2I", dex, 0x68, length, moved)
    _move(dex, moved, 0x34, 1)  # the map
    headers, _ = read_headers(bytes(dex), "")
    if not headers:
        raise BrokenCompactError("its header is damaged")
    header = headers[0]
    for section, width, words in ((header.strings, 4, (0,)), (header.protos, 12, (8,)), (header.classes, 32, (12, 20, 24, 28))):
        for word in words:
            _add(dex, section, width, word, moved)
    _add(dex, header.call_sites, 4, 0, moved)
    _move_annotations(dex, header.classes, moved)
    bodies = _write_classes(dex, header.classes, moved)
    struct.pack_into("<I", dex, 32, len(dex))
    return dex, bodies


def _move(dex: bytearray, by: int, at: int, count: int) -> None:
    """Adds `by` to the offsets at `at` that are not 0."""
    for place in range(at, min(at + 4 * count, len(dex) - 3), 4):
        (offset,) = struct.unpack_from("<I", dex, place)
        if offset:
            struct.pack_into("<I", dex, place, offset + by & 0xFFFFFFFF)


def _add(dex: bytearray, section: Section, width: int, word: int, by: int) -> None:
    """The same for one word of each row of a table."""
    if not section.count:
        return
    rows = np.frombuffer(dex, np.uint8, section.count * width, section.offset).reshape(-1, width)
    column = rows[:, word : word + 4].copy().view("<u4")[:, 0]
    column[column > 0] += np.uint32(by)
    for index, value in enumerate(column.tolist()):
        struct.pack_into("<I", dex, section.offset + index * width + word, value)


def _move_annotations(dex: bytearray, section: Section, by: int) -> None:
    """The offsets inside annotation directories, sets, and lists of sets, each once."""
    seen: set[int] = set()
    left = MAX_ITEMS

    def once(at: int, head: int) -> bool:
        if at <= 0 or at in seen or at + head > len(dex) or left <= 0:
            return False
        seen.add(at)
        return True

    def word(at: int) -> int:
        value: int = struct.unpack_from("<I", dex, at)[0] if at + 4 <= len(dex) else 0
        return value

    def move_set(at: int) -> None:
        nonlocal left
        if once(at, 4):
            count = min(word(at), (len(dex) - at - 4) // 4)
            left -= count
            _move(dex, by, at + 4, count)

    def move_list(at: int) -> None:
        nonlocal left
        if once(at, 4):
            count = min(word(at), (len(dex) - at - 4) // 4)
            left -= count
            _move(dex, by, at + 4, count)
            for index in range(count):
                move_set(word(at + 4 + 4 * index))

    for row in range(section.count):
        at = word(section.offset + 32 * row + 20)
        if not once(at, 16):
            continue
        fields, methods, parameters = struct.unpack_from("<3I", dex, at + 4)
        _move(dex, by, at, 1)
        move_set(word(at))
        ways: list[Callable[[int], None]] = [move_set] * min(fields + methods, MAX_ITEMS)
        ways += [move_list] * min(parameters, MAX_ITEMS)
        for index, way in enumerate(ways[: max(left, 0)]):
            place = at + 16 + 8 * index + 4
            if place + 4 > len(dex):
                break
            left -= 1
            _move(dex, by, place, 1)
            way(word(place))


def _write_classes(dex: bytearray, section: Section, moved: int) -> list[Body]:
    """Appends the code items unpacked and the members of each class anew, since places of code do not fit where they stood."""
    end = len(dex)
    places: dict[int, tuple[int, int]] = {}
    bodies: list[Body] = []
    left = MAX_ITEMS

    def code(item: int, method: int) -> int:
        if item not in places:
            places[item] = _write_code(dex, item + moved, end)
        place, units = places[item]
        if place:
            bodies.append(Body(method, place, place + 16, units))
        return place

    for row in range(section.count):
        slot = section.offset + 32 * row + 24
        (at,) = struct.unpack_from("<I", dex, slot)
        if not at:
            continue
        counts, at = _numbers(dex, at, 4, end)
        fields, methods = counts[0] + counts[1], counts[2] + counts[3]
        left -= fields + methods
        if left < 0:
            raise BrokenCompactError(f"its classes have more than {MAX_ITEMS:,} members")
        kept, at = _numbers(dex, at, 2 * fields, end)
        members, at = _numbers(dex, at, 3 * methods, end)
        method = 0
        for index in range(methods):
            # Direct methods are counted anew, and so are virtual ones.
            method = members[3 * index] + (0 if index in {0, counts[2]} else method)
            item = members[3 * index + 2]
            members[3 * index + 2] = code(item, method) if item else 0
        struct.pack_into("<I", dex, slot, len(dex))
        dex += b"".join(map(_leb128, (*counts, *kept, *members)))
        if len(dex) > MAX_PLAIN:
            raise BrokenCompactError(f"it would have more than {MAX_PLAIN:,} bytes")
    return bodies


def _numbers(dex: bytearray, at: int, count: int, end: int) -> tuple[list[int], int]:
    """`count` numbers in LEB128 from `at`, and where they end."""
    if count > end - at:
        raise BrokenCompactError("the members of a class are cut off")
    found: list[int] = []
    for _ in range(count):
        value = 0
        for shift in range(0, 35, 7):
            if at >= end:
                raise BrokenCompactError("the members of a class are cut off")
            byte = dex[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        found.append(value & 0xFFFFFFFF)
    return found, at


def _leb128(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _write_code(dex: bytearray, at: int, end: int) -> tuple[int, int]:
    """Appends the code item at `at` as a plain one: where it stands now, and its units; 0 where it is cut off."""
    found = _unpacked(dex, at, end)
    if found is None:
        return 0, 0
    registers, ins, outs, code = found
    dex += bytes(-len(dex) % 4)
    place = len(dex)
    dex += struct.pack("<4H2I", registers, ins, outs, 0, 0, len(code) // 2) + code
    if len(dex) > MAX_PLAIN:
        raise BrokenCompactError(f"it would have more than {MAX_PLAIN:,} bytes")
    return place, len(code) // 2


def _unpacked(dex: bytearray, at: int, end: int) -> tuple[int, int, int, bytes] | None:
    """Registers, parameters, arguments and instructions of a packed code item; what does not fit its fields stands before it."""
    if at + 4 > end:
        return None
    fields, second = struct.unpack_from("<2H", dex, at)
    registers, ins, outs = fields >> 12, fields >> 8 & 15, fields >> 4 & 15
    flags, units = second & (1 << _FLAGS) - 1, second >> _FLAGS
    before = at

    def earlier() -> int:
        nonlocal before
        before -= 2
        value: int = struct.unpack_from("<H", dex, before)[0] if before >= 0 else 0
        return value

    if flags & 16:
        units += earlier()
        units += earlier() << 16
    registers += earlier() if flags & 1 else 0
    ins += earlier() if flags & 2 else 0
    outs += earlier() if flags & 4 else 0
    if at + 4 + 2 * units > end:
        return None
    return registers + ins & 0xFFFF, ins & 0xFFFF, outs & 0xFFFF, bytes(dex[at + 4 : at + 4 + 2 * units])
