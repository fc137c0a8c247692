"""Writes an index of a source as bytes and reads it back, so that a source is read once.

A line of JSON with the names, then the columns as differences and small numbers, compressed. Made and read by the same version of
Vuoto: a cache, not a format for others.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.firmware.provenance.index import FORM, ProjectIndex

MAGIC: Final = b"vuotosrc"

MAX_SIZE: Final = 1 << 30
"""Bytes of an index before compression: some ten million lines of source."""


def write_project(project: ProjectIndex) -> bytes:
    """The bytes of it."""
    import orjson
    import zstandard

    head = orjson.dumps(
        {
            "name": project.name,
            "revisions": project.revisions,
            "paths": project.paths,
            "classes": project.classes,
            "problems": project.problems,
            "library": project.library,
            "postings": len(project.word),
        }
    )
    columns = [
        np.diff(project.word, prepend=np.uint64(0)).astype("<u8"),
        project.file.astype("<u4"),
        project.line.astype("<u4"),
        project.present.astype("<u8"),
        *([project.within.astype("<u8")] if len(project.revisions) > 1 else []),
    ]
    body = len(head).to_bytes(4, "little") + head + b"".join(column.tobytes() for column in columns)
    return MAGIC + bytes([FORM]) + zstandard.ZstdCompressor(level=3, write_checksum=True).compress(body)


def read_project(data: bytes) -> ProjectIndex | None:
    """The index in bytes, or `None` where they are not one of this version's."""
    import orjson
    import zstandard

    if data[:9] != MAGIC + bytes([FORM]):
        return None
    try:
        body = zstandard.ZstdDecompressor().decompress(data[9:], max_output_size=MAX_SIZE)
        size = int.from_bytes(body[:4], "little")
        head = orjson.loads(body[4 : 4 + size])
        count, files = head["postings"], len(head["paths"])
        at = 4 + size
        columns = []
        kinds = [("<u8", count), ("<u4", count), ("<u4", count), ("<u8", files)]
        for kind, length in [*kinds, *([("<u8", count)] if len(head["revisions"]) > 1 else [])]:
            columns.append(np.frombuffer(body, kind, length, at))
            at += columns[-1].nbytes
    except (zstandard.ZstdError, ValueError, KeyError, TypeError):
        return None
    return ProjectIndex(
        name=head["name"],
        revisions=tuple(head["revisions"]),
        paths=tuple(head["paths"]),
        classes=tuple(map(tuple, head["classes"])),
        word=np.cumsum(columns[0], dtype=np.uint64),
        file=columns[1].astype(np.int64),
        line=columns[2].astype(np.int64),
        within=columns[4].astype(np.int64) if len(columns) > 4 else np.ones(count, np.int64),
        present=columns[3].astype(np.int64),
        problems=tuple(head["problems"]),
        library=bool(head["library"]),
    )
