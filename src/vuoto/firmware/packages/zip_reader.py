"""Zip archives, read as Android reads them rather than as the specification asks (APPNOTE.TXT 6.3.10; AOSP's libziparchive).

Android goes by the central directory: its method and sizes count, the local header only says where the data begins. Methods other
than "deflated" are taken as stored by the asset reader, and the encryption flag is not looked at. Archives made to break analysis
live in that gap, so every disagreement is a `Problem` and the member is read all the same.

Not read: encrypted members, compression other than deflate, archives in several volumes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob, BytesBlob, WindowBlob

MAX_MEMBERS: Final = 200_000
"""Members listed. The largest apps in stores have some 60,000; a directory of more would cost seconds before anything is read."""

MAX_DIRECTORY: Final = 64 << 20
"""Bytes of central directory read: 200,000 members with long names and extra fields fit."""

MAX_MEMBER: Final = 1 << 30
"""Bytes that `blob` inflates into memory. Larger members (images in factory zips) are stored, or are taken in `chunks`."""

MAX_SHARED: Final = 16
"""Members that may share data. Tricks with duplicate entries need two; a bomb without recursion shares one stretch among
tens of thousands."""

MAX_PROBLEMS: Final = 32
"""Problems told one by one for an archive; the rest is counted."""

STORED: Final = 0
DEFLATED: Final = 8

_EOCD: Final = struct.Struct("<4sHHHHIIH")  # §4.3.16
_EOCD64: Final = struct.Struct("<4sQHHIIQQQQ")  # §4.3.14
_LOCATOR64: Final = struct.Struct("<4sIQI")  # §4.3.15
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")  # §4.3.12
_LOCAL: Final = struct.Struct("<4s5H3I2H")  # §4.3.7
_MAX_COMMENT: Final = 0xFFFF
_EXTRA_ZIP64: Final = 1  # §4.5.3
_ENCRYPTED: Final = 1  # general purpose bit 0, §4.4.4
_DESCRIPTOR: Final = 8  # general purpose bit 3: the local header's sizes stand behind the data
_STEP: Final = 1 << 20
_SIGNING_MAGIC: Final = b"APK Sig Block 42"
_MAX_SIGNING_BLOCK: Final = 64 << 20  # v4 trees stand outside; blocks are kilobytes, with padding a page
_DAMAGED: Final = "Get the file again from where it was taken; what was read so far stands"


@dataclass(frozen=True, slots=True)
class Extracted:
    """What reading a member gave."""

    data: bytes
    """The content, cut at the limit or where it could no longer be read."""

    problem: str | None
    """Why `data` is not the whole content, or `None` where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member as the central directory lists it."""

    name: str
    """The name as stored; bytes that are not UTF-8 as `\\xNN`. Hostile: see `safe`."""

    size: int
    """Bytes of content as the central directory says."""

    compressed_size: int
    """Bytes of data as the central directory says."""

    method: int
    """The compression method in the central directory: 0 stored, 8 deflated; other numbers are told as they stand."""

    offset: int
    """Where the data begins in the archive, behind the local header."""

    crc: int
    """CRC-32 of the content as the central directory says."""

    span: int
    """Bytes of the archive that reading may take from `offset` on: the larger of what the two headers say."""

    readable: bool = True
    """False where the member shares its data with more than `MAX_SHARED` others, or lies outside the archive."""

    source: Blob = field(repr=False, compare=False)
    """The archive."""

    @property
    def safe(self) -> bool:
        """Whether the name may be used as a relative path: not empty, absolute or climbing, no NUL, backslash or drive."""
        parts = self.name.split("/")
        return bool(self.name) and not (parts[0] == "" or ".." in parts or set(self.name) & set("\0\\") or self.name[1:2] == ":")

    @property
    def stored(self) -> bool:
        """Whether the data is the content: declared so, or not deflated and taken so as Android does (see `extract`)."""
        return self.method != DEFLATED and not self._deflated_in_disguise()

    def read(self, limit: int) -> bytes:
        """At most `limit` bytes of content; what could be read where the member is broken."""
        return self.extract(limit).data

    def extract(self, limit: int) -> Extracted:
        """At most `limit` bytes of content, and why that is not all. Never raises.

        An unknown method is read as Android's asset reader does, stored; where the data is one whole deflate stream of the
        declared size, as older Androids did, inflated.
        """
        pieces: list[bytes] = []
        taken = 0
        problem = None
        for piece, what in self._pieces(_STEP):
            problem = what or problem
            if taken + len(piece) > limit:
                return Extracted(b"".join([*pieces, piece[: limit - taken]]), f"is larger than the {limit} bytes that are read")
            pieces.append(piece)
            taken += len(piece)
        return Extracted(b"".join(pieces), problem)

    def chunks(self, size: int = _STEP) -> Iterator[bytes]:
        """The content in pieces of at most `size` bytes, in bounded memory; ends where the member can no longer be read."""
        for piece, _ in self._pieces(size):
            if piece:
                yield piece

    def blob(self) -> Blob:
        """The content as a blob: a window of the archive where stored, else inflated into memory up to `MAX_MEMBER`."""
        if self.readable and self.stored:
            return WindowBlob(self.source, self.offset, self.size)
        return BytesBlob(self.read(MAX_MEMBER))

    def _pieces(self, size: int) -> Iterator[tuple[bytes, str | None]]:
        if not self.readable:
            yield b"", "has no data of its own in the archive"
        elif self.stored:
            yield from self._stored(size)
        else:
            yield from self._inflated(size)

    def _stored(self, size: int) -> Iterator[tuple[bytes, str | None]]:
        for place in range(0, self.size, size):
            want = min(size, self.size - place)
            piece = self.source.read_at(self.offset + place, want)
            yield piece, None if len(piece) == want else "ends before its declared size"
            if len(piece) < want:
                return

    def _inflated(self, size: int) -> Iterator[tuple[bytes, str | None]]:
        inflate = zlib.decompressobj(-15)
        place, end = self.offset, self.offset + self.span
        given = 0
        while not inflate.eof:
            waiting = inflate.unconsumed_tail
            if not waiting:
                waiting = self.source.read_at(place, min(_STEP, end - place))
                place += len(waiting)
            try:
                piece = inflate.decompress(waiting, size)
            except zlib.error:
                yield b"", "holds damaged deflate data"
                return
            if not piece and not waiting:
                yield b"", "ends inside its deflate data"
                return
            given += len(piece)
            yield piece, None
        if given != self.size:
            yield b"", f"inflates to {given} bytes where {self.size} are declared"

    def _deflated_in_disguise(self) -> bool:
        if self.method == STORED or self.compressed_size == self.size or not self.readable:
            return False
        inflate = zlib.decompressobj(-15)
        place, end, given = self.offset, self.offset + self.compressed_size, 0
        while not inflate.eof and given <= self.size:
            waiting = inflate.unconsumed_tail or self.source.read_at(place, min(_STEP, end - place))
            place += 0 if inflate.unconsumed_tail else len(waiting)
            try:
                piece = inflate.decompress(waiting, _STEP)
            except zlib.error:
                return False
            if not piece and not waiting:
                return False
            given += len(piece)
        return inflate.eof and given == self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningBlock:
    """Where the APK Signing Block stands: between the last member and the central directory (AOSP, APK Signature Scheme v2)."""

    offset: int
    """Where its first size field begins."""

    length: int
    """Bytes with both size fields and the magic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipContents:
    """What an archive lists."""

    members: tuple[Member, ...]
    """In the order of the central directory; of a name that stands twice both are here, see `find`."""

    problems: tuple[Problem, ...]
    """What was broken or contradictory."""

    directory: int
    """Where the central directory begins, or -1 where there is none."""

    end: int
    """Where the end of central directory record begins, or -1 where there is none."""

    signing_block: SigningBlock | None
    """The APK Signing Block, or `None`."""

    by_name: dict[str, Member] = field(repr=False, compare=False)
    """Each name's first member, which is what Android's native reader took while it still accepted duplicates."""

    def find(self, name: str) -> Member | None:
        """The member called `name`, the first of several."""
        return self.by_name.get(name)


class _Problems:
    """Collects problems of one archive, at most `MAX_PROBLEMS` of them word by word."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: list[Problem] = []
        self.more = 0

    def add(self, what: str, next_step: str | None = None) -> None:
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(where=self.where, what=what, next_step=next_step))
        else:
            self.more += 1

    def lead(self, what: str) -> None:
        """What must not be lost behind many others."""
        self.found.insert(0, Problem(where=self.where, what=what))

    def all(self) -> tuple[Problem, ...]:
        if self.more:
            rest = Problem(where=self.where, what=f"{self.more} more problems of this archive are not listed one by one")
            return (*self.found, rest)
        return tuple(self.found)


@dataclass(frozen=True, slots=True)
class _End:
    at: int
    count: int
    directory: int
    length: int
    wide: bool = False


def read_zip(blob: Blob, where: str = "zip archive") -> ZipContents:
    """The members of the archive in `blob`, without reading their content.

    Reads the end of the archive, the central directory and each local header; never raises on any bytes. An archive without a
    readable central directory is listed by its local headers, with a `Problem` saying that Android would refuse it. `where` names
    the archive in problems.
    """
    problems = _Problems(where)
    end = _find_end(blob, problems)
    if end is None:
        members = _shared_removed(_by_local_headers(blob, problems), problems)
        return _contents(members, problems, -1, -1, None)
    start, shift = _directory_start(blob, end, problems)
    if end.directory + end.length < end.at and not end.wide:
        problems.add(f"{end.at - end.directory - end.length} bytes stand between the central directory and the end record")
    rows = list(_central(blob, end, start, problems))
    members = _shared_removed([_member(blob, row, shift, start, problems) for row in rows], problems)
    return _contents(members, problems, start, end.at, _signing_block(blob, start, problems))


def _contents(members: list[Member], problems: _Problems, directory: int, end: int, block: SigningBlock | None) -> ZipContents:
    by_name: dict[str, Member] = {}
    for member in members:
        if member.name in by_name:
            problems.add(f"{member.name!r} stands twice; the first is taken, current Androids refuse the archive")
        else:
            by_name[member.name] = member
        if not member.safe:
            problems.add(f"the name {member.name!r} would leave the folder it is unpacked into; it is not used as a path")
    return ZipContents(
        members=tuple(members), problems=problems.all(), directory=directory, end=end, signing_block=block, by_name=by_name
    )


def _find_end(blob: Blob, problems: _Problems) -> _End | None:
    """The end record whose comment reaches the end of the file, or else the last whose directory can be there."""
    tail_at = max(0, blob.size - _MAX_COMMENT - _EOCD.size)
    tail = blob.read_at(tail_at, blob.size - tail_at)
    loose: tuple[_End, int] | None = None
    place = tail.rfind(b"PK\5\6")
    tries = 0
    while place >= 0 and tries < 256:  # more signatures than this in 64 KiB are there to cost time
        tries += 1
        if place + _EOCD.size <= len(tail):
            _, _, _, _, count, length, directory, comment = _EOCD.unpack_from(tail, place)
            end = _zip64(blob, _End(tail_at + place, count, directory, length), problems)
            gap = len(tail) - place - _EOCD.size - comment
            if gap == 0:
                return end
            if loose is None and end.directory + end.length <= end.at:
                loose = end, gap
        place = tail.rfind(b"PK\5\6", 0, place)
    if loose is None:
        problems.add(
            "has no end of central directory record; members are taken from local headers, as no Android would",
            _DAMAGED,
        )
        return None
    end, gap = loose
    what = f"{gap} bytes stand behind the archive's comment" if gap > 0 else f"{-gap} bytes of the archive's comment are missing"
    problems.add(f"{what}; current Androids refuse the archive")
    return end


def _zip64(blob: Blob, end: _End, problems: _Problems) -> _End:
    if end.count != 0xFFFF and end.directory != 0xFFFFFFFF and end.length != 0xFFFFFFFF:
        return end
    locator = blob.read_at(end.at - _LOCATOR64.size, _LOCATOR64.size) if end.at >= _LOCATOR64.size else b""
    if locator[:4] != b"PK\6\7":
        return end
    record = blob.read_at(_LOCATOR64.unpack(locator)[2], _EOCD64.size)
    if len(record) < _EOCD64.size or record[:4] != b"PK\6\6":
        problems.add("names a zip64 end record that is not there", _DAMAGED)
        return end
    *_, count, length, directory = _EOCD64.unpack(record)
    return _End(end.at, count, directory, length, wide=True)


def _directory_start(blob: Blob, end: _End, problems: _Problems) -> tuple[int, int]:
    """Where the directory begins, and by how much the offsets in it are off: bytes put before an archive shift all of them."""
    if end.count == 0 or blob.read_at(end.directory, 4) == b"PK\1\2":
        return end.directory, 0
    before = end.at - end.length
    if before >= 0 and blob.read_at(before, 4) == b"PK\1\2":
        problems.add(f"the central directory stands {before - end.directory:+} bytes from where the archive says")
        return before, before - end.directory
    problems.add("the central directory is not where the archive says", _DAMAGED)
    return end.directory, 0


@dataclass(frozen=True, slots=True)
class _Row:
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    local: int


def _central(blob: Blob, end: _End, start: int, problems: _Problems) -> Iterator[_Row]:
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
            problems.add("the central directory is cut off", _DAMAGED)
            return
        if 0xFFFFFFFF in (size, packed, local):
            size, packed, local = _wide(data[place : place + m], size, packed, local)
        place += m + k
        found += 1
        yield _Row(name, flags, method, crc, packed, size, local)
    if found & 0xFFFF != end.count & 0xFFFF:
        problems.add(f"declares {end.count} members and lists {found}", _DAMAGED if found < end.count else None)


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


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _member(blob: Blob, row: _Row, shift: int, directory: int, problems: _Problems) -> Member:
    name = _name(row.name)
    at = row.local + shift
    head = blob.read_at(at, _LOCAL.size + len(row.name))
    readable = True
    span = row.packed if row.method == DEFLATED else max(row.packed, row.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
        problems.add(f"{name!r} has no local header where the directory points", _DAMAGED)
        data_at = at
        readable = False
    else:
        _, _, flags, method, _, _, _, packed, size, n, m = _LOCAL.unpack_from(head)
        data_at = at + _LOCAL.size + n + m
        if n != len(row.name) or head[_LOCAL.size :] != row.name:
            problems.add(f"{name!r} has another name in its local header")
        if method != row.method:
            problems.add(
                f"{name!r} has method {row.method} in the directory and {method} in its local header; the directory counts"
            )
        if not flags & _DESCRIPTOR and (packed, size) != (row.packed, row.size) and 0xFFFFFFFF not in (packed, size):
            problems.add(
                f"{name!r} has {row.packed} bytes for {row.size} in the directory and {packed} for {size} in its local header; "
                "the directory counts"
            )
            span = max(span, packed)
        if (flags | row.flags) & _ENCRYPTED:
            problems.add(f"{name!r} is marked as encrypted, which Android does not look at; it is read as it stands")
        if data_at > blob.size or (directory >= 0 and data_at > directory > at):
            problems.add(f"the data of {name!r} would begin outside the archive", _DAMAGED)
            readable = False
    if row.method not in (STORED, DEFLATED):
        problems.add(f"{name!r} has the unknown compression method {row.method}; it is read as Android does")
    return Member(
        name=name,
        size=row.size,
        compressed_size=row.packed,
        method=row.method,
        offset=data_at,
        crc=row.crc,
        span=span,
        readable=readable,
        source=blob,
    )


def _shared_removed(members: list[Member], problems: _Problems) -> list[Member]:
    """The same members, unreadable from the seventeenth on where more than `MAX_SHARED` overlap in one place.

    Overlap is the only way to more than deflate's 1,032 bytes of content for a byte of archive.
    """
    order = sorted((i for i, m in enumerate(members) if m.span), key=lambda i: (members[i].offset, i))
    reach = [0] * MAX_SHARED  # the furthest ends seen so far; a member within all of them is one too many
    result = list(members)
    refused = 0
    for i in order:
        member = members[i]
        if member.offset < min(reach):
            refused += 1
            result[i] = replace(member, readable=False)
            continue
        reach[reach.index(min(reach))] = member.offset + member.span
    if refused:
        problems.lead(f"{refused} members share their data with more than {MAX_SHARED} others; they are not read")
    return result


def _signing_block(blob: Blob, directory: int, problems: _Problems) -> SigningBlock | None:
    foot = blob.read_at(directory - 24, 24) if directory >= 32 else b""
    if foot[8:] != _SIGNING_MAGIC:
        return None
    (length,) = struct.unpack_from("<Q", foot)
    start = directory - length - 8
    head = blob.read_at(start, 8) if start >= 0 else b""
    if length < 24 or length > _MAX_SIGNING_BLOCK or len(head) < 8 or struct.unpack("<Q", head)[0] != length:
        problems.add("the APK Signing Block's two sizes do not agree; Android refuses such an APK", _DAMAGED)
        return None
    return SigningBlock(offset=start, length=length + 8)


def _by_local_headers(blob: Blob, problems: _Problems) -> list[Member]:
    """The members of an archive without a directory, one local header after the other while sizes are known."""
    result: list[Member] = []
    at = 0
    while len(result) < MAX_MEMBERS:
        head = blob.read_at(at, _LOCAL.size + 0xFFFF if at == 0 else _LOCAL.size + 1024)
        if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
            break
        _, _, flags, method, _, _, crc, packed, size, n, m = _LOCAL.unpack_from(head)
        name = head[_LOCAL.size : _LOCAL.size + n]
        if len(name) < n:
            name = blob.read_at(at + _LOCAL.size, n)
        data_at = at + _LOCAL.size + n + m
        row = _Row(name, flags, method, crc, packed, size, at)
        result.append(_member(blob, row, 0, -1, problems))
        if flags & _DESCRIPTOR and not packed:
            problems.add(
                "a member's size stands behind its data; what follows it cannot be found without the directory", _DAMAGED
            )
            break
        at = data_at + packed
    return result
