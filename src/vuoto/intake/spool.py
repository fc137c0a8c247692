"""A second copy of bytes that cannot be read twice: of a pipe, or of what a compressed input unpacks to."""

from __future__ import annotations

import os
from typing import BinaryIO, Final

SPOOL_LIMIT: Final = 64 << 30
"""Most bytes spooled. A day of a phone's traffic is some GB; 64 GiB leaves room and still fits a disk."""

UNPACKED_PER_BYTE: Final = 300
"""Most bytes that a byte of a compressed input may unpack to, beyond `UNPACKED_FREE`. Real captures reach 10; one packet over and
over, each with its own time, 200 (measured, zstd); only made-up input goes on (deflate ends at 1,032, zstd at 30,000)."""

UNPACKED_FREE: Final = 1 << 30
"""Bytes that any compressed input may unpack to, whatever the ratio: so much is unpacked and indexed in some seconds."""


class Spool:
    """Written once in order, then read anywhere, by forked processes at the same time as well."""

    __slots__ = ("_file", "failure")

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None
        """Why a write failed (the disk is full), or `None`."""

    def write(self, data: memoryview) -> None:
        """Appends; a failure is kept for the reader's thread to see, and nothing is written after it."""
        if self.failure is not None:
            return
        try:
            # A raw file may take less than it is given.
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            self.failure = error

    def flush(self) -> None:
        """Makes what was written readable."""
        try:
            self._file.flush()
        except OSError as error:
            self.failure = error

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes at `offset`, fewer only at the end."""
        try:
            number = self._file.fileno()
        except OSError:  # a file in memory: each process has its own
            self._file.seek(offset)
            return self._file.read(length)
        return read_whole(number, offset, length)


def read_whole(descriptor: int, offset: int, length: int) -> bytes:
    """`pread` until `length` bytes are there or the file ends: it shares no position, so forked readers do not meet."""
    data = os.pread(descriptor, length, offset)
    if len(data) == length or not data:
        return data
    pieces = [data]
    done = len(data)
    while done < length and data:
        data = os.pread(descriptor, length - done, offset + done)
        pieces.append(data)
        done += len(data)
    return b"".join(pieces)
