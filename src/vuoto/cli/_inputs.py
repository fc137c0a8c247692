"""The inputs of an audit: which files they are, and each of them open while it is looked through."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from vuoto.digests import WORTH_A_PROCESS, DigestBeside, digest_beside
from vuoto.errors import InputError, UsageError

if TYPE_CHECKING:
    from vuoto.audit import Source


def list_inputs(names: tuple[str, ...]) -> list[tuple[Path | None, bool]]:
    """Files to read, `None` for standard input, each with whether the user named it (then it must be readable)."""
    from vuoto.intake import is_capture_name

    listed: list[tuple[Path | None, bool]] = []
    for name in names:
        path = Path(name)
        if name == "-":
            listed.append((None, True))
        elif path.is_dir():
            if not os.access(path, os.R_OK | os.X_OK):
                raise InputError("Permission denied", where=name, next_step="Check the permissions of the folder")
            inside = sorted([*captures_in(path, is_capture_name)])
            if not inside:
                raise InputError(
                    "no capture in this folder",
                    where=name,
                    next_step="Captures are named .pcap, .pcapng, .cap or .har, or these with .gz",
                )
            listed += [(p, False) for p in inside]
        elif not path.exists():
            raise InputError("no such file", where=name, next_step="Check the path")
        else:
            listed.append((path, True))
    if [path for path, _ in listed].count(None) > 1:
        raise UsageError("standard input can be read only once", next_step="Name - once")
    return listed


def captures_in(folder: Path, is_capture: Callable[[str], bool]) -> Iterator[Path]:
    """The captures below `folder`, and the folders below it that cannot be read: opening them says why, in the document."""
    closed: list[OSError] = []
    for inside, _, files in os.walk(folder, onerror=closed.append):
        yield from (path for path in (Path(inside, name) for name in files if is_capture(name)) if is_file(path))
    yield from (Path(error.filename) for error in closed)


def is_file(path: Path) -> bool:
    """Whether it is, or leads to, a file."""
    try:
        return path.is_file()
    except OSError:  # a link to a name that no file can have
        return False


class Unopened(io.RawIOBase):
    """A file that could not be opened: reading it says why."""

    def __init__(self, why: OSError) -> None:
        self._why = why

    def readable(self) -> bool:
        """As every input."""
        return True

    def readinto(self, _view: object) -> int:
        """What opening it said."""
        raise self._why


class Opening:
    """Opens inputs in turn, and has the large ones hashed by a process beside this one."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._begun: Path | None = None
        self._stream: BinaryIO | None = None
        self._digest: DigestBeside | None = None

    def __enter__(self) -> Self:
        """Nothing is open yet."""
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        """Close what is open."""
        self._close()

    def begin(self, name: str) -> None:
        """Open the first input and begin to hash it, where that pays. If it cannot be opened, `sources` will say why."""
        path = Path(name)
        try:
            if path.is_file() and path.stat().st_size >= WORTH_A_PROCESS:
                self._open(path)
                self._begun = path
        except OSError:
            self._close()

    def sources(self, listed: list[tuple[Path | None, bool]]) -> Iterator[Source]:
        """The inputs, as `list_inputs` lists them, each open until the next is asked for."""
        from vuoto.audit import Source

        for path, named in listed:
            if path is None:
                self._close()
                yield Source("-", sys.stdin.buffer, named)
                continue
            try:
                stream = self._open(path)
            except OSError as error:
                if named:
                    raise InputError(
                        error.strerror or "cannot be opened", where=str(path), next_step="Check the permissions"
                    ) from None
                # A file of a folder: the others are read, and this one becomes a problem of the document.
                yield Source(path.name, cast("BinaryIO", Unopened(error)), named)
                continue
            yield Source(path.name, stream, named, self._digest.of if self._digest is not None else None)
        self._close()

    def _open(self, path: Path) -> BinaryIO:
        if self._stream is not None and self._begun == path:
            self._begun = None  # only once: a file that is given twice is opened twice
            return self._stream
        self._close()
        self._path = path
        self._stream = cast("BinaryIO", path.open("rb", buffering=0))
        self._digest = digest_beside(self._stream.fileno(), workers=self._workers)
        return self._stream

    def _close(self) -> None:
        if self._digest is not None:
            self._digest.close()
        if self._stream is not None:
            self._stream.close()
        self._begun = self._stream = self._digest = None
