"""Curated tables of this room: tab-separated rows under comments, the first of which says the day of the table."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from vuoto.facts.document import Reference


def rows(raw: bytes, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows by column; lines that begin with `#` are comments."""
    lines = (line for line in raw.decode().splitlines() if line and not line.startswith("#"))
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]


def reference(name: str, raw: bytes) -> Reference:
    """The table as the document names it."""
    return Reference(
        name=name,
        snapshot=raw.partition(b"\n")[0].decode().removeprefix("# Snapshot: "),
        sha256=sha256(raw).hexdigest(),
        licence="Apache-2.0",
    )
