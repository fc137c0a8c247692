"""Writes a document: to standard output, and into the folder of `--out`."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vuoto.cli._terminal import coloured, columns
from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.facts.document import AuditDocument

WORTH_TWO_WRITERS = 2_000
"""Conversations of a document from which its files are written by a process each: writing one takes longer than its start."""


def write_out(document: AuditDocument, format_: str, out: str | None, *, command: str, quiet: bool, workers: int) -> None:
    """Print the document, and write it where `--out` says.

    `quiet` leaves out what is for a person, and what is in a file already: a form that was asked for and stands nowhere else is
    the answer, and an empty one would be taken for it.
    """
    from vuoto.reports import render

    printed: bytes | None = None
    if out:
        folder = Path(out)
        if folder.exists() and not folder.is_dir():
            raise InputError("is a file, and --out writes a folder", where=out, next_step="Give another name")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            printed = write_files(document, format_, folder, command=command, workers=workers)
        except OSError as error:
            raise InputError(
                error.strerror or "cannot be written", where=out, next_step="Give a folder you may write to"
            ) from None
    if (quiet and (out or format_ == "terminal")) or (out and format_ == "html"):
        return
    if format_ == "terminal":
        data = render(document, format_, width=max(40, min(columns(), 160)), colour=coloured())
    else:
        data = printed or render(document, format_, command=command)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_files(document: AuditDocument, format_: str, folder: Path, *, command: str, workers: int) -> bytes | None:
    """Write the document in each of its forms, a large one in a process each; gives what is to be printed, where that is one."""
    from vuoto.reports import RENDERERS, render
    from vuoto.shards import in_shards

    forms = list(dict.fromkeys(("json", "html", *([format_] if format_ != "terminal" else []))))

    def write(part: int, of: int) -> bytes | None:
        printed = None
        for form in forms[part::of]:
            data = render(document, form, command=command)
            write_whole(folder / RENDERERS[form].file_name, data)
            printed = data if form == format_ else printed
        return printed

    parts = min(workers, len(forms)) if len(document.flows) > WORTH_TWO_WRITERS else 1
    return next((data for data in in_shards(write, parts) if data is not None), None)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that whoever looks sees the old one or the new one whole, even if we are killed halfway or run twice.

    A link is followed. What is no file, such as a pipe or `/dev/null`, is written to, never replaced. Where the system can, what
    is written has no name before it is whole, so that nothing is left of it where we are killed.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as there:
            there.write(data)
        return
    path = path.resolve() if path.is_symlink() else path
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if not _write_nameless(half, data):
            half.write_bytes(data)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _write_nameless(path: Path, data: bytes) -> bool:
    """Write a new file that gets its name when it is whole. False where the system or the file system has no such files."""
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None:
        return False
    try:
        number = os.open(path.parent, flag | os.O_WRONLY | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
            return False
        raise
    with open(number, "wb") as file:  # noqa: PTH123 - it has no path
        file.write(data)
        file.flush()
        try:
            # open(2): this is how such a file is given a name without special rights. With a folder given, Python follows links.
            os.link(f"/proc/self/fd/{number}", path, src_dir_fd=number)
        except OSError:  # no /proc, or a file system that cannot
            return False
    return True
