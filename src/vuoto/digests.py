"""The SHA-256 of a file, made by a process of its own while this one reads the file.

Hashing runs at some 2 GB/s on one core, which is slower than everything else that is done with each byte of a capture: beside
the reading it costs no time, and begun before the rooms are imported it is done when they are.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import warnings
from typing import Final

WORTH_A_PROCESS: Final = 32 << 20
"""Bytes from which hashing takes longer (16 ms) than a process its start."""

CHUNK_BYTES: Final = 1 << 20
"""Read at a time: little enough to be hashed from the processor's cache."""


class DigestBeside:
    """The process that hashes the file of a descriptor, from its first byte to its end. `close` must be called."""

    __slots__ = ("_descriptor", "_from", "_process", "_told")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._told: tuple[int, str] | None = None
        self._from, to = os.pipe()
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python 3.12 warns of forking beside threads; the child takes no lock that another thread could hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = os.fork()
        if self._process == 0:
            try:
                os.write(to, _hash(descriptor, parent))
            finally:
                os._exit(0)
        os.close(to)

    def of(self, size: int) -> str | None:
        """The SHA-256 of the file's first `size` bytes, lower-case hex; `None` where it met another end, or was killed."""
        if self._told is None:
            said = b""
            while more := os.read(self._from, 256):
                said += more
            length, _, digest = said.partition(b" ")
            self._told = (int(length), digest.decode()) if digest else (-1, "")
        length_then, hexadecimal = self._told
        return hexadecimal if length_then == size else None

    def close(self) -> None:
        """End the process, whether it is done or not. May be called more than once."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            os.close(self._from)
            self._process = 0
            self._told = self._told or (-1, "")


def digest_beside(descriptor: int, *, workers: int) -> DigestBeside | None:
    """Begin to hash a file, where that pays: a large regular file, more than one process allowed, and a system that forks."""
    if workers < 2 or not hasattr(os, "fork"):
        return None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size < WORTH_A_PROCESS:
        return None
    return DigestBeside(descriptor)


def _hash(descriptor: int, parent: int) -> bytes:
    """`size digest`; empty where the parent is gone."""
    import hashlib

    digest = hashlib.sha256()
    view = memoryview(bytearray(CHUNK_BYTES))
    at = 0
    while got := os.preadv(descriptor, [view], at):
        digest.update(view[:got])
        at += got
        if os.getppid() != parent:
            return b""
    return f"{at} {digest.hexdigest()}".encode()
