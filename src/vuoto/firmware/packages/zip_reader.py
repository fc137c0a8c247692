"""Zip archives, read as Android reads them rather than as the specification asks (APPNOTE.TXT 6.3.10; AOSP's libziparchive).

Android goes by the central directory: its method and sizes count, the local header only says where the data begins. Methods other
than "deflated" are taken as stored by the asset reader, and the encryption flag is not looked at. Archives made to break analysis
live in that gap, so every disagreement is a `Problem` and the member is read all the same.

Not read: encrypted members, compression other than deflate, archives in several volumes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from typing import Final

from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob
from vuoto.firmware.packages import zip_directory
from vuoto.firmware.packages.zip_directory import DAMAGED, Row, ZipProblems, central_rows, directory_start, find_end
from vuoto.firmware.packages.zip_member import DEFLATED, STORED, Member

MAX_SHARED: Final = 16
"""Members that may share data. Tricks with duplicate entries need two; a bomb without recursion shares one stretch among
tens of thousands."""

_LOCAL: Final = struct.Struct("<4s5H3I2H")  # §4.3.7
_ENCRYPTED: Final = 1  # general purpose bit 0, §4.4.4
_DESCRIPTOR: Final = 8  # general purpose bit 3: the local header's sizes stand behind the data
_SIGNING_MAGIC: Final = b"APK Sig Block 42"
_MAX_SIGNING_BLOCK: Final = 64 << 20  # v4 trees stand outside; blocks are kilobytes, with padding a page


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


def read_zip(blob: Blob, where: str = "zip archive") -> ZipContents:
    """The members of the archive in `blob`, without reading their content.

    Reads the end of the archive, the central directory and each local header; never raises on any bytes. An archive without a
    readable central directory is listed by its local headers, with a `Problem` saying that Android would refuse it. `where` names
    the archive in problems.
    """
    problems = ZipProblems(where)
    end = find_end(blob, problems)
    if end is None:
        members = _shared_removed(_by_local_headers(blob, problems), problems)
        return _contents(members, problems, -1, -1, None)
    start, shift = directory_start(blob, end, problems)
    if end.directory + end.length < end.at and not end.wide:
        problems.add(f"{end.at - end.directory - end.length} bytes stand between the central directory and the end record")
    rows = list(central_rows(blob, end, start, problems))
    members = _shared_removed([_member(blob, row, shift, start, problems) for row in rows], problems)
    return _contents(members, problems, start, end.at, _signing_block(blob, start, problems))


def _contents(members: list[Member], problems: ZipProblems, directory: int, end: int, block: SigningBlock | None) -> ZipContents:
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


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _member(blob: Blob, row: Row, shift: int, directory: int, problems: ZipProblems) -> Member:
    name = _name(row.name)
    at = row.local + shift
    head = blob.read_at(at, _LOCAL.size + len(row.name))
    readable = True
    span = row.packed if row.method == DEFLATED else max(row.packed, row.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
        problems.add(f"{name!r} has no local header where the directory points", DAMAGED)
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
            problems.add(f"the data of {name!r} would begin outside the archive", DAMAGED)
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


def _shared_removed(members: list[Member], problems: ZipProblems) -> list[Member]:
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


def _signing_block(blob: Blob, directory: int, problems: ZipProblems) -> SigningBlock | None:
    foot = blob.read_at(directory - 24, 24) if directory >= 32 else b""
    if foot[8:] != _SIGNING_MAGIC:
        return None
    (length,) = struct.unpack_from("<Q", foot)
    start = directory - length - 8
    head = blob.read_at(start, 8) if start >= 0 else b""
    if length < 24 or length > _MAX_SIGNING_BLOCK or len(head) < 8 or struct.unpack("<Q", head)[0] != length:
        problems.add("the APK Signing Block's two sizes do not agree; Android refuses such an APK", DAMAGED)
        return None
    return SigningBlock(offset=start, length=length + 8)


def _by_local_headers(blob: Blob, problems: ZipProblems) -> list[Member]:
    """The members of an archive without a directory, one local header after the other while sizes are known."""
    result: list[Member] = []
    at = 0
    while len(result) < zip_directory.MAX_MEMBERS:
        head = blob.read_at(at, _LOCAL.size + 0xFFFF if at == 0 else _LOCAL.size + 1024)
        if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
            break
        _, _, flags, method, _, _, crc, packed, size, n, m = _LOCAL.unpack_from(head)
        name = head[_LOCAL.size : _LOCAL.size + n]
        if len(name) < n:
            name = blob.read_at(at + _LOCAL.size, n)
        data_at = at + _LOCAL.size + n + m
        row = Row(name, flags, method, crc, packed, size, at)
        result.append(_member(blob, row, 0, -1, problems))
        if flags & _DESCRIPTOR and not packed:
            problems.add("a member's size stands behind its data; what follows it cannot be found without the directory", DAMAGED)
            break
        at = data_at + packed
    return result
