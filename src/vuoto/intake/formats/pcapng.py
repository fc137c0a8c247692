"""pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, many interfaces, all four kinds of packet.

Read: section header, interface description (link type, snap length, `if_tsresol`, `if_tsoffset`), enhanced, simple and obsolete
packet blocks; decryption secrets are kept; PCAPdroid's custom blocks and comments (`app_tags`). Passed over: name resolution,
statistics, all other blocks, other options.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Final

from vuoto.errors import InputError
from vuoto.facts.frames import FrameBatch
from vuoto.facts.problems import Problem
from vuoto.intake.app_tags import Comments, Trailers
from vuoto.intake.format import Format, Reading, up_to_here
from vuoto.intake.pcapng_blocks import (
    ENHANCED,
    INTERFACE,
    OBSOLETE,
    SECRETS,
    SECTION,
    SIMPLE,
    Interfaces,
    byte_order,
    read_interface,
    read_secrets,
)
from vuoto.intake.pcapng_columns import Rows, first_unknown, gather
from vuoto.intake.windows import Windows

MAX_BLOCK: Final = 17 << 20
"""Bytes of a block that is read (a packet, an interface) beyond which it is taken for damage: a frame as in `pcap.MAX_FRAME` and
room for its options. Blocks that are passed over may be longer: they need not fit a window."""

MAX_SECRETS: Final = 64 << 20
"""Bytes of decryption secrets that are kept; a line of a key log is 180 bytes."""

MAX_BREAKS: Final = 1024
"""Batches ended early to keep Wireshark's numbering. A capture app writes a custom block per app it meets; more than this is
made up, or a system log with packets in it, and would make the batches too small to be fast."""

NUMBERED: Final = frozenset({0x00000BAD, 0x40000BAD, 9, 0x204, 0x208, 0x216, 0x217, 0x221, 0x222})
"""Blocks that hold no packet but that Wireshark numbers as one: custom, systemd journal and sysdig events."""

CUSTOM: Final = frozenset({0x00000BAD, 0x40000BAD})
"""Custom blocks (§4.8), to be copied by editors or not."""

_MUST_FIT: Final = frozenset({SECTION, INTERFACE, ENHANCED, SIMPLE, OBSOLETE})
_CUT_OFF: Final = "If it is still being written, run the audit again when the capture has stopped"
_DAMAGED: Final = "Copy the capture again from where it was made; what was read so far stands"


def _recognise(head: bytes) -> int:
    if not head.startswith(b"\n\r\r\n"):
        return 0
    return 100 if len(head) < 12 or byte_order(head[8:12]) else 20


def _open(windows: Windows, name: str) -> Reading:
    head = windows.data[:28].tobytes()
    order = byte_order(head[8:12])
    if len(head) < 28 or order is None:
        what = "ends inside its own header" if len(head) < 28 else "has a header that says no byte order"
        raise InputError(f"the pcapng file {what}", next_step="Copy or record the capture again")
    major, minor = struct.unpack_from(order + "HH", head, 12)
    if major != 1:
        raise InputError(
            f"pcapng version {major}.{minor} is not known",
            next_step="Convert it with `editcap -F pcapng IN OUT` (it comes with Wireshark) and give the result",
        )
    reading = Reading()
    reading.batches = _Sections(windows, name, reading).batches()
    return reading


class _Sections:
    """Walks the blocks window by window; gathers the columns of each window's packets at once, whatever sections they are in."""

    __slots__ = (
        "_breaks", "_comments", "_first_unknown", "_interfaces", "_name", "_number", "_order", "_reading", "_secrets", "_stop",
        "_trailers", "_windows",
    )  # fmt: skip

    def __init__(self, windows: Windows, name: str, reading: Reading) -> None:
        self._windows = windows
        self._name = name
        self._reading = reading
        self._order = "<"
        self._interfaces = Interfaces()
        self._number = 1  # of the next frame, as Wireshark counts
        self._breaks = 0
        self._comments = Comments()
        self._trailers = Trailers()
        self._secrets = 0
        self._first_unknown: int | None = None  # number of the first frame on an interface that no block describes
        self._stop: tuple[str, str] | None = None  # what is wrong with the block at which the walk ended, and the next step

    def batches(self) -> Iterator[FrameBatch]:
        windows = self._windows
        while True:
            self._interfaces.forget_earlier_sections()
            rows = Rows(sections=[(0, self._order == ">", 0)])
            consumed = self._walk(rows)
            consumed = yield from self._hand_on(rows, consumed)
            reached = windows.base + consumed
            if self._stop is None and not (windows.ended and consumed >= len(windows.data)):
                windows.advance(consumed)
                if windows.base < reached:  # a block that is passed over claimed more than there is
                    self._stop = "is cut off by the end of the file", _CUT_OFF
                if self._stop is None:
                    continue
            self._report(reached)
            return

    def _report(self, reached: int) -> None:
        problems = self._reading.problems
        if self._stop is not None:
            what, next_step = self._stop
            told = f"the block at offset {reached:,} {what}; {up_to_here(self._reading.frames)}"
            problems.append(Problem(where=f"{self._name}, frame {self._number}", what=told, next_step=next_step))
        if self._first_unknown is not None:
            what = "this frame, and perhaps later ones, names an interface that the file does not describe; link layer unknown"
            problems.append(Problem(where=f"{self._name}, frame {self._first_unknown}", what=what))
        if self._breaks > MAX_BREAKS:
            what = (
                f"more than {MAX_BREAKS:,} blocks that are no packets stand between the packets; "
                "those after them are not counted, so later frame numbers are lower than Wireshark's"
            )
            problems.append(Problem(where=self._name, what=what))

    def _walk(self, rows: Rows) -> int:
        """Collects the window's packet blocks; returns where it ended.

        That is at a block that needs more bytes or is damaged, or beyond the window where a long block is passed over. As in
        pcap each block says where the next one is; the common block is dealt with first (0.2 µs).
        """
        windows = self._windows
        view = windows.data.data
        end = len(view)
        append = rows.offsets.append
        head_at = struct.Struct(self._order + "II").unpack_from
        at = 0
        while at + 8 <= end:
            kind, size = head_at(view, at)
            following = at + (size + 3 & -4)  # some writers leave the padding out of the length
            if kind == ENHANCED and following <= end and size >= 32:
                append(at)
                at = following
                continue
            if kind == SECTION and at + 12 <= end:
                order = byte_order(view[at + 8 : at + 12])
                if order is None:
                    self._stop = "begins a section that says no byte order", _DAMAGED
                    return at
                self._order = order
                head_at = struct.Struct(order + "II").unpack_from
                size = head_at(view, at)[1]
                following = at + (size + 3 & -4)
            if size < 12 or (size > MAX_BLOCK and kind in _MUST_FIT):
                if kind != SECTION or at + 12 <= end:
                    self._stop = f"claims a length of {size:,} bytes, so the file is damaged from there on", _DAMAGED
                    return at
                break
            if following > end:
                if windows.ended or size <= MAX_BLOCK:
                    break
                self._pass_over(kind, rows)
                return int(following)
            if head_at(view, following - 8)[1] != size:
                self._stop = "does not end in its own length, so the file is damaged from there on", _DAMAGED
                return at
            if not self._read(kind, at, size, rows):
                return at
            at = following
        if windows.ended and at < end:
            self._stop = "is cut off by the end of the file", _CUT_OFF
        return at

    def _read(self, kind: int, at: int, size: int, rows: Rows) -> bool:
        """Reads a whole block that is not a common packet. False where it is damaged."""
        view = self._windows.data.data
        order = self._order
        if kind == SECTION:
            major, minor = struct.unpack_from(order + "HH", view, at + 12) if size >= 28 else (0, 0)
            if major != 1:
                self._stop = f"begins a section of version {major}.{minor}, which is not known", _DAMAGED
                return False
            rows.sections.append((len(rows.offsets), order == ">", self._interfaces.begin_section()))
        elif kind == INTERFACE and size >= 20:
            self._interfaces.add(read_interface(view[at + 8 : at + size - 4], order))
        elif kind == SIMPLE and size >= 16:
            # §4.4: it says no captured length; the packet is the original, cut at the first interface's snap length.
            wire = struct.unpack_from(order + "I", view, at + 8)[0]
            rows.simple.append((len(rows.offsets), min(wire, size - 16, self._interfaces.first_snap() or wire), wire))
            rows.offsets.append(at)
        elif kind == OBSOLETE and size >= 32:
            rows.obsolete.append(len(rows.offsets))
            rows.offsets.append(at)
        elif kind in _MUST_FIT:
            self._stop = f"has {size} bytes, too few for its type", _DAMAGED
            return False
        elif kind == SECRETS:
            secret = read_secrets(view[at + 8 : at + size - 4], order)
            self._secrets += size
            if secret is not None and self._secrets <= MAX_SECRETS:
                self._reading.secrets.append(secret)
        else:
            if kind in CUSTOM:
                self._comments.take(view[at + 8 : at + size - 4], order)
            self._pass_over(kind, rows)
        return True

    def _pass_over(self, kind: int, rows: Rows) -> None:
        if kind in NUMBERED:
            self._breaks += 1
            if self._breaks <= MAX_BREAKS:
                rows.breaks.append(len(rows.offsets))

    def _hand_on(self, rows: Rows, consumed: int) -> Generator[FrameBatch, None, int]:
        """Yields the rows' frames; returns how much of the window was read, less than `consumed` where a row is damaged."""
        count, windows, reading = len(rows.offsets), self._windows, self._reading
        if not count:
            self._number += len(rows.breaks)
            return consumed
        columns = gather(windows.data, rows, self._interfaces)
        reading.span.add(columns.time_ns, columns.time_text)
        apps = self._comments.read(windows.data, columns.options, columns.end, columns.big) or self._trailers.read(
            windows.data, columns.start, columns.captured, columns.linktype
        )
        if apps:
            columns = replace(columns, apps=apps)
        if columns.damage is not None:
            count = len(columns.start)
            consumed = rows.offsets[count]
            self._stop = f"{columns.damage}, so the file is damaged from there on", _DAMAGED
        done = 0
        for end, gap in [(row, 1) for row in rows.breaks if row <= count] + [(count, 0)]:
            if end > done:
                part = slice(done, end)
                unknown = first_unknown(columns, part)
                if unknown is not None and self._first_unknown is None:
                    self._first_unknown = self._number + unknown
                reading.frames += end - done
                yield columns.batch(windows.data, windows.base, part, self._number)
            self._number += end - done + gap
            done = end
        return consumed


FORMAT = Format(name="pcapng", recognise=_recognise, open=_open)
