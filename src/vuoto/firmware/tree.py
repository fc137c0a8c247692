"""A folder of files as an image: an unpacked build, an `adb pull` tree, a folder of partition images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from vuoto.firmware.content import Blob, Entry, Image, Problems
from vuoto.firmware.layouts.paths import partition_at, safe_path


def open_tree(files: Iterable[tuple[str, Callable[[], Blob]]], name: str) -> Image:
    """An image over files that somebody else finds and opens: pairs of a relative path and what opens it.

    The files are listed by path. A file is opened once, for its size, when it is listed.
    """
    problems = Problems()
    rows: dict[str, Callable[[], Blob]] = {}
    for path, opener in files:
        safe, climbed = safe_path(path)
        if climbed:
            problems.note(name, f"the path {path[:200]!r} would leave the folder; it is kept inside")
        if safe in rows:
            problems.note(name, f"the path {path[:200]!r} stands twice; the first is taken")
        elif safe:
            rows[safe] = opener

    def entries() -> Iterator[Entry]:
        for path in sorted(rows):
            opener = rows[path]
            yield Entry(path=path, kind="file", size=opener().size, open=opener, partition=partition_at(path))

    return Image(format="tree", name=name, entries=entries, properties={}, problems=problems)
