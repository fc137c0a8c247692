"""Opens what a command of `vuoto firmware` is given: an image, a package, or a folder of a device's files."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.facts.builds import ReadBuild
    from vuoto.firmware.content import Blob


def opened(path: Path) -> ReadBuild:
    """The build at `path`, read whole. Raises `InputError` where it cannot be read."""
    from vuoto.firmware.building import read_build, read_image
    from vuoto.firmware.tree import open_tree

    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
        return read_image(open_tree(((str(p.relative_to(path)), opener(p)) for p in inside), path.name))
    try:
        return read_build(FileBlob(path), path.name)
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=str(path), next_step="Check the path") from None


def opener(path: Path) -> Callable[[], Blob]:
    """What opens a file of a folder when it is asked for."""
    return lambda: FileBlob(path)


class FileBlob:
    """A file as a blob: mapped while it is in use, so that a file of gigabytes is read only where somebody looks."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.size = path.stat().st_size
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self.size else b""

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Blob.read_at`."""
        return bytes(self._map[offset : offset + length]) if offset >= 0 and length > 0 else b""
