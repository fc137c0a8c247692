"""Members of a zip as entries: stored ones in place, deflated ones by random access, none unpacked to disk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from vuoto.firmware.content import Blob, BytesBlob, Entry
from vuoto.firmware.image import Opening
from vuoto.firmware.layouts.inflated import InflatedBlob
from vuoto.firmware.layouts.paths import partition_at, safe_path
from vuoto.firmware.packages.zip_member import Member
from vuoto.firmware.packages.zip_reader import ZipContents, read_zip


def open_zip(blob: Blob, opening: Opening) -> ZipContents:
    """The members of the archive; what is broken in it is added to the opening's problems."""
    contents = read_zip(blob, opening.name)
    for problem in contents.problems:
        opening.problems.note(problem.where, problem.what, problem.next_step)
    return contents


def zip_entries(contents: ZipContents, blob: Blob, opening: Opening) -> Iterator[Entry]:
    """Each member once, in the order of the directory; folders are listed where the archive lists them."""
    seen: set[str] = set()
    for member in contents.members:
        # The reader of the archive has told names that climb.
        path, _ = safe_path(member.name)
        if not path or path in seen:
            continue
        seen.add(path)
        if member.name.endswith("/"):
            yield Entry(path=path, kind="directory", size=0, open=lambda: BytesBlob(b""))
            continue
        content = member_blob(member, blob, opening)
        yield Entry(path=path, kind="file", size=content.size, open=partial(_same, content), partition=partition_at(path))


def member_blob(member: Member, blob: Blob, opening: Opening) -> Blob:
    """The content of a member, at any place without unpacking what stands before it twice."""
    if member.readable and not member.stored:
        return InflatedBlob(
            blob, member.offset, member.compressed_size, member.size, lambda what: opening.note(f"{member.name[:200]!r} {what}")
        )
    content = member.blob()
    if content.size < member.size:
        opening.note(f"{member.name[:200]!r} is cut off or cannot be read whole")
    return content


def _same(blob: Blob) -> Blob:
    return blob
