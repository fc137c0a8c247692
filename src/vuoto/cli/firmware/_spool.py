"""Where compressed images are unpacked to: a temporary file without a name, which goes when nobody uses it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Final

from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.firmware.content import Blob

_AT_ONCE: Final = 1 << 30  # Linux gives no more than 2 GB at once, whatever is asked


class FileSpool:
    """A spool over temporary files; processes that are forked off read the same ones."""

    limit = 64 << 30
    """Bytes of one stream; a phone's whole storage compressed into one image has as many."""

    def keep(self, pieces: Iterable[bytes]) -> Blob:
        """See `vuoto.firmware.content.Spool`. Raises `InputError` where the disk is full."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the blob
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
        return _SpooledBlob(file)


class _SpooledBlob:
    """Read at places, so that processes which were forked off do not move each other's position."""

    __slots__ = ("_file", "size")

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = file.tell()

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        pieces: list[bytes] = []
        left = min(length, self.size - offset)
        while left and (piece := os.pread(self._file.fileno(), min(left, _AT_ONCE), offset)):
            pieces.append(piece)
            offset, left = offset + len(piece), left - len(piece)
        return b"".join(pieces)
