"""Where the code of one method can go on after each instruction: branches, switches and handlers of exceptions.

Source: "Dalvik bytecode format"; `try_item` and `encoded_catch_handler_list` of "Dalvik executable format".
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from typing import Final

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.instructions import signed
from vuoto.firmware.code.leb128 import sleb128, uleb128

GOTOS: Final = frozenset({0x28, 0x29, 0x2A})
ENDS: Final = frozenset({0x0E, 0x0F, 0x10, 0x11, 0x27})
SWITCHES: Final = frozenset({0x2B, 0x2C})
MAY_JUMP: Final = bytes(
    opcode in GOTOS or opcode in ENDS or opcode in SWITCHES or 0x32 <= opcode <= 0x3D for opcode in range(256)
)
# Ways from one instruction to another in a body: a switch has hundreds, but every switch could be given the same table of 64 K.
MAX_WAYS: Final = 65_536
# Exceptions that one block handles.
MAX_HANDLERS: Final = 64


def successors(dex: Dex, body: int) -> list[list[int]]:
    """Per instruction of a body: the instructions (counted from its first) that may come next, handlers included."""
    code = dex.code
    first, end = int(code.first[body]), int(code.first[body + 1])
    units = code.unit[first:end].tolist()
    row_at: dict[int, int] = {}
    result = [[row] for row in range(1, len(units) + 1)]
    if not result:
        return result
    result[-1] = []
    ways = 0
    for row, opcode in enumerate(code.opcode[first:end].tolist()):
        if not MAY_JUMP[opcode]:
            continue
        following = [] if opcode in GOTOS or opcode in ENDS or row + 1 >= len(units) else [row + 1]
        offsets = [] if opcode in ENDS else _offsets(dex, units[row], opcode)[: max(0, MAX_WAYS - ways)]
        if offsets and not row_at:
            row_at = {unit: at for at, unit in enumerate(units)}
        for offset in offsets:
            ways += 1
            target = row_at.get(units[row] + offset)
            if target is not None:
                following.append(target)
        result[row] = following
    _add_handlers(dex, body, units, result)
    return result


def _offsets(dex: Dex, unit: int, opcode: int) -> list[int]:
    units = dex.code.units
    if opcode == 0x28:
        return [signed(int(units[unit]) >> 8, 8)]
    if opcode == 0x29 or 0x32 <= opcode <= 0x3D:
        return [signed(int(units[unit + 1]), 16)] if unit + 1 < len(units) else []
    if opcode != 0x2A and opcode not in SWITCHES:
        return []
    if unit + 2 >= len(units):
        return []
    offset = signed(int(units[unit + 1]) | int(units[unit + 2]) << 16, 32)
    if opcode == 0x2A:
        return [offset]
    at = unit + offset
    if not 0 <= at < len(units) - 1:
        return []
    count = int(units[at + 1])
    begin = at + 4 if int(units[at]) == 0x0100 else at + 2 + 2 * count
    if begin + 2 * count > len(units):
        return []
    words = units[begin : begin + 2 * count].tolist()
    return [signed(words[2 * case] | words[2 * case + 1] << 16, 32) for case in range(count)]


def _add_handlers(dex: Dex, body: int, units: list[int], result: list[list[int]]) -> None:
    code = dex.code
    offset = int(code.body_offset[body])
    tries = int(code.units[offset // 2 + 3])
    if not tries:
        return
    row_at = {unit: row for row, unit in enumerate(units)}
    begin = int(code.start[body])
    at = 2 * int(code.stop[body])
    at += at - 2 * begin & 2
    handlers_at = at + 8 * tries
    covered = 0
    for index in range(tries):
        if at + 8 * index + 8 > len(dex.data):
            return
        start, count, handler = struct.unpack_from("<IHH", dex.data, at + 8 * index)
        # Blocks are sorted and lie side by side; what does not is refused by Android's verifier.
        if start < covered:
            continue
        covered = start + count
        targets = [row_at[begin + one] for one in _handlers(dex.data, handlers_at + handler) if begin + one in row_at]
        if not targets:
            continue
        for row in range(bisect_left(units, begin + start), bisect_left(units, begin + covered)):
            result[row].extend(targets)


def _handlers(data: bytes, at: int) -> list[int]:
    found: list[int] = []
    try:
        size, at = sleb128(data, at)
        for _ in range(min(abs(size), MAX_HANDLERS)):
            _, at = uleb128(data, at)
            address, at = uleb128(data, at)
            found.append(address)
        if size <= 0:
            found.append(uleb128(data, at)[0])
    except IndexError:
        return []
    return found
