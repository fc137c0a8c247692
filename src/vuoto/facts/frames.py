"""Frames as columns, and the capture that hands them on.

A frame is never an object: one gigabyte holds some 700,000 of them. A `FrameBatch` is one window of the input (tens of MB) with
one NumPy array per field; it lives until the next one is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vuoto.facts.flows import Flow
from vuoto.facts.messages import Message
from vuoto.facts.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameBatch:
    """The frames of one window of an input. All columns have the same length n."""

    data: NDArray[np.uint8]
    """The bytes of the window. Valid until the next batch is asked for: copy what must outlive it."""

    base: int
    """Offset in the (decompressed) input of `data[0]`."""

    start: NDArray[np.int64]
    """Offset in `data` of each frame's first byte."""

    caplen: NDArray[np.int64]
    """Captured bytes of each frame; `start + caplen <= len(data)` always holds."""

    wirelen: NDArray[np.int64]
    """Bytes of each frame on the wire; more than `caplen` where the capture was cut by a snap length."""

    time_ns: NDArray[np.int64]
    """Capture time, nanoseconds since 1970-01-01 UTC; 0 where the format gives none."""

    linktype: NDArray[np.int32]
    """LINKTYPE_ number of each frame (https://www.tcpdump.org/linktypes.html)."""

    first_number: int
    """Number of the first frame, 1-based, counted through the whole input as Wireshark does."""

    apps: tuple[tuple[int, str], ...] = ()
    """Rows whose capture says which app sent them: `(row, app)`, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input as the document lists it."""

    name: str
    """File name without its folder; `-` for standard input."""

    sha256: str
    """SHA-256 of the input's bytes as given (compressed where it was), lower-case hex."""

    size: int
    """Bytes of the input as given."""

    format: str
    """`pcap`, `pcapng`, `har` …, with the compression appended where there is one: `pcapng+gzip`."""

    frames: int
    """Whole frames read; entries for a HAR."""

    first: str | None
    """Time of the first frame, RFC 3339 UTC with full capture precision, or `None` where there is none."""

    last: str | None
    """Time of the last frame, likewise (the latest, not the last in file order)."""


class Capture(Protocol):
    """An opened input. Read `batches` once, to the end; then `input` is complete and `read_at` may be called."""

    name: str

    @property
    def position(self) -> int:
        """Bytes of the input, as given, read so far."""

    def batches(self) -> Iterator[FrameBatch]:
        """The frames, window by window, in file order. Nothing for an input of ready messages."""

    def messages(self) -> Iterator[Message]:
        """The ready messages of a HAR or flow dump. Nothing for a capture of frames."""

    def flows(self) -> tuple[Flow, ...]:
        """The conversations that the ready messages belong to: `Message.flow` is an index into it. Empty for frames."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes of the decompressed input, for payloads gathered after the index is complete. Short only at the end."""

    def describe(self) -> Input:
        """The input's facts; raises `RuntimeError` before the input was read to its end."""

    def problems(self) -> tuple[Problem, ...]:
        """What could not be read so far."""
