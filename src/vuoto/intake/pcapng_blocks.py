"""The blocks of pcapng that say how to read the others, and its times (draft-ietf-opsawg-pcapng §4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.intake.times import MAX_SECONDS, NS, rfc3339

SECTION: Final = 0x0A0D0D0A
INTERFACE: Final = 1
OBSOLETE: Final = 2
SIMPLE: Final = 3
ENHANCED: Final = 6
SECRETS: Final = 10

UNKNOWN_LINK: Final = -1
"""Link type of a frame whose interface no block describes: it is handed on, and nothing is guessed."""

MAX_INTERFACES: Final = 65_536
"""Interfaces kept of a section; the numbers of the obsolete packet block end there, and no machine has more."""

_DEFAULT_RESOLUTION: Final = 6
_OPTION_END: Final = 0
_OPTION_RESOLUTION: Final = 9
_OPTION_OFFSET: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """An interface description block (§4.2)."""

    linktype: int
    """LINKTYPE_ number."""

    snap: int = 0
    """Most bytes captured of a frame; 0 is no limit."""

    resolution: int = _DEFAULT_RESOLUTION
    """`if_tsresol`: a time unit of 10^-n seconds, or 2^-n where the highest of the 8 bits is set."""

    offset: int = 0
    """`if_tsoffset`: seconds to add to a time, signed 64-bit."""


class Interfaces:
    """The interfaces of the sections in a window, in one table; each section's begin at its base."""

    __slots__ = ("_base", "_table")

    def __init__(self) -> None:
        self._table: list[Interface] = []
        self._base = 0

    def begin_section(self) -> int:
        """Begins a section; returns its base."""
        self._base = len(self._table)
        return self._base

    def add(self, interface: Interface) -> None:
        """Adds the section's next; those beyond the limit are not kept, and so unknown."""
        if len(self._table) - self._base < MAX_INTERFACES:
            self._table.append(interface)

    def first_snap(self) -> int:
        """Snap length of the section's first interface; 0 where there is none."""
        return self._table[self._base].snap if len(self._table) > self._base else 0

    def forget_earlier_sections(self) -> None:
        """Keeps the current section's only, at base 0."""
        del self._table[: self._base]
        self._base = 0

    def bounds(self, bases: list[int]) -> list[int]:
        """Where the interfaces of each of the sections that begin at `bases` end."""
        return [*bases[1:], len(self._table)]

    def columns(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        """Link type, resolution and offset of each, with one row more at the end for an unknown interface."""
        rows = [*self._table, Interface(linktype=UNKNOWN_LINK)]
        return (
            np.array([row.linktype for row in rows], np.int32),
            np.array([row.resolution for row in rows], np.int64),
            np.array([row.offset for row in rows], np.int64),
        )


def byte_order(magic: bytes | memoryview) -> str | None:
    """The byte order that a section header's magic number (its bytes 8 to 11) says, for `struct`; `None` where it says none."""
    return {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}.get(bytes(magic))


def read_interface(body: memoryview, order: str) -> Interface:
    """Reads an interface description block's body, of at least 8 bytes. Options that make no sense are passed over."""
    linktype, _reserved, snap = struct.unpack_from(order + "HHI", body)
    resolution, offset = _DEFAULT_RESOLUTION, 0
    at = 8
    while at + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4 : at + 4 + length]
        if code == _OPTION_END or len(value) < length:
            break
        if code == _OPTION_RESOLUTION and length == 1:
            resolution = value[0]
        elif code == _OPTION_OFFSET and length == 8:
            offset = struct.unpack(order + "q", value)[0]
        at += 4 + (length + 3 & -4)
    return Interface(linktype=linktype, snap=snap, resolution=resolution, offset=offset)


def read_secrets(body: memoryview, order: str) -> tuple[int, bytes] | None:
    """Type and bytes of a decryption secrets block's body (§4.7), or `None` where it is cut short."""
    if len(body) < 8:
        return None
    kind, length = struct.unpack_from(order + "II", body)
    return (kind, bytes(body[8 : 8 + length])) if len(body) >= 8 + length else None


def nanoseconds(units: NDArray[np.uint64], resolution: int, offset: NDArray[np.int64]) -> NDArray[np.int64]:
    """Times since 1970 in nanoseconds; 0 where a time lies before 1970 or after 2262, which is made up.

    `units` count what `resolution` says; `offset` is in seconds. Every step stays inside 64 bits.
    """
    power = resolution & 0x7F
    if resolution & 0x80:
        seconds, part = _binary(units, power)
    else:
        seconds, part = _decimal(units, power)
    total = np.minimum(seconds, np.uint64(1 << 61)).astype(np.int64) + np.clip(offset, -(1 << 61), 1 << 61)
    possible = (total >= 0) & (total <= MAX_SECONDS)
    return np.where(possible, total, 0) * NS + np.where(possible, part.astype(np.int64), 0)


def _decimal(units: NDArray[np.uint64], power: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    if power <= 9:
        unit = np.uint64(10**power)
        seconds = units // unit
        return seconds, (units - seconds * unit) * np.uint64(10 ** (9 - power))
    nothing = np.zeros_like(units)
    if power <= 19:
        unit = np.uint64(10**power)
        seconds = units // unit
        return seconds, (units - seconds * unit) // np.uint64(10 ** (power - 9))
    return nothing, units // np.uint64(10 ** (power - 9)) if power <= 28 else nothing


def _binary(units: NDArray[np.uint64], power: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    # 34 bits of a fraction are finer than a nanosecond, and 2^34 times 10^9 still fits 64 bits.
    keep = min(power, 34)
    if power < 64:
        seconds = units >> np.uint64(power)
        part = (units - (seconds << np.uint64(power))) >> np.uint64(power - keep)
    else:
        seconds = np.zeros_like(units)
        part = units >> np.uint64(power - keep) if power - keep < 64 else seconds
    return seconds, part * np.uint64(NS) >> np.uint64(keep)


def time_text(units: int, resolution: int, offset: int) -> str:
    """A time that `nanoseconds` finds possible, as RFC 3339 UTC with as many digits as tell one unit from the next."""
    power = resolution & 0x7F
    if resolution & 0x80:
        seconds, part = units >> power, units & ((1 << power) - 1)
        digits = len(str((1 << power) - 1)) if power else 0
        part = part * 10**digits >> power
    else:
        seconds, part = divmod(units, 10**power)
        digits = power
    return rfc3339(seconds + offset, f"{part:0{digits}d}" if digits else "")
