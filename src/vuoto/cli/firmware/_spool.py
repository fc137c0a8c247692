"""Where compressed images are unpacked to: a temporary file without a name, mapped, so that it goes when nobody uses it."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING

from vuoto.errors import InputError
from vuoto.firmware.content import BytesBlob

if TYPE_CHECKING:
    from vuoto.firmware.content import Blob


class FileSpool:
    """A spool over temporary files; processes that are forked off read the same ones."""

    limit = 64 << 30
    """Bytes of one stream; a phone's whole storage compressed into one image has as many."""

    def keep(self, pieces: Iterable[bytes]) -> Blob:
        """See `vuoto.firmware.content.Spool`. Raises `InputError` where the disk is full."""
        with tempfile.TemporaryFile() as file:
            try:
                for piece in pieces:
                    file.write(piece)
                file.flush()
            except OSError as error:
                raise InputError(
                    f"a compressed image cannot be unpacked: {error.strerror or error}",
                    where=tempfile.gettempdir(),
                    next_step="Make room there, or set TMPDIR to a folder with more",
                ) from None
            size = file.tell()
            return _MappedBlob(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ), size) if size else BytesBlob(b"")


class _MappedBlob:
    __slots__ = ("_map", "size")

    def __init__(self, mapped: mmap.mmap, size: int) -> None:
        self._map = mapped
        self.size = size

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        return bytes(self._map[offset : offset + length]) if offset >= 0 and length > 0 else b""
