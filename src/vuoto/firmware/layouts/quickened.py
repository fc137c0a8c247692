"""Puts back what the compiler of Android 5 to 11 replaced in DEX code: calls and fields by number of a table, casts by `nop`.

Source: AOSP art, `compiler/dex/dex_to_dex_compiler.cc` and `runtime/dex_to_dex_decompiler.cc`, `runtime/quicken_info.h` and
`runtime/dex/compact_offset_table.h` (Android 8 to 11). What was replaced stands in the VDEX: in 006 as pairs of place and index
for one method after the other, in 010 as indices by code item, from 019 on as indices by method. Access flags that hide an API
(Android 9) are left as they are.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from vuoto.firmware.code.class_data import read_class_data
from vuoto.firmware.code.header import read_headers
from vuoto.firmware.code.opcodes import LENGTH

_QUICK: Final[dict[int, int]] = {
    0xE3: 0x52,  # iget
    0xE4: 0x53,
    0xE5: 0x54,
    0xE6: 0x59,  # iput
    0xE7: 0x5A,
    0xE8: 0x5B,
    0xE9: 0x6E,  # invoke-virtual
    0xEA: 0x74,
    0xEB: 0x5C,
    0xEC: 0x5D,
    0xED: 0x5E,
    0xEE: 0x5F,
    0xEF: 0x55,
    0xF0: 0x56,
    0xF1: 0x57,
    0xF2: 0x58,
}
"""Quickened opcodes and what they were; the index stands in the second unit."""

_RETURN_VOID_NO_BARRIER: Final = 0x73
_RETURN_VOID: Final = 0x0E
_CHECK_CAST: Final = 0x1F
_NO_INDEX: Final = 0xFFFF
_ANY: Final = re.compile(b"[\x73\xe3-\xf2]", re.DOTALL)
_CHUNK: Final = 16  # methods of a chunk of a compact table of offsets


def _steps() -> bytes:
    """Length of an instruction by opcode, with 0 where something is to be looked at."""
    table = bytearray(LENGTH)
    for opcode in (0x00, _RETURN_VOID_NO_BARRIER, *_QUICK):
        table[opcode] = 0
    return bytes(table)


_STEPS: Final = _steps()


class BrokenQuickeningError(ValueError):
    """What was replaced cannot be put back. The text says why."""


@dataclass(frozen=True, slots=True)
class Body:
    """The code of a method."""

    method: int
    """The method's index."""

    item: int
    """Where its code item stands, as the class says."""

    begin: int
    """Byte of the file where its instructions begin."""

    units: int
    """16-bit units of instructions."""


class Replaced(Protocol):
    """What was replaced in one method."""

    def index(self, place: int) -> int:
        """The index of the method or field at unit `place`. Raises `BrokenQuickeningError`."""
        ...

    def cast(self, place: int) -> tuple[int, int] | None:
        """Register and type of the `check-cast` that the `nop` at `place` was, or `None` where it was one."""
        ...


Finder = Callable[[Body], Replaced | None]
"""What was replaced in a method, `None` where nothing was. Asked for each method once, in the order of the classes."""


def bodies_of(dex: bytes | bytearray) -> Iterator[Body]:
    """The code of a plain DEX file, in the order of classes and methods; a body that methods share is given for each."""
    data = bytes(dex)
    headers, _ = read_headers(data, "")
    if not headers:
        return
    classes, _ = read_class_data(data, headers[0].classes, "")
    for method, item in zip(classes.method.tolist(), classes.method_code.tolist(), strict=True):
        if 0 < item <= len(data) - 16:
            (units,) = struct.unpack_from("<I", data, item + 12)
            yield Body(method, item, item + 16, min(units, (len(data) - item - 16) // 2))


def put_back(dex: bytearray, bodies: Iterable[Body], finder: Finder | None) -> int:
    """Replaces quickened instructions in `dex`, and gives how many are not known: they become `nop`s.

    Raises `BrokenQuickeningError` where what was replaced does not fit the code; what came before was put back.
    """
    lost = 0
    seen: set[int] = set()
    for body in bodies:
        replaced = finder(body) if finder else None
        if body.item in seen:
            continue
        seen.add(body.item)
        low = bytes(dex[body.begin : body.begin + 2 * body.units : 2])
        if replaced is None and _ANY.search(low) is None:
            continue
        lost += _put_back_in(dex, body, low, replaced)
    return lost


def _put_back_in(dex: bytearray, body: Body, low: bytes, replaced: Replaced | None) -> int:
    steps = low.translate(_STEPS)
    at, end, lost = 0, len(low), 0
    while at < end:
        step = steps[at]
        if step:
            at += step
            continue
        opcode, here = low[at], body.begin + 2 * at
        if opcode == _RETURN_VOID_NO_BARRIER:
            dex[here] = _RETURN_VOID
            step = 1
        elif opcode == 0:
            step = _nop(dex, here, at, replaced)
        else:
            step = 3 if opcode in {0xE9, 0xEA} else 2
            if at + step > end:
                return lost
            if replaced is None:
                dex[here : here + 2 * step] = bytes(2 * step)
                lost += 1
            else:
                index = replaced.index(at)
                dex[here] = _QUICK[opcode]
                struct.pack_into("<H", dex, here + 2, index)
        at += step
    return lost


def _nop(dex: bytearray, here: int, at: int, replaced: Replaced | None) -> int:
    """The length of a `nop` or payload; a `nop` that was a cast is put back."""
    kind = dex[here + 1]
    if kind in {1, 2, 3} and here + 8 <= len(dex):
        count, wide = struct.unpack_from("<HI", dex, here + 2)
        return int({1: count * 2 + 4, 2: count * 4 + 2, 3: (wide * count + 1) // 2 + 4}[kind])
    cast = replaced.cast(at) if replaced else None
    if cast is None or here + 4 > len(dex):
        return 1
    dex[here], dex[here + 1] = _CHECK_CAST, cast[0] & 0xFF
    struct.pack_into("<H", dex, here + 2, cast[1])
    return 2


class _Listed:
    """Indices in the order of the instructions; a `nop` has one as well."""

    __slots__ = ("_at", "_indices")

    def __init__(self, indices: tuple[int, ...]) -> None:
        self._indices = indices
        self._at = 0

    def index(self, place: int) -> int:
        if self._at >= len(self._indices):
            raise BrokenQuickeningError(f"there is no index for the instruction at {place}")
        self._at += 1
        return self._indices[self._at - 1]

    def cast(self, place: int) -> tuple[int, int] | None:
        if not self._indices:
            return None
        register = self.index(place)
        return None if register == _NO_INDEX else (register, self.index(place))


class _Placed:
    """Pairs of place and index, in LEB128."""

    __slots__ = ("_at", "_data", "_end")

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self._data = data
        self._at = at
        self._end = end

    def index(self, place: int) -> int:
        where, at = _number(self._data, self._at, self._end)
        index, self._at = _number(self._data, at, self._end)
        if where != place:
            raise BrokenQuickeningError(f"the index for the instruction at {place} is for another, at {where}")
        return index & 0xFFFF

    def cast(self, place: int) -> tuple[int, int] | None:
        if self._at >= self._end or _number(self._data, self._at, self._end)[0] != place:
            return None
        return self.index(place), self.index(place)


def _number(data: bytes, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 35, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise BrokenQuickeningError("its data is cut off")


def in_order(info: bytes) -> Finder:
    """The form of version 006: for every method with code a length, and the pairs; all files of the VDEX in one run."""
    place = 0

    def find(_: Body) -> Replaced | None:
        nonlocal place
        if place + 4 > len(info):
            raise BrokenQuickeningError("its data is cut off")
        (length,) = struct.unpack_from("<I", info, place)
        begin = place + 4
        place = begin + length
        if place > len(info):
            raise BrokenQuickeningError("its data is cut off")
        return _Placed(info, begin, place) if length else None

    return find


def by_code_item(info: bytes, number: int, count: int) -> Finder:
    """The form of version 010, for DEX `number` of `count`: a table of code item and place of its length and indices."""
    foot = len(info) - 4 * count
    if foot < 0 or number >= count:
        raise BrokenQuickeningError("its tables are cut off")
    bounds = (*struct.unpack_from(f"<{count}I", info, foot), foot)
    begin, end = bounds[number], bounds[number + 1]
    if not begin <= end <= foot:
        raise BrokenQuickeningError("its tables are damaged")
    table = dict(struct.iter_unpack("<2I", info[begin : begin + (end - begin) // 8 * 8]))

    def find(body: Body) -> Replaced | None:
        at = table.get(body.item)
        if at is None:
            return None
        if at + 4 > len(info):
            raise BrokenQuickeningError("its tables are damaged")
        (length,) = struct.unpack_from("<I", info, at)
        return _Listed(_indices(info, at + 4, length // 2))

    return find


def by_method(info: bytes, table: int) -> Finder:
    """The form from version 019 on: at `table` the least offset and where chunks of 16 methods stand, then the chunks."""
    if table + 8 > len(info):
        raise BrokenQuickeningError("its tables are cut off")
    least, chunks = struct.unpack_from("<2I", info, table)
    begin = table + 8

    def find(body: Body) -> Replaced | None:
        chunk, bit = divmod(body.method, _CHUNK)
        slot = begin + chunks + 4 * chunk
        if slot + 4 > len(info):
            raise BrokenQuickeningError("its tables are cut off")
        at = begin + struct.unpack_from("<I", info, slot)[0]
        mask = int.from_bytes(info[at : at + 2], "big")
        if not mask >> bit & 1:
            return None
        # A difference for each method of the chunk that has something, up to this one.
        at += 2
        offset = least
        for _ in range((mask & (2 << bit) - 1).bit_count()):
            step, at = _number(info, at, len(info))
            offset = offset + step & 0xFFFFFFFF  # places need not rise: differences turn over
        if not 0 < offset <= len(info):
            raise BrokenQuickeningError("its tables are damaged")
        count, at = _number(info, offset - 1, len(info))
        return _Listed(_indices(info, at, count))

    return find


def _indices(info: bytes, at: int, count: int) -> tuple[int, ...]:
    if at + 2 * count > len(info):
        raise BrokenQuickeningError("its data is cut off")
    return struct.unpack_from(f"<{count}H", info, at)
