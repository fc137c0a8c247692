"""The tables of a zip archive: the end record, the central directory (APPNOTE.TXT 6.3.10), and what is wrong with them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob

MAX_MEMBERS: Final = 200_000
"""Members listed. The largest apps in stores have some 60,000; a directory of more would cost seconds before anything is read."""

MAX_DIRECTORY: Final = 64 << 20
"""Bytes of central directory read: 200,000 members with long names and extra fields fit."""

MAX_PROBLEMS: Final = 32
"""Problems told one by one for an archive; the rest is counted."""

DAMAGED: Final = "Get the file again from where it was taken; what was read so far stands"

_EOCD: Final = struct.Struct("<4sHHHHIIH")  # §4.3.16
_EOCD64: Final = struct.Struct("<4sQHHIIQQQQ")  # §4.3.14
_LOCATOR64: Final = struct.Struct("<4sIQI")  # §4.3.15
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")  # §4.3.12
_MAX_COMMENT: Final = 0xFFFF
_EXTRA_ZIP64: Final = 1  # §4.5.3


class ZipProblems:
    """Collects problems of one archive, at most `MAX_PROBLEMS` of them word by word."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: list[Problem] = []
        self.more = 0

    def add(self, what: str, next_step: str | None = None) -> None:
        """Adds one, or counts it where there are many."""
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(where=self.where, what=what, next_step=next_step))
        else:
            self.more += 1

    def lead(self, what: str) -> None:
        """What must not be lost behind many others."""
        self.found.insert(0, Problem(where=self.where, what=what))

    def all(self) -> tuple[Problem, ...]:
        """All of them, and how many are not told one by one."""
        if self.more:
            rest = Problem(where=self.where, what=f"{self.more} more problems of this archive are not listed one by one")
            return (*self.found, rest)
        return tuple(self.found)


@dataclass(frozen=True, slots=True)
class End:
    """The end of central directory record."""

    at: int
    """Where it begins."""

    count: int
    """Members it declares."""

    directory: int
    """Where it says the directory begins."""

    length: int
    """Bytes it says the directory has."""

    wide: bool = False
    """Whether the numbers come from the zip64 record."""


def find_end(blob: Blob, problems: ZipProblems) -> End | None:
    """The end record whose comment reaches the end of the file, or else the last whose directory can be there."""
    tail_at = max(0, blob.size - _MAX_COMMENT - _EOCD.size)
    tail = blob.read_at(tail_at, blob.size - tail_at)
    loose: tuple[End, int] | None = None
    place = tail.rfind(b"PK\5\6")
    tries = 0
    while place >= 0 and tries < 256:  # more signatures than this in 64 KiB are there to cost time
        tries += 1
        if place + _EOCD.size <= len(tail):
            _, _, _, _, count, length, directory, comment = _EOCD.unpack_from(tail, place)
            end = _zip64(blob, End(tail_at + place, count, directory, length), problems)
            gap = len(tail) - place - _EOCD.size - comment
            if gap == 0:
                return end
            if loose is None and end.directory + end.length <= end.at:
                loose = end, gap
        place = tail.rfind(b"PK\5\6", 0, place)
    if loose is None:
        problems.add(
            "has no end of central directory record; members are taken from local headers, as no Android would",
            DAMAGED,
        )
        return None
    end, gap = loose
    what = f"{gap} bytes stand behind the archive's comment" if gap > 0 else f"{-gap} bytes of the archive's comment are missing"
    problems.add(f"{what}; current Androids refuse the archive")
    return end


def _zip64(blob: Blob, end: End, problems: ZipProblems) -> End:
    if end.count != 0xFFFF and end.directory != 0xFFFFFFFF and end.length != 0xFFFFFFFF:
        return end
    locator = blob.read_at(end.at - _LOCATOR64.size, _LOCATOR64.size) if end.at >= _LOCATOR64.size else b""
    if locator[:4] != b"PK\6\7":
        return end
    record = blob.read_at(_LOCATOR64.unpack(locator)[2], _EOCD64.size)
    if len(record) < _EOCD64.size or record[:4] != b"PK\6\6":
        problems.add("names a zip64 end record that is not there", DAMAGED)
        return end
    *_, count, length, directory = _EOCD64.unpack(record)
    return End(end.at, count, directory, length, wide=True)


def directory_start(blob: Blob, end: End, problems: ZipProblems) -> tuple[int, int]:
    """Where the directory begins, and by how much the offsets in it are off: bytes put before an archive shift all of them."""
    if end.count == 0 or blob.read_at(end.directory, 4) == b"PK\1\2":
        return end.directory, 0
    before = end.at - end.length
    if before >= 0 and blob.read_at(before, 4) == b"PK\1\2":
        problems.add(f"the central directory stands {before - end.directory:+} bytes from where the archive says")
        return before, before - end.directory
    problems.add("the central directory is not where the archive says", DAMAGED)
    return end.directory, 0


@dataclass(frozen=True, slots=True)
class Row:
    """A record of the central directory."""

    name: bytes
    """The name as stored."""

    flags: int
    """General purpose bits."""

    method: int
    """The compression method."""

    crc: int
    """CRC-32 of the content."""

    packed: int
    """Bytes of data."""

    size: int
    """Bytes of content."""

    local: int
    """Where the local header begins."""


def central_rows(blob: Blob, end: End, start: int, problems: ZipProblems) -> Iterator[Row]:
    """The records of the central directory, up to where they end, whatever count and length are declared."""
    data = blob.read_at(start, min(MAX_DIRECTORY, max(0, end.at - start)))
    place = found = 0
    while place + _CENTRAL.size <= len(data):
        if not data.startswith(b"PK\1\2", place):
            # A length that lies by a few bytes hides the rest from readers that follow it; the next signature is looked for.
            place = data.find(b"PK\1\2", place) if found < end.count else -1
            if place < 0 or place + _CENTRAL.size > len(data):
                break
            problems.add(f"the central directory's record {found + 1} is not where record {found} says it ends")
        if found == MAX_MEMBERS:
            problems.add(f"lists more than {MAX_MEMBERS} members; the rest is not read")
            return
        _, _, _, flags, method, _, _, crc, packed, size, n, m, k, _, _, _, local = _CENTRAL.unpack_from(data, place)
        name = data[place + _CENTRAL.size : place + _CENTRAL.size + n]
        place += _CENTRAL.size + n
        if place > len(data):
            problems.add("the central directory is cut off", DAMAGED)
            return
        if 0xFFFFFFFF in (size, packed, local):
            size, packed, local = _wide(data[place : place + m], size, packed, local)
        place += m + k
        found += 1
        yield Row(name, flags, method, crc, packed, size, local)
    if found & 0xFFFF != end.count & 0xFFFF:
        problems.add(f"declares {end.count} members and lists {found}", DAMAGED if found < end.count else None)


def _wide(extra: bytes, size: int, packed: int, local: int) -> tuple[int, int, int]:
    """The 64-bit values of a record (§4.5.3): only those stand there that are all ones in the record, in this order."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        place += 4
        if kind == _EXTRA_ZIP64:
            wide = extra[place : place + length]
            values = [v for (v,) in struct.iter_unpack("<Q", wide[: len(wide) & ~7])]
            result = [values.pop(0) if value == 0xFFFFFFFF and values else value for value in (size, packed, local)]
            return result[0], result[1], result[2]
        place += length
    return size, packed, local
