"""tar archives: V7, ustar, pax, GNU long names and files with holes (POSIX.1-2008 pax; GNU tar manual, "Basic Tar Format").

Factory images come so, and folders pulled off a device. What stands behind the archive (the digest of `.tar.md5`) is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob, Entry, Image, WindowBlob
from vuoto.firmware.image import ImageFormat, Opening
from vuoto.firmware.layouts.paths import MAX_PATH, partition_at, safe_path, text
from vuoto.firmware.layouts.tar_sparse import MAP, PIECE, RECORDS, number, of_header, of_records, opened

MAX_ENTRIES: Final = 1_000_000
"""Files listed; a whole system pulled off a device has some ten thousand."""

MAX_EXTENDED: Final = 1 << 20
"""Bytes of a long name or a pax header read: both hold a path or two."""

_BLOCK: Final = 512
_RECORDS: Final = RECORDS | {"path", "linkpath", "size"}


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    if head[257:262] == b"ustar":
        return 95
    # V7 has no magic number, but a sum that holds, over a name and a size in octal digits.
    header = head[:_BLOCK]
    old = len(header) == _BLOCK and header[:1] not in (b"", b"\0") and not header[257:265].strip(b"\0")
    return 85 if old and header[124:135].strip(b" \0").isdigit() and _sum_holds(header) else 0


def _open(blob: Blob, opening: Opening) -> Image:
    return Image(
        format="tar", name=opening.name, entries=lambda: _entries(blob, opening), properties={}, problems=opening.problems
    )


def _entries(blob: Blob, opening: Opening) -> Iterator[Entry]:
    place = 0
    longer: dict[str, str] = {}
    for _ in range(MAX_ENTRIES):
        header = blob.read_at(place, _BLOCK)
        if not header.strip(b"\0"):
            return
        size = number(header[124:136])
        if len(header) < _BLOCK or size is None or not _sum_holds(header):
            opening.note("is cut off or damaged; the files before were read")
            return
        kind = header[156:157]
        size = _pax_size(longer, size) if kind in b"07\0" else size
        data = place + _BLOCK
        sparse = None
        if kind == b"S" or (kind in b"07\0" and (MAP in longer or "GNU.sparse.major" in longer)):
            sparse = of_header(blob, header, data) if kind == b"S" else of_records(blob, longer, data, size)
            if sparse is None:
                opening.note(f"the map of the holes of {_string(header[:100])!r} is damaged; what follows is not read")
                return
            if kind == b"S":
                data = sparse.data
        place = data + (size + _BLOCK - 1) // _BLOCK * _BLOCK
        if kind in b"xLK":
            longer |= _extended(blob.read_at(data, min(size, MAX_EXTENDED)), kind)
            continue
        if kind == b"g":
            continue
        entry = _entry(blob, header, kind, data, size, longer, opening)
        if entry is not None and sparse is not None:
            entry = replace(entry, size=sparse.size, open=partial(opened, blob, sparse, opening.note))
        longer = {}
        if entry is not None:
            yield entry
    opening.note(f"holds more than {MAX_ENTRIES:,} entries; the rest is not listed")


def _entry(
    blob: Blob, header: bytes, kind: bytes, data: int, size: int, longer: dict[str, str], opening: Opening
) -> Entry | None:
    prefix = _string(header[345:500]) if header[257:263] == b"ustar\0" else ""
    name = longer.get("GNU.sparse.name") or longer.get("path") or (f"{prefix}/" if prefix else "") + _string(header[:100])
    path, climbed = safe_path(name)
    if climbed:
        opening.note(f"the name {name[:200]!r} would leave the folder it is unpacked into; it is kept inside")
    if not path:
        return None
    if kind in b"07S\0" and not name.endswith("/"):
        if data + size > blob.size:
            opening.note("is cut off: its last file is not whole")
        return Entry(
            path=path,
            kind="file",
            size=max(0, min(size, blob.size - data)),
            open=lambda: WindowBlob(blob, data, size),
            partition=partition_at(path),
        )
    if kind in b"05\0":
        return Entry(path=path, kind="directory", size=0, open=_nothing)
    if kind in b"12":
        # A hard link names another member of the archive; it is shown as a link, and never followed either.
        link = longer.get("linkpath") or _string(header[157:257])
        return Entry(path=path, kind="symlink", size=0, open=_nothing, link=link[:MAX_PATH])
    return None


def _nothing() -> Blob:
    return BytesBlob(b"")


def _string(raw: bytes) -> str:
    return text(raw.partition(b"\0")[0])


def _sum_holds(header: bytes) -> bool:
    """Whether the header's checksum is that of its bytes, with its own field as spaces."""
    return number(header[148:156]) == sum(header) - sum(header[148:156]) + 8 * 0x20


def _extended(data: bytes, kind: bytes) -> dict[str, str]:
    if kind in b"LK":
        return {"path" if kind == b"L" else "linkpath": _string(data)}
    found: dict[str, str] = {}
    pieces: list[str] = []
    place = 0
    while place < len(data):
        digits = data[place : place + 10].partition(b" ")[0]
        if not digits.isdigit() or int(digits) < len(digits) + 3:
            break
        key, _, value = data[place + len(digits) + 1 : place + int(digits)].removesuffix(b"\n").partition(b"=")
        name = text(key)
        if name in _RECORDS:
            found[name] = text(value)
        elif name in PIECE:
            pieces.append(text(value))
        place += int(digits)
    if pieces:
        found[MAP] = ",".join(pieces)
    return found


def _pax_size(longer: dict[str, str], size: int) -> int:
    given = longer.get("size", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else size


IMAGE = ImageFormat(name="tar", title="a tar archive", recognise=_recognise, open=_open, naming="beside")
