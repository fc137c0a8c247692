"""A folder of files as an image: an unpacked build, an `adb pull` tree, a folder of partition images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from vuoto.firmware.content import Blob, BytesBlob, Entry, EntryKind, Image, Problems
from vuoto.firmware.layouts.paths import partition_at, safe_path


def open_tree(files: Iterable[tuple[str, Callable[[], Blob]]], name: str, *, links: Iterable[tuple[str, str]] = ()) -> Image:
    """An image over files that somebody else finds and opens: pairs of a relative path and what opens it, and symbolic links.

    The files are listed by path. A file is opened once, for its size, when it is listed.
    """
    problems = Problems()
    rows: dict[str, tuple[EntryKind, Callable[[], Blob] | str]] = {}
    given: list[tuple[str, EntryKind, Callable[[], Blob] | str]] = [(path, "file", opener) for path, opener in files]
    given += [(path, "symlink", target) for path, target in links]
    for path, kind, what in given:
        safe, climbed = safe_path(path)
        if climbed:
            problems.note(name, f"the path {path[:200]!r} would leave the folder; it is kept inside")
        if safe in rows:
            problems.note(name, f"the path {path[:200]!r} stands twice; the first is taken")
        elif safe:
            rows[safe] = (kind, what)

    def entries() -> Iterator[Entry]:
        for path in sorted(rows):
            _, what = rows[path]
            partition = partition_at(path)
            if isinstance(what, str):
                yield Entry(path=path, kind="symlink", size=0, open=lambda: BytesBlob(b""), link=what, partition=partition)
            else:
                yield Entry(path=path, kind="file", size=what().size, open=what, partition=partition)

    return Image(format="tree", name=name, entries=entries, properties={}, problems=problems)
