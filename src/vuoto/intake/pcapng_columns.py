"""Packet blocks of a pcapng window, gathered to columns all at once, whatever sections and interfaces they belong to."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.facts.frames import FrameBatch
from vuoto.intake.app_tags import Tagged
from vuoto.intake.pcapng_blocks import UNKNOWN_LINK, Interfaces, nanoseconds, time_text

_FIXED: Final = 28
"""Bytes of an enhanced packet block before the packet: type, length, interface, time (high, low), captured, original (§4.3)."""


@dataclass(slots=True)
class Rows:
    """The packet blocks of one window."""

    offsets: list[int] = field(default_factory=list)
    """Where each begins. All are whole."""

    sections: list[tuple[int, bool, int]] = field(default_factory=list)
    """`(row, big endian, base)`: from that row on blocks are so written, and interfaces counted from that base; first row 0."""

    simple: list[tuple[int, int, int]] = field(default_factory=list)
    """`(row, captured length, original length)` of simple packets."""

    obsolete: list[int] = field(default_factory=list)
    """Rows that are obsolete packets."""

    breaks: list[int] = field(default_factory=list)
    """Rows before which the numbering passes over one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The frames of a window, up to the first that is damaged."""

    start: NDArray[np.int64]
    captured: NDArray[np.int64]
    wire: NDArray[np.int64]
    time_ns: NDArray[np.int64]
    linktype: NDArray[np.int32]
    units: NDArray[np.uint64]
    resolution: NDArray[np.int64]
    offset: NDArray[np.int64]
    options: NDArray[np.int64]
    """Where the options behind each packet begin."""

    end: NDArray[np.int64]
    """Where they end at the latest."""

    big: NDArray[np.bool_]
    """Whether the block is big-endian."""

    damage: str | None
    """What is wrong with the row after the last, or `None`."""

    apps: Tagged = ()
    """Rows whose apps are known; set by whoever reads them."""

    def batch(self, data: NDArray[np.uint8], base: int, rows: slice, first_number: int) -> FrameBatch:
        """Some of the rows as a batch."""
        apps = self.apps[bisect_left(self.apps, (rows.start,)) : bisect_left(self.apps, (rows.stop,))] if self.apps else ()
        return FrameBatch(
            data=data,
            base=base,
            start=self.start[rows],
            caplen=self.captured[rows],
            wirelen=self.wire[rows],
            time_ns=self.time_ns[rows],
            linktype=self.linktype[rows],
            first_number=first_number,
            apps=tuple((row - rows.start, app) for row, app in apps),
        )

    def time_text(self, row: int) -> str:
        """A row's time in full precision."""
        return time_text(int(self.units[row]), int(self.resolution[row]), int(self.offset[row]))


def gather(data: NDArray[np.uint8], rows: Rows, interfaces: Interfaces) -> Columns:
    """The columns of `rows`, which are not empty, of the window `data`."""
    offsets = np.array(rows.offsets, np.int64)
    if rows.simple:  # these may be shorter than what is gathered
        data = np.concatenate([data, np.zeros(_FIXED, np.uint8)])
    # A view of every 28 bytes, one byte apart: one gather fetches all of a block's header.
    raw = np.ndarray((len(data) - _FIXED + 1,), f"V{_FIXED}", data, strides=(1,))[offsets].view("<u4").reshape(-1, 7)
    begins = np.array([row for row, _, _ in rows.sections] + [len(offsets)], np.int64)
    counts = begins[1:] - begins[:-1]
    big = np.repeat(np.array([big for _, big, _ in rows.sections], np.bool_), counts)
    fields = np.where(big[:, None], raw.byteswap(), raw) if big.any() else raw
    size = fields[:, 1].astype(np.int64) + 3 & -4
    interface = fields[:, 2].astype(np.int64)
    units = fields[:, 3].astype(np.uint64) << np.uint64(32) | fields[:, 4]
    captured = fields[:, 5].astype(np.int64)
    wire = fields[:, 6].astype(np.int64)
    start = offsets + _FIXED
    # A block ends in its own length (§3.1), whatever the byte order; the packet lies before that.
    closing = np.ndarray((len(data) - 3,), "<u4", data, strides=(1,))[offsets + size - 4]
    damaged = (closing != raw[:, 1]) | (captured + _FIXED + 4 > size)
    for row in rows.obsolete:  # interface and drops, 16 bits each, stand where the interface does now
        interface[row] = interface[row] >> 16 if big[row] else interface[row] & 0xFFFF
    time_given = np.ones(len(offsets), np.bool_)
    if rows.simple:
        where, captured_simple, wire_simple = np.array(rows.simple, np.int64).T
        captured[where], wire[where], interface[where], damaged[where] = captured_simple, wire_simple, 0, False
        start[where] = offsets[where] + 12
        time_given[where] = False
    linktypes, resolutions, time_offsets = interfaces.columns()
    bases = [base for _, _, base in rows.sections]
    base = np.repeat(np.array(bases, np.int64), counts)
    bound = np.repeat(np.array(interfaces.bounds(bases), np.int64), counts)
    index = np.where(base + interface < bound, base + interface, len(linktypes) - 1)
    resolution, offset = resolutions[index], time_offsets[index]
    time_ns = np.zeros(len(offsets), np.int64)
    for one in np.unique(resolution).tolist():
        chosen = time_given & (resolution == one)
        time_ns[chosen] = nanoseconds(units[chosen], one, offset[chosen])
    end = int(damaged.argmax()) if damaged.any() else len(offsets)
    damage = None
    if end < len(offsets):
        ends = bool(closing[end] != raw[end, 1])
        damage = (
            "does not end in its own length" if ends else f"claims a packet of {int(captured[end]):,} bytes, more than it holds"
        )
    return Columns(
        start=start[:end],
        captured=captured[:end],
        wire=np.maximum(wire, captured)[:end],
        time_ns=time_ns[:end],
        linktype=linktypes[index[:end]],
        units=units,
        resolution=resolution,
        offset=offset,
        options=(start + (captured + 3 & -4))[:end],
        end=(offsets + size - 4)[:end],
        big=big[:end],
        damage=damage,
    )


def first_unknown(columns: Columns, rows: slice) -> int | None:
    """The first row whose interface is unknown, counted from the slice's start."""
    unknown = columns.linktype[rows] == UNKNOWN_LINK
    return int(unknown.argmax()) if unknown.any() else None
