"""Walks the directories of a file system whose tables are hostile: no loop, no recursion, a bound on everything."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob, Entry
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


def walk_directories(
    root: int, node: Callable[[int], Node], names: Callable[[bytes], Iterator[tuple[bytes, int]]], opening: Opening
) -> Iterator[Entry]:
    """Everything below the directory `root`, each directory before its contents, names in byte order.

    `node` gives an inode or raises `BrokenNodeError`; `names` gives name and inode number of each entry in a directory's bytes.
    A directory that is reached twice is listed once.
    """
    seen = {root}
    listed = 0
    names_of, left = _listing("", root, node, names, opening, MAX_DIRECTORIES)
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
            inode = node(number)
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
            names_of, left = _listing(path, number, node, names, opening, left)
            stack.append((path, iter(names_of)))


def root_names(
    root: int, node: Callable[[int], Node], names: Callable[[bytes], Iterator[tuple[bytes, int]]], opening: Opening
) -> frozenset[str]:
    """The names in the root directory; see `walk_directories`."""
    return frozenset(text(name) for name, _ in _listing("", root, node, names, opening, MAX_DIRECTORY)[0])


def _listing(
    path: str,
    number: int,
    node: Callable[[int], Node],
    names: Callable[[bytes], Iterator[tuple[bytes, int]]],
    opening: Opening,
    left: int,
) -> tuple[list[tuple[bytes, int]], int]:
    """The names in a directory, sorted, and how many bytes of directories may still be read."""
    shown = path or "the root directory"
    found: list[tuple[bytes, int]] = []
    try:
        inode = node(number)
        size = min(inode.size, MAX_DIRECTORY, left)
        if size < inode.size:
            opening.note(f"{shown!r} is a larger directory than is read; not all of its names are listed")
        left -= size
        found.extend(row for row in names(inode.open().read_at(0, size)) if row[0] not in {b".", b".."})
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
