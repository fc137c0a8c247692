"""pcap, the libpcap savefile (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds, and Kuznetzov's longer records.

Not read: versions before 2.0 (as libpcap, which calls them archaic), and the private variants of AIX, Ixia and Nokia, whose magic
numbers, where they have their own, `intake.strangers` names.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.errors import InputError
from vuoto.facts.frames import FrameBatch
from vuoto.facts.problems import Problem
from vuoto.intake.app_tags import ETHERNET, Trailers
from vuoto.intake.format import Format, Reading, up_to_here
from vuoto.intake.times import NS, decimal
from vuoto.intake.windows import Windows

MAX_FRAME: Final = 16 << 20
"""Captured bytes of a frame beyond which a record is taken for damage. libpcap caps a frame at 256 KiB on every link but D-Bus,
and the largest segments that a kernel hands to a capture (BIG TCP) are 512 KiB."""

_HEADER: Final = 24
# draft-ietf-opsawg-pcap §4: the magic says the byte order and the unit of the fraction. A1B2CD34 is the "modified pcap" of
# A. Kuznetzov's libpcap patches (Red Hat 6.1): interface, protocol and packet type follow the usual 16 bytes of a record.
_MAGICS: Final = {0xA1B2C3D4: (6, 16), 0xA1B23C4D: (9, 16), 0xA1B2CD34: (6, 24)}

_CUT_OFF: Final = "If it is still being written, run the audit again when the capture has stopped"
_DAMAGED: Final = "Copy the capture again from where it was made; what was read so far stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    order: str
    digits: int
    record: int
    linktype: int


def _variant(head: bytes) -> tuple[str, int, int] | None:
    for order in "<>":
        found = _MAGICS.get(struct.unpack_from(order + "I", head)[0]) if len(head) >= 4 else None
        if found is not None:
            return order, *found
    return None


def _recognise(head: bytes) -> int:
    return 100 if _variant(head) is not None else 0


def _open(windows: Windows, name: str) -> Reading:
    head = windows.data[:_HEADER].tobytes()
    variant = _variant(head)
    assert variant is not None, "opened only where recognised"
    if len(head) < _HEADER:
        raise InputError(
            f"the pcap file ends inside its own header, after {len(head)} of {_HEADER} bytes",
            next_step="Copy or record the capture again",
        )
    order, digits, record = variant
    major, minor, _zone, _figures, _snaplen, link = struct.unpack_from(order + "HHIIII", head, 4)
    if major < 2:
        raise InputError(
            f"pcap version {major}.{minor} is older than any program still reads",
            next_step="Convert it with the program that made it, or record the capture again",
        )
    # The upper 16 bits of the link type say whether frames end in a check sum (§4); the snap length is a promise nobody keeps.
    header = _Header(order=order, digits=digits, record=record, linktype=link & 0xFFFF)
    reading = Reading()
    reading.batches = _batches(header, windows, name, reading)
    return reading


def _batches(header: _Header, windows: Windows, name: str, reading: Reading) -> Iterator[FrameBatch]:
    consumed = _HEADER
    trailers = Trailers() if header.linktype == ETHERNET else None
    while True:
        offsets, consumed = _index(windows.data, consumed, header)
        batch, fields = _gather(header, windows, offsets, reading.frames + 1)
        damage = _damage(fields)
        if damage is not None:
            consumed = int(offsets[damage[0]])
            batch, fields = _gather(header, windows, offsets[: damage[0]], reading.frames + 1)
        count = len(batch.start)
        if count:
            reading.span.add(batch.time_ns, partial(_time_text, fields, header.digits))
            reading.frames += count
            if trailers is not None and (apps := trailers.read(batch.data, batch.start, batch.caplen, batch.linktype)):
                batch = replace(batch, apps=apps)
            yield batch
        problem = damage[1] if damage is not None else _claim(windows.data, consumed, header)
        where = f"{name}, frame {reading.frames + 1}"
        if problem is not None:
            offset = windows.base + consumed
            what = f"the record at offset {offset:,} {problem}; {up_to_here(reading.frames)}"
            reading.problems.append(Problem(where=where, what=what, next_step=_DAMAGED))
            return
        if windows.ended:
            rest = len(windows.data) - consumed
            if rest:
                what = f"the file ends inside a record, {rest:,} bytes after its start; {up_to_here(reading.frames)}"
                reading.problems.append(Problem(where=where, what=what, next_step=_CUT_OFF))
            return
        windows.advance(consumed)
        consumed = 0


def _index(data: NDArray[np.uint8], start: int, header: _Header) -> tuple[NDArray[np.int64], int]:
    """Offsets of the records that are whole, and where the first that is not begins.

    Each record says where the next one is, so this loop cannot be vectorised; it does nothing else (0.12 µs a record).
    """
    length_at = struct.Struct(header.order + "I").unpack_from
    view = data.data
    record = header.record
    offsets: list[int] = []
    append = offsets.append
    at = start
    try:
        while True:  # to ask before each step whether there is room for one costs a sixth more
            append(at)
            at += record + length_at(view, at + 8)[0]
    except struct.error:
        at = offsets.pop()
    if at > len(data):
        at = offsets.pop()
    return np.array(offsets, np.int64), at


def _gather(
    header: _Header, windows: Windows, offsets: NDArray[np.int64], first_number: int
) -> tuple[FrameBatch, NDArray[np.uint32]]:
    """The columns of the records at `offsets`, and the four 32-bit fields of each."""
    data = windows.data
    if len(offsets):
        # A view of every 16 bytes, one byte apart: one gather fetches a record's whole header.
        every = np.ndarray((len(data) - 15,), "V16", data, strides=(1,))
        fields = every[offsets].view(header.order + "u4").reshape(-1, 4).astype(np.uint32)
    else:
        fields = np.empty((0, 4), np.uint32)
    caplen = fields[:, 2].astype(np.int64)
    # Seconds and fraction are unsigned 32-bit, so even a made-up fraction (more than a second) fits.
    time_ns = fields[:, 0].astype(np.int64) * NS + fields[:, 1].astype(np.int64) * 10 ** (9 - header.digits)
    batch = FrameBatch(
        data=data,
        base=windows.base,
        start=offsets + header.record,
        caplen=caplen,
        wirelen=np.maximum(fields[:, 3].astype(np.int64), caplen),
        time_ns=time_ns,
        linktype=np.full(len(offsets), header.linktype, np.int32),
        first_number=first_number,
    )
    return batch, fields


def _time_text(fields: NDArray[np.uint32], digits: int, row: int) -> str:
    return decimal(int(fields[row, 0]) * 10**digits + int(fields[row, 1]), digits)


def _damage(fields: NDArray[np.uint32]) -> tuple[int, str] | None:
    """The first row that no capture holds, and why, or `None`."""
    # A record of zeros has no time and no packet: it is the unused end of a file that was allocated beforehand.
    seconds, fraction, captured, wire = fields.T
    wrong = (captured > MAX_FRAME) | ((seconds | fraction | captured | wire) == 0)
    if not wrong.any():
        return None
    row = int(wrong.argmax())
    length = int(fields[row, 2])
    return row, _too_long(length) if length else "is all zeros, as where a file was allocated but not written"


def _claim(data: NDArray[np.uint8], at: int, header: _Header) -> str | None:
    """What is wrong with the record that reaches beyond the window, or `None`: it may only need more bytes."""
    if len(data) - at < header.record:
        return None
    length = int(struct.unpack_from(header.order + "I", data.data, at + 8)[0])
    return _too_long(length) if length > MAX_FRAME else None


def _too_long(length: int) -> str:
    return f"claims {length:,} bytes, more than any packet has, so the file is damaged from there on"


FORMAT = Format(name="pcap", recognise=_recognise, open=_open)
