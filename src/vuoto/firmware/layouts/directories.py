"""Walks the directories of a file system whose tables are hostile: no loop, no recursion, a bound on everything."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from vuoto.firmware.content import Blob, BytesBlob, Entry, Image
from vuoto.firmware.image import Opening
from vuoto.firmware.layouts.paths import MAX_PATH, safe_path, text

MAX_ENTRIES: Final = 1_000_000
"""Names listed of one file system; a large system partition has some ten thousand."""

MAX_DEPTH: Final = 100
"""Directories inside one another; Android's deepest paths have some fifteen."""

MAX_DIRECTORY: Final = 16 << 20
"""Bytes of one directory read: some hundred thousand names."""

MAX_DIRECTORIES: Final = 256 << 20
"""Bytes of all directories read: 65,000 of one block. Without it, directories that share their blocks would cost hours."""


class BrokenNodeError(Exception):
    """An inode cannot be read. The text says why, after the path."""


@dataclass(slots=True, kw_only=True)
class Node:
    """An inode."""

    number: int
    """Its number, the same for every hard link."""

    mode: int
    """Type and permissions, as `st_mode`."""

    size: int
    """Bytes of content."""

    open: Callable[[], Blob]
    """Its content: the bytes of a file, the entries of a directory, the target of a link."""


class FileSystem(Protocol):
    """What a reader of a file system's tables offers."""

    root: int
    """Number of the root directory's inode."""

    def node(self, number: int, /) -> Node:
        """The inode `number`. Raises `BrokenNodeError`."""
        ...

    def names(self, data: bytes, /) -> Iterator[tuple[bytes, int]]:
        """Name and inode number of each entry in a directory's bytes."""
        ...


def mounted(system: FileSystem, opening: Opening, form: str, **properties: str) -> Image:
    """The file system as an image of the format `form`, with the `properties` that are not empty."""
    return Image(
        format=form,
        name=opening.name,
        entries=lambda: walk_directories(system, opening),
        top=lambda: _root_names(system, opening),
        properties={key: value for key, value in properties.items() if value},
        problems=opening.problems,
    )


def walk_directories(system: FileSystem, opening: Opening) -> Iterator[Entry]:
    """Everything below the root directory, each directory before its contents, names in byte order.

    A directory that is reached twice is listed once.
    """
    seen = {system.root}
    listed = 0
    names_of, left = _listing("", system.root, system, opening, MAX_DIRECTORIES)
    stack: list[tuple[str, Iterator[tuple[bytes, int]]]] = [("", iter(names_of))]
    while stack:
        folder, rest = stack[-1]
        found = next(rest, None)
        if found is None:
            stack.pop()
            continue
        raw, number = found
        listed += 1
        if listed > MAX_ENTRIES:
            opening.note(f"holds more than {MAX_ENTRIES:,} names; the rest is not listed")
            return
        path = _path(folder, raw, opening)
        if path is None:
            continue
        try:
            inode = system.node(number)
        except BrokenNodeError as error:
            opening.note(f"{path!r} {error}")
            continue
        if stat.S_ISREG(inode.mode):
            yield Entry(path=path, kind="file", size=inode.size, open=inode.open)
        elif stat.S_ISLNK(inode.mode):
            target = text(inode.open().read_at(0, MAX_PATH)) if inode.size <= MAX_PATH else ""
            yield Entry(path=path, kind="symlink", size=0, open=_nothing, link=target)
        elif stat.S_ISDIR(inode.mode):
            if number in seen:
                opening.note(f"{path!r} is a directory that was met before: a loop or a second link; it is listed once")
                continue
            seen.add(number)
            yield Entry(path=path, kind="directory", size=0, open=_nothing)
            if len(stack) > MAX_DEPTH:
                opening.note(f"{path!r} lies more than {MAX_DEPTH} directories deep; it is not listed")
                continue
            names_of, left = _listing(path, number, system, opening, left)
            stack.append((path, iter(names_of)))


def _root_names(system: FileSystem, opening: Opening) -> frozenset[str]:
    return frozenset(text(name) for name, _ in _listing("", system.root, system, opening, MAX_DIRECTORY)[0])


def _listing(path: str, number: int, system: FileSystem, opening: Opening, left: int) -> tuple[list[tuple[bytes, int]], int]:
    """The names in a directory, sorted, and how many bytes of directories may still be read."""
    shown = path or "the root directory"
    found: list[tuple[bytes, int]] = []
    try:
        inode = system.node(number)
        size = min(inode.size, MAX_DIRECTORY, left)
        if size < inode.size:
            opening.note(f"{shown!r} is a larger directory than is read; not all of its names are listed")
        left -= size
        found.extend(row for row in system.names(inode.open().read_at(0, size)) if row[0] not in {b".", b".."})
    except BrokenNodeError as error:
        opening.note(f"{shown!r} {error}")
        return [], left
    return sorted(found), left


def _path(folder: str, raw: bytes, opening: Opening) -> str | None:
    name = text(raw)
    if not name or "/" in name or "\0" in name:
        opening.note(f"a name in {folder or 'the root directory'!r} holds a slash or NUL, or is empty; it is passed over")
        return None
    path, _ = safe_path(f"{folder}/{name}" if folder else name)
    if not path:
        opening.note(f"a path below {folder[:200]!r} is longer than {MAX_PATH:,} characters; it is passed over")
        return None
    return path


def _nothing() -> Blob:
    return BytesBlob(b"")
