"""cpio archives in the "new" formats 070701 and 070702 (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).

Archives that follow one another, as ramdisks have them, are read as one. Not read: the old binary and octal formats.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob, Entry, EntryKind, Image, WindowBlob
from vuoto.firmware.image import ImageFormat, Opening
from vuoto.firmware.layouts.paths import MAX_PATH, safe_path, text

MAX_ENTRIES: Final = 200_000
"""Files listed; a ramdisk has some thousands."""

_HEADER: Final = 110
_MAGICS: Final = (b"070701", b"070702")
_TRAILER: Final = b"TRAILER!!!"


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    return 100 if head.startswith(_MAGICS) else 0


def _open(blob: Blob, opening: Opening) -> Image:
    return Image(
        format="cpio", name=opening.name, entries=lambda: _entries(blob, opening), properties={}, problems=opening.problems
    )


def _entries(blob: Blob, opening: Opening) -> Iterator[Entry]:
    place = 0
    for _ in range(MAX_ENTRIES):
        header = blob.read_at(place, _HEADER)
        if not header.startswith(_MAGICS):
            # Archives are padded with zeros to 512 bytes, and another can follow.
            following = _next_archive(blob, place)
            if following is None:
                return
            place = following
            header = blob.read_at(place, _HEADER)
        try:
            # int() would also take signs, spaces and underscores; none of them makes a size that passes below.
            mode, size, length = (int(header[at : at + 8], 16) for at in (14, 54, 94))
        except ValueError:
            opening.note("is damaged; the files before the damage were read")
            return
        raw = blob.read_at(place + _HEADER, min(max(length, 0), MAX_PATH + 1))
        data = _aligned(place + _HEADER + max(length, 0))
        if len(header) < _HEADER or size < 0 or length < 0 or data + size > blob.size:
            opening.note("is cut off; the files before the cut were read")
            return
        place = _aligned(data + size)
        name = raw.removesuffix(b"\0")
        if name == _TRAILER:
            continue
        entry = _entry(blob, text(name), mode, data, size, opening)
        if entry is not None:
            yield entry
    opening.note(f"holds more than {MAX_ENTRIES:,} entries; the rest is not listed")


def _next_archive(blob: Blob, place: int) -> int | None:
    """Where the next header stands behind padding of zeros, or `None`."""
    for at in range(place, min(place + 4_096, blob.size), 512):
        chunk = blob.read_at(at, 512)
        rest = chunk.lstrip(b"\0")
        if rest:
            found = at + len(chunk) - len(rest)
            return found if rest.startswith(_MAGICS) and found > place else None
    return None


def _entry(blob: Blob, name: str, mode: int, data: int, size: int, opening: Opening) -> Entry | None:
    path, climbed = safe_path(name)
    if climbed and not name.startswith("/"):
        opening.note(f"the name {name[:200]!r} would leave the folder it is unpacked into; it is kept inside")
    kind = _KINDS.get(stat.S_IFMT(mode))
    if not path or kind is None:
        return None
    if kind == "file":
        return Entry(path=path, kind=kind, size=size, open=lambda: WindowBlob(blob, data, size))
    link = text(blob.read_at(data, min(size, MAX_PATH))) if kind == "symlink" else None
    return Entry(path=path, kind=kind, size=0, open=lambda: BytesBlob(b""), link=link)


def _aligned(place: int) -> int:
    return place + 3 & ~3


_KINDS: Final[dict[int, EntryKind]] = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink"}

IMAGE = ImageFormat(name="cpio", title="a cpio archive", recognise=_recognise, open=_open, naming="mounted")
