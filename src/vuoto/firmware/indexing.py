"""Reads the packages of an image in as many processes as are given, and writes their index; unchanged packages are remembered.

What is remembered of a package is what `pack_package` made of it, under a key of its bytes, the names of its files in its folder
and the version of the readers. Packages are read as if they stood nowhere, and given their folder when the index is written, so
that one that was moved is remembered. Remembering changes no byte of the index: all go through the same packed form.
"""

from __future__ import annotations

import gc
import hashlib
import mmap
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from vuoto.errors import InputError
from vuoto.facts.problems import Problem
from vuoto.firmware.building import Survey, read_in_columns, survey_image
from vuoto.firmware.content import Entry, Image
from vuoto.firmware.index.writing import FOLDER, pack_package, unpack, write_packed
from vuoto.firmware.packages.gathering import MAX_PACKAGE, PackageFiles
from vuoto.shards import Tickets, in_shards

COLLECTED: Final = 16 << 20
"""Bytes of packages after which cycles are looked for: what they hold comes to some times as much."""

_HASHED: Final = 1 << 20
_CODE_BYTES: Final = struct.Struct("<Q")


class Memory(Protocol):
    """Keeps results between runs. What it gives may be damaged: it is then computed again."""

    def get(self, key: str) -> bytes | None:
        """What was kept under a key of 64 hex digits, or `None`."""
        ...

    def keep(self, key: str, value: bytes) -> None:
        """Keeps it, or does not: nobody relies on it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How far it is."""

    packages: int
    """Packages done."""

    of: int
    """Packages in all."""

    code_bytes: int
    """Bytes of DEX read or remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """An index, and what it took."""

    data: bytes
    """The `.vfx` file."""

    packages: int
    """Packages in it."""

    remembered: int
    """How many of them were not read again."""

    code_bytes: int
    """Bytes of DEX in all packages."""

    problems: tuple[Problem, ...]
    """What could not be read of the image; what of a package stands with the package."""


def index_image(
    image: Image,
    *,
    workers: int = 1,
    memory: Memory | None = None,
    version: str = "",
    progress: Callable[[Done], None] = lambda _: None,
) -> Indexed:
    """The index of all that the image holds. `version` names the readers: with another one nothing is remembered.

    In memory stand the packed results (some ten kilobytes each), and one package for each worker.
    """
    survey = survey_image(image)
    parts = min(workers, max(1, len(survey.packages)))
    work = _Work(survey, memory, version, progress, parts)
    pieces: list[_Piece] = []
    met: set[Problem] = set()
    with _uncollected():
        try:
            shares = in_shards(work.run, parts)
        finally:
            work.tickets.close()
        for found, problems in shares:
            pieces += found
            met.update(problems)
        build = survey.build(met)
        data = write_packed(build, (piece.packed for piece in pieces), (piece.folder for piece in pieces))
    return Indexed(
        data=data,
        packages=len(pieces),
        remembered=sum(piece.remembered for piece in pieces),
        code_bytes=sum(piece.code_bytes for piece in pieces),
        problems=build.problems,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    packed: bytes
    """Empty for a native file that names nothing."""

    folder: str
    """Where the package stands, with the last `/`."""

    code_bytes: int
    remembered: bool


@contextmanager
def _uncollected() -> Iterator[None]:
    """Python's collector of cycles is asked now and then (`COLLECTED`), not after every 700 new objects.

    A package makes some hundred thousand, nearly all of which live until it is done: looking for cycles among them again and
    again took a tenth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Work:
    """What each process does: takes the next package until there is none."""

    def __init__(self, survey: Survey, memory: Memory | None, version: str, progress: Callable[[Done], None], parts: int) -> None:
        self._survey = survey
        # The largest first, so that nobody waits for one that was begun last.
        self._all = sorted(survey.packages, key=lambda files: (-files.size, files.entry.path))
        self._memory = memory
        self._version = version
        self._progress = progress
        self.tickets = Tickets(len(self._all))
        # Packages done and their bytes of code, of each process, which alone writes its own: no lock is needed.
        self._told = memoryview(mmap.mmap(-1, 16 * parts)).cast("q")

    def run(self, part: int, _of: int) -> tuple[list[_Piece], list[Problem]]:
        """The results of this process, and the problems of the image that it met."""
        pieces = []
        uncollected = 0
        for number in self.tickets:
            piece = self._piece(self._all[number])
            if piece.packed:
                pieces.append(piece)
            uncollected += self._all[number].size
            if uncollected > COLLECTED:
                gc.collect()
                uncollected = 0
            self._told[2 * part] += 1
            self._told[2 * part + 1] += piece.code_bytes
            if part == 0:
                self._progress(Done(packages=sum(self._told[::2]), of=len(self._all), code_bytes=sum(self._told[1::2])))
        return pieces, self._survey.image.problems[self._survey.told :]

    def _piece(self, files: PackageFiles) -> _Piece:
        folder, nowhere = _taken_out(files)
        if self._memory is None or files.size > MAX_PACKAGE:
            return _read(nowhere, folder)
        told = [part for entry in nowhere.entries for part in (entry.path, _digest(entry))]
        key = hashlib.sha256("\0".join((self._version, *told)).encode("utf-8", "surrogatepass"))
        kept = self._memory.get(key.hexdigest())
        if kept is not None and len(kept) >= _CODE_BYTES.size:
            packed = kept[_CODE_BYTES.size :]
            if not packed or _is_whole(packed):
                return _Piece(packed, folder, _CODE_BYTES.unpack_from(kept)[0], remembered=True)
        piece = _read(nowhere, folder)
        self._memory.keep(key.hexdigest(), _CODE_BYTES.pack(piece.code_bytes) + piece.packed)
        return piece


def _taken_out(files: PackageFiles) -> tuple[str, PackageFiles]:
    """The folder of a package, and its files as if that were nowhere; all of them stand in it or below it."""
    folder = files.entry.path[: files.entry.path.rfind("/") + 1]

    def out(entry: Entry) -> Entry:
        return replace(entry, path=FOLDER + entry.path.removeprefix(folder))

    return folder, PackageFiles(
        entry=out(files.entry),
        code=tuple(map(out, files.code)),
        splits=tuple(map(out, files.splits)),
        signature=out(files.signature) if files.signature is not None else None,
    )


def _read(files: PackageFiles, folder: str) -> _Piece:
    found = read_in_columns(files)
    if found is None:
        return _Piece(b"", folder, 0, remembered=False)
    read, code, code_bytes = found
    return _Piece(pack_package(read, code), folder, code_bytes, remembered=False)


def _is_whole(packed: bytes) -> bool:
    try:
        unpack(packed)
    except InputError:
        return False
    return True


def _digest(entry: Entry) -> str:
    blob = entry.open()
    digest = hashlib.sha256()
    for at in range(0, blob.size, _HASHED):
        digest.update(blob.read_at(at, _HASHED))
    return digest.hexdigest()
