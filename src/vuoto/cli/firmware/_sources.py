"""Reads sources that a person names: a folder, or revisions of a git repository, by git as a process of its own.

`PATH` is a folder, or a repository at its HEAD where it has no files of its own (a bare one); `PATH@REV` and `PATH@REV,REV` are
revisions; `URL@REV` is fetched first, which is said. Nothing of a repository runs: no hooks, no filters, no config of it counts
beyond what `git cat-file` needs.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.cli.firmware._memory import FolderMemory
    from vuoto.firmware.provenance import ProjectIndex, Revision

MAX_TREE: Final = 2 << 30
"""Bytes of source of one revision; AOSP's framework has 300 MB."""

MAX_ENTRIES: Final = 2_000_000
"""Files and folders looked at below a folder; a checkout of all of AOSP has a million."""

SECONDS: Final = 600
"""How long git may take for one step."""

FILE_SECONDS: Final = 10.0
"""Seconds of computing for one file of source; the longest of those that people write take a tenth of one."""

URLS: Final = ("https://", "http://", "ssh://", "git://")


def source_index(given: str, memory: FolderMemory | None) -> ProjectIndex:
    """The index of a source, read now or kept from before. Raises `InputError` where there is no such source."""
    from vuoto.firmware.provenance import index_project, read_project, write_project

    path, revisions = _split(given)
    if path.startswith(URLS):
        with tempfile.TemporaryDirectory(prefix="vuoto-") as folder:
            click.echo(f"fetching {path} from the network, as asked", err=True)
            git(["clone", "--quiet", "--bare", "--", path, folder])
            return _indexed(path, Path(folder), revisions or ("HEAD",), memory)
    root = Path(path)
    if not root.is_dir():
        raise InputError("no such folder or repository", where=path, next_step="Give a folder of source, or a git repository")
    if revisions:
        return _indexed(path, root, revisions, memory)
    found = list(_files(root))
    if not found and _is_repository(root):
        return _indexed(path, root, ("HEAD",), memory)
    if not found:
        raise InputError("no file of Java or Kotlin in it", where=path, next_step="Give the folder that holds the source")
    from vuoto.firmware.provenance.index import Revision, SourceFile

    files = tuple(SourceFile(path=name, data=data) for name, data in found)
    key = _key(path, [(name, hashlib.sha256(data).hexdigest()) for name, data in found])
    kept = memory.get(key) if memory is not None else None
    project = read_project(kept) if kept is not None else None
    if project is None:
        project = index_project(path, [Revision(name="", files=files)], parts=os.cpu_count() or 1, patience=patience)
        if memory is not None:
            memory.keep(key, write_project(project))
    return project


def patience() -> Callable[[], bool]:
    """Begins the time of a file."""
    begin = time.process_time()
    return lambda: time.process_time() - begin > FILE_SECONDS


def _split(given: str) -> tuple[str, tuple[str, ...]]:
    """Path and revisions. A path that exists with an `@` in it is a path."""
    if "@" not in given or Path(given).exists():
        return given, ()
    head, _, tail = given.rpartition("@")
    # `ssh://git@host/x` has an `@` and no revision.
    if head.startswith(URLS) and "/" not in head.partition("://")[2]:
        return given, ()
    revisions = tuple(one for one in tail.split(",") if one)
    for one in revisions:
        if one.startswith("-"):
            raise InputError(f"{one!r} is no revision", where=given, next_step="Name a tag, a branch or a commit")
    return head, revisions


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    from vuoto.firmware.provenance.index import READERS
    from vuoto.firmware.provenance.source_file import MAX_FILE

    stack = [root]
    # Texts, not paths: a `Path` for each file of a tree takes longer than reading it.
    found: list[str] = []
    looked = 0
    while stack:
        folder = stack.pop()
        try:
            with os.scandir(folder) as listed:
                entries = list(islice(listed, MAX_ENTRIES + 1))
        except OSError:
            if folder == root:
                raise InputError("this folder may not be read", where=str(root), next_step="Give another") from None
            continue  # one that may not be read, or that has gone meanwhile, holds no source for us
        looked += len(entries)
        if looked > MAX_ENTRIES:
            what = f"more than {MAX_ENTRIES:,} files and folders are below it"
            raise InputError(what, where=str(root), next_step="Give the folder that holds the source")
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git":
                    stack.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False) and os.path.splitext(entry.name)[1] in READERS:  # noqa: PTH122 - see above
                found.append(entry.path)
    total = 0
    skip = len(os.path.join(root, ""))  # noqa: PTH118 - its text with the slash behind it, by which every path begins
    for path in sorted(found, key=lambda text: text.split(os.sep)):  # noqa: PTH206 - see above
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - see above
                # Room for what the file has, and no more: for each of thousands the most that is read costs more than reading it.
                data = file.read(min(os.fstat(file.fileno()).st_size, MAX_FILE) + 1)
        except OSError:
            continue
        total += len(data)
        if total > MAX_TREE:
            raise InputError("the folder holds more source than is read", where=str(root), next_step="Give a folder of it")
        yield path[skip:], data


def _is_repository(root: Path) -> bool:
    try:
        git(["-C", str(root), "rev-parse", "--git-dir"])
    except InputError:
        return False
    return True


def _indexed(name: str, root: Path, revisions: Sequence[str], memory: FolderMemory | None) -> ProjectIndex:
    from vuoto.firmware.provenance import index_project, read_project, write_project

    commits = [
        git(["-C", str(root), "rev-parse", "--verify", "--quiet", "--end-of-options", f"{one}^{{commit}}"]).decode().strip()
        for one in revisions
    ]
    key = _key(name, list(zip(revisions, commits, strict=True)))
    kept = memory.get(key) if memory is not None else None
    project = read_project(kept) if kept is not None else None
    if project is None:
        trees = [_revision(root, one, commit) for one, commit in zip(revisions, commits, strict=True)]
        if not any(tree.files for tree in trees):
            raise InputError("no file of Java or Kotlin in these revisions", where=name, next_step="Name another revision")
        project = index_project(name, trees, parts=os.cpu_count() or 1, patience=patience)
        if memory is not None:
            memory.keep(key, write_project(project))
    return project


def _revision(root: Path, name: str, commit: str) -> Revision:
    """The files of a commit."""
    from vuoto.firmware.provenance.index import READERS, Revision, SourceFile
    from vuoto.firmware.provenance.source_file import MAX_FILE

    wanted: list[tuple[str, bytes]] = []
    total = 0
    rows = git(["-C", str(root), "ls-tree", "-r", "-z", "-l", "--end-of-options", commit]).split(b"\0")
    if len(rows) > MAX_ENTRIES:
        what = f"more than {MAX_ENTRIES:,} files are in the revision"
        raise InputError(what, where=f"{root}@{name}", next_step="Give a folder of it")
    for row in rows:
        head, _, raw = row.partition(b"\t")
        words = head.split()
        # Mode, type, object, size; links and sub-modules are no files.
        if len(words) != 4 or words[1] != b"blob" or words[0] == b"120000" or not words[3].isdigit():
            continue
        path = raw.decode("utf-8", "replace")
        if os.path.splitext(path)[1] in READERS and int(words[3]) <= MAX_FILE:  # noqa: PTH122 - as above
            total += int(words[3])
            if total > MAX_TREE:
                raise InputError(
                    "the revision holds more source than is read", where=f"{root}@{name}", next_step="Give a folder of it"
                )
            wanted.append((path, words[2]))
    wanted.sort()
    out = git(["-C", str(root), "cat-file", "--batch"], b"".join(one + b"\n" for _, one in wanted))
    files = []
    at = 0
    for path, _ in wanted:
        end = out.index(b"\n", at)
        words = out[at:end].split()
        at = end + 1
        if len(words) == 3:
            size = int(words[2])
            files.append(SourceFile(path=path, data=out[at : at + size]))
            at += size + 1
    return Revision(name=name, files=tuple(files))


def git(arguments: Sequence[str], given: bytes = b"") -> bytes:
    """What git writes. Raises `InputError` with what it says."""
    safe = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never"]
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - the program is git, and its options end before what a person gave
            ["git", *safe, *arguments],  # noqa: S607 - the git that the person uses
            input=given,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        raise InputError("git is not installed", next_step="Install git, or give a folder") from None
    except subprocess.TimeoutExpired:
        raise InputError(f"git took more than {SECONDS} seconds", next_step="Give a folder of the source") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        where = arguments[1] if arguments[0] == "-C" else None
        raise InputError(said[-1] if said else "git does not know it", where=where, next_step="Check repository and revision")
    return done.stdout


def _key(name: str, rows: Sequence[tuple[str, str]]) -> str:
    from vuoto import __version__
    from vuoto.firmware.provenance.index import FORM

    digest = hashlib.sha256(f"source {FORM} {__version__} {sys.version_info[:2]} {name}".encode("utf-8", "replace"))
    for one, other in rows:
        digest.update(f"\0{one}\0{other}".encode("utf-8", "replace"))
    return digest.hexdigest()
