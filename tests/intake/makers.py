"""Makes capture files byte by byte, and reads a capture to plain values to compare."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from vuoto.errors import InputError
from vuoto.intake import OpenedCapture, open_capture

CORPUS = Path(os.environ.get("VUOTO_CORPUS", Path(__file__).parents[3] / "shared/corpus"))


class Record(NamedTuple):
    seconds: int
    fraction: int
    packet: bytes
    wire: int | None = None


def pcap(records: Iterable[Record], *, order: str = "<", magic: int = 0xA1B2C3D4, link: int = 1) -> bytes:
    pieces = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)]
    extra = bytes(8) if magic == 0xA1B2CD34 else b""
    for seconds, fraction, packet, wire in records:
        length = len(packet) if wire is None else wire
        pieces.append(struct.pack(order + "IIII", seconds, fraction, len(packet), length) + extra + packet)
    return b"".join(pieces)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<", major: int = 1) -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, major, 0, -1), order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def interface(order: str = "<", *, link: int = 1, snap: int = 0, options: bytes = b"") -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, snap) + options, order)


def enhanced(
    packet: bytes, *, units: int = 0, number: int = 0, wire: int | None = None, order: str = "<", options: bytes = b""
) -> bytes:
    length = len(packet) if wire is None else wire
    head = struct.pack(order + "IIIII", number, units >> 32, units & 0xFFFFFFFF, len(packet), length)
    return block(6, head + packet + bytes(-len(packet) % 4) + options, order)


def simple(packet: bytes, *, wire: int | None = None, order: str = "<") -> bytes:
    return block(3, struct.pack(order + "I", len(packet) if wire is None else wire) + packet, order)


def obsolete(packet: bytes, *, units: int = 0, number: int = 0, order: str = "<") -> bytes:
    head = struct.pack(order + "HHIIII", number, 7, units >> 32, units & 0xFFFFFFFF, len(packet), len(packet))
    return block(2, head + packet, order)


class Trickle(io.RawIOBase):
    """A pipe: cannot seek, and gives what `sizes` says at a time."""

    def __init__(self, data: bytes, sizes: Callable[[], int] = lambda: 1) -> None:
        self._data = memoryview(data)
        self._sizes = sizes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), len(self._data), self._sizes())
        buffer[:size] = self._data[:size]
        self._data = self._data[size:]
        return size


def opened(data: bytes | BinaryIO, name: str = "input", spool: Callable[[], BinaryIO] = io.BytesIO) -> OpenedCapture:
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    return open_capture(stream, name, spool=spool)


class Frame(NamedTuple):
    number: int
    time_ns: int
    linktype: int
    wirelen: int
    packet: bytes
    offset: int


def frames_of(capture: OpenedCapture) -> list[Frame]:
    """Reads the frames; checks what every batch promises, and that `read_at` gives the same bytes."""
    frames: list[Frame] = []
    for batch in capture.batches():
        count = len(batch.start)
        assert count == len(batch.caplen) == len(batch.wirelen) == len(batch.time_ns) == len(batch.linktype) > 0
        assert (batch.start >= 0).all()
        assert (batch.caplen >= 0).all()
        assert (batch.start + batch.caplen <= len(batch.data)).all()
        assert (batch.wirelen >= batch.caplen).all()
        assert (batch.time_ns >= 0).all()
        for row in range(count):
            start, length = int(batch.start[row]), int(batch.caplen[row])
            frames.append(
                Frame(
                    number=batch.first_number + row,
                    time_ns=int(batch.time_ns[row]),
                    linktype=int(batch.linktype[row]),
                    wirelen=int(batch.wirelen[row]),
                    packet=bytes(batch.data[start : start + length]),
                    offset=batch.base + start,
                )
            )
    assert all(capture.read_at(frame.offset, len(frame.packet)) == frame.packet for frame in frames)
    return frames


def told(data: bytes | BinaryIO, name: str = "input") -> dict[str, Any]:
    """Everything that intake says of an input, in plain values."""
    try:
        capture = opened(data, name)
        frames = frames_of(capture)
    except InputError as error:
        return {"error": error.what, "where": error.where, "next_step": error.next_step}
    facts = capture.describe()
    result: dict[str, Any] = {
        "format": facts.format,
        "frames": facts.frames,
        "first": facts.first,
        "last": facts.last,
        "problems": [f"{problem.where}: {problem.what}" for problem in capture.problems()],
    }
    if frames:
        result["packets"] = [[f.number, f.time_ns, f.linktype, f.wirelen, f.packet.hex()] for f in frames]
    if capture.secrets:
        result["secrets"] = [[kind, secret.decode("latin-1")] for kind, secret in capture.secrets]
    messages = list(capture.messages())
    if messages or capture.flows():
        result["messages"] = [
            {
                "flow": m.flow,
                "protocol": m.protocol,
                "time_ns": m.time_ns,
                "host": m.host,
                "entry": m.entry,
                "method": m.method,
                "target": m.target,
                "sections": [[s.label, s.name, s.data.decode("latin-1"), s.hint] for s in m.sections],
            }
            for m in messages
        ]
        result["flows"] = [
            {key: value for key, value in asdict(flow).items() if key != "id" and value not in (None, (), 0, False)}
            for flow in capture.flows()
        ]
    return result
