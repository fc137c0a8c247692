"""Bytes read at places, the entries of an image, and the image itself: the shapes in which the parts of the workshop meet.

A blob never raises on hostile bytes: what cannot be read (a damaged cluster, a cut-off file) reads as zeros, and a `Problem` of
the image that it came from says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from vuoto.facts.problems import Problem

MAX_PROBLEMS: Final = 500
"""Problems told for one image and what it holds. A damaged image can have one for each of a million files; nobody reads them
all."""

MAX_IN_MEMORY: Final = 1 << 30
"""Bytes of one stream unpacked where no other place is given; most compressed system images come to a multiple."""

HEAD_BYTES: Final = 16_384
"""Bytes from the start that a format is recognised by: the geometry of super stands at 4,096, all others earlier."""


class Blob(Protocol):
    """Bytes that can be read at any place, without a position of their own."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`; fewer only where the blob ends, none outside it."""
        ...


class BytesBlob:
    """A blob over bytes in memory."""

    __slots__ = ("_data", "size")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0:
            return b""
        return self._data[offset : offset + length]


class WindowBlob:
    """A stretch of another blob; never reads outside the stretch, and is cut where the other blob ends."""

    __slots__ = ("_blob", "_offset", "size")

    def __init__(self, blob: Blob, offset: int, length: int) -> None:
        self._blob = blob
        self._offset = max(offset, 0)
        self.size = max(0, min(length, blob.size - self._offset))

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        return self._blob.read_at(self._offset + offset, min(length, self.size - offset))


class Spool(Protocol):
    """Where unpacked data goes that is too large for memory: the rooms open no files, so whoever calls them gives one."""

    @property
    def limit(self) -> int:
        """How many bytes one `keep` takes."""
        ...

    def keep(self, pieces: Iterable[bytes]) -> Blob:
        """Keeps the pieces, which are `limit` bytes at most, for as long as the blob is held."""
        ...


class MemorySpool:
    """Keeps what is unpacked in memory."""

    limit: int = MAX_IN_MEMORY

    def keep(self, pieces: Iterable[bytes]) -> Blob:
        """See `Spool.keep`."""
        return BytesBlob(b"".join(pieces))


class Problems(list[Problem]):
    """The problems of an image and of all that it holds, each once, at most `MAX_PROBLEMS` and a last one that says so."""

    def note(self, where: str, what: str, next_step: str | None = None) -> None:
        """Adds a problem."""
        if len(self) > MAX_PROBLEMS:
            return
        problem = Problem(where=where, what=what, next_step=next_step)
        if len(self) == MAX_PROBLEMS:
            problem = Problem(where=where, what=f"more than {MAX_PROBLEMS} problems were met; the rest is not told")
        if problem not in self:
            self.append(problem)


EntryKind = Literal["file", "symlink", "directory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file, symbolic link or directory of an image."""

    path: str
    """Where it stands, in POSIX form: relative, without `.`, `..` or empty parts. Bytes that are not UTF-8 as `\\xNN`. Hostile:
    not escaped for showing. From `walk`: where the device would have it, `system/app/X.apk`."""

    kind: EntryKind
    """What it is; devices, pipes and sockets are not listed."""

    size: int
    """Bytes of content; 0 for links and directories."""

    open: Callable[[], Blob] = field(repr=False, compare=False)
    """Its content, read only when asked for."""

    link: str | None = None
    """What a symbolic link says, as it stands; it is never followed."""

    partition: str | None = None
    """The partition it belongs to, without the slot: `system`; `None` where no partition is known."""

    within: tuple[str, ...] = ()
    """The containers that it was taken from, the outermost first: `("ota.zip", "payload.bin", "system.img")`."""


@dataclass(slots=True, kw_only=True)
class Image:
    """An opened container."""

    format: str
    """The name of its format: `ext4`."""

    name: str
    """What it was opened as."""

    entries: Callable[[], Iterator[Entry]]
    """What it holds, one level deep, in a fixed order; each call lists anew."""

    properties: Mapping[str, str] = field(default_factory=dict)
    """What the container says of itself: OTA metadata, volume name, os version; by name, in the order of the format."""

    content: str | None = None
    """What is in it, where the format alone does not say: `ota (payload)`, `factory images`; or `None`."""

    top: Callable[[], frozenset[str]] = frozenset
    """The names in the root directory of a file system, without listing what lies below; empty for other containers."""

    problems: Problems = field(default_factory=Problems)
    """What was broken or contradictory; grows while entries are listed and read."""

    spool: Spool = field(default_factory=MemorySpool, repr=False)
    """Where what is unpacked of it goes."""

    old: Mapping[str, Blob] = field(default_factory=dict, repr=False)
    """Partitions of the build that it starts from, by name without slot; what is in it (an incremental OTA) needs them too."""
