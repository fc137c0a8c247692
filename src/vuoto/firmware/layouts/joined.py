"""Files that make one image together: sparse images in parts, and block-based OTAs (a list, new data, patches)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from vuoto.firmware.content import Blob, Entry
from vuoto.firmware.image import Opening
from vuoto.firmware.layouts.paths import partition_of
from vuoto.firmware.layouts.sparse import chunk_number, join_sparse
from vuoto.firmware.layouts.transfer_list import (
    MAX_LIST,
    BrokenListError,
    Command,
    is_incremental,
    read_list,
    size_of,
    written_partition,
)
from vuoto.firmware.layouts.unpacked import unpacked_blob

_BLOCKS: Final = re.compile(r"(.+)\.(transfer\.list|patch\.dat|new\.dat(?:\.(br|xz|lzma))?)", re.DOTALL)
_COMPRESSIONS: Final = {"br": "brotli", "xz": "xz", "lzma": "lzma"}
_OLD_BUILD: Final = "Give the image of the old build as well"


def join_entries(entries: Iterator[Entry], opening: Opening) -> Iterator[Entry]:
    """The same entries, with those that make one image together put together and given last, by path."""
    parts: dict[str, dict[int, Entry]] = {}
    blocks: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        number = chunk_number(entry.path) if entry.kind == "file" else None
        block = _BLOCKS.fullmatch(entry.path) if entry.kind == "file" else None
        if number is not None:
            parts.setdefault(number[0], {})[number[1]] = entry
        elif block is not None:
            blocks.setdefault(block[1], {})[block[2]] = entry
        else:
            yield entry
    for stem, numbered in sorted(parts.items()):
        yield from _sparse(stem, numbered, opening)
    for stem, found in sorted(blocks.items()):
        yield from _blocks(stem, found, opening)


def _sparse(stem: str, numbered: dict[int, Entry], opening: Opening) -> Iterator[Entry]:
    numbers = sorted(numbered)

    def tell(what: str) -> None:
        opening.note(f"{stem!r} {what}")

    whole = join_sparse((numbered[number].open() for number in numbers), tell)
    if whole is None:
        yield from (numbered[number] for number in numbers)
        return
    if numbers[0] > 1 or numbers[-1] - numbers[0] >= len(numbers):
        opening.note(f"parts of {stem!r} are missing; what they hold reads as zeros")
    yield _image(stem, whole.size, partial(_same, whole))


def _blocks(stem: str, found: dict[str, Entry], opening: Opening) -> Iterator[Entry]:
    listed = found.get("transfer.list")
    if listed is None:
        yield from (found[kind] for kind in sorted(found))
        return
    try:
        commands = read_list(listed.open().read_at(0, MAX_LIST))
    except BrokenListError as error:
        opening.note(f"{listed.path!r} cannot be read: {error}")
        yield from (found[kind] for kind in sorted(found))
        return
    partition = stem.rpartition("/")[2]
    old = opening.old.get(partition)
    if is_incremental(commands) and old is None:
        opening.note(f"{stem!r} is an incremental OTA, and the old build was not given; parts of it read as zeros", _OLD_BUILD)
    yield _image(f"{stem}.img", size_of(commands, old), partial(_written, stem, found, commands, old, opening))


def _written(stem: str, found: dict[str, Entry], commands: list[Command], old: Blob | None, opening: Opening) -> Blob:
    def tell(what: str) -> None:
        opening.note(f"{stem!r} {what}")

    new: Blob | None = None
    for kind, entry in sorted(found.items()):
        if kind == "new.dat":
            new = entry.open()
        elif kind.startswith("new.dat."):
            new = unpacked_blob(entry.open(), _COMPRESSIONS[kind.rpartition(".")[2]], opening.spool, tell)
    patches = found["patch.dat"].open() if "patch.dat" in found else None
    return written_partition(commands, new, patches, old, tell)


def _image(path: str, size: int, opener: Callable[[], Blob]) -> Entry:
    return Entry(path=path, kind="file", size=size, open=opener, partition=partition_of(path.rpartition("/")[2]))


def _same(blob: Blob) -> Blob:
    return blob
