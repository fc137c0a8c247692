"""Opens what a command of `vuoto firmware` is given: an index, an image, a package, or a folder of a device's files."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.facts.builds import ReadBuild
    from vuoto.firmware.content import Blob, Image
    from vuoto.firmware.index import BuildIndex
    from vuoto.firmware.indexing import Done, Indexed, Memory

MOST_AT_ONCE = 1 << 30
"""Bytes asked of the system at once: Linux gives no more than 2 GB, whatever is asked."""

WORTH_A_BAR = 20
"""Packages from which a progress bar is shown; fewer are done before it is drawn."""


def opened(path: Path, *, old: Path | None = None) -> ReadBuild:
    """The build at `path`, read whole; `old` as for `opened_index`. Raises `InputError` where it cannot be read."""
    return opened_index(path, old=old).read()


def opened_index(path: Path, *, old: Path | None = None, quiet: bool = False) -> BuildIndex:
    """The build at `path` as an index: a `.vfx` opened, anything else read and indexed in memory.

    Packages that `vuoto firmware index` has read before, there or in another build, are not read again. `old` is the build that
    an incremental OTA starts from.
    """
    from vuoto.cli.firmware._memory import FormerMemory, default_folder
    from vuoto.firmware.content import BytesBlob
    from vuoto.firmware.index import is_index, open_index

    if not path.is_dir():
        blob = file_blob(path)
        if is_index(blob.read_at(0, 16)):
            return open_index(blob, path.name)
    made = indexed(path, old=old, memory=FormerMemory(default_folder()), quiet=quiet)
    return open_index(BytesBlob(made.data), path.name)


def indexed(
    path: Path, *, old: Path | None = None, workers: int | None = None, memory: Memory | None = None, quiet: bool = False
) -> Indexed:
    """The index of an image, a package or a folder, made now, in as many processes as there are cores."""
    from vuoto.firmware.building import PACKAGE_NAMES, read_alone
    from vuoto.firmware.index import is_index, write_index
    from vuoto.firmware.indexing import Indexed, index_image

    if not path.is_dir() and path.name.lower().endswith(PACKAGE_NAMES):
        build, code_bytes = read_alone(file_blob(path), path.name)
        packages, problems = len(build.packages), build.problems
        return Indexed(data=write_index(build), packages=packages, remembered=0, code_bytes=code_bytes, problems=problems)
    if not path.is_dir() and is_index(file_blob(path).read_at(0, 16)):
        raise InputError("this is an index already", where=str(path), next_step="Give the image that it was made from")
    image = opened_image(path, old=old)
    with progress_bar(quiet=quiet) as progress:
        return index_image(
            image,
            workers=workers or os.cpu_count() or 1,
            memory=memory,
            version=reader_version() if memory is not None else "",
            progress=progress,
        )


def opened_image(path: Path, *, old: Path | None = None) -> Image:
    """The image or folder at `path`."""
    from vuoto.cli.firmware._spool import FileSpool
    from vuoto.firmware.image import open_image
    from vuoto.firmware.tree import open_tree
    from vuoto.firmware.walking import old_partitions

    before = old_partitions(opened_image(old)) if old is not None else None
    if not path.is_dir():
        return open_image(file_blob(path), path.name, old=before, spool=FileSpool())
    closed: list[Path] = []
    inside = sorted(files_in(path, closed))
    image = open_tree(((str(p.relative_to(path)), opener(p)) for p in inside), path.resolve().name)
    for shut in sorted(closed):
        image.problems.note(
            str(shut.relative_to(path)) or ".", "may not be read; run as somebody who may, or change its permissions"
        )
    image.old, image.spool = before or {}, FileSpool()
    return image


def files_in(folder: Path, closed: list[Path]) -> Iterator[Path]:
    """The files below `folder`; those, and the folders, that may not be read are put into `closed`."""
    for inside, _, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        for path in (Path(inside, name) for name in names):
            # Links first, and not followed: where one leads may be a name that no file can have.
            if not path.is_symlink() and path.is_file():
                if os.access(path, os.R_OK):
                    yield path
                else:
                    closed.append(path)


def opener(path: Path) -> Callable[[], Blob]:
    """What opens a file of a folder when it is asked for. One that has gone meanwhile holds nothing, which its reader says."""
    from vuoto.firmware.content import BytesBlob

    def open_file() -> Blob:
        try:
            return FileBlob(path)
        except OSError:
            return BytesBlob(b"")

    return open_file


def file_blob(path: Path) -> FileBlob:
    """A file that the user named. Raises `InputError` where it cannot be opened."""
    try:
        return FileBlob(path)
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=str(path), next_step="Check the path") from None


class FileBlob:
    """A file as a blob, read where somebody looks. Not mapped: the pages of a large image would count as our memory."""

    def __init__(self, path: Path) -> None:
        self._file = -1
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would wait for its writer
        about = os.fstat(self._file)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "is neither a file nor a folder")
        self.size = about.st_size

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0:
            return b""
        parts = []
        left = min(length, self.size - offset)
        while left > 0 and (part := os.pread(self._file, min(left, MOST_AT_ONCE), offset)):
            parts.append(part)
            offset, left = offset + len(part), left - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def reader_version() -> str:
    """What reads firmware, as a digest of its source: a changed reader remembers nothing of what another one read."""
    import hashlib

    import vuoto

    root = Path(vuoto.__file__).parent
    digest = hashlib.sha256(vuoto.__version__.encode())
    for room in ("facts", "firmware"):
        for file in sorted((root / room).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"\0{file.relative_to(root)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[Done], None]]:
    """A bar on standard error, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("packages", total=None, visible=False)

        def report(done: Done) -> None:
            told = f"packages, {done.code_bytes / 1e6:,.0f} MB of code"
            bar.update(task, completed=done.packages, total=done.of, visible=done.of >= WORTH_A_BAR, description=told)

        yield report
