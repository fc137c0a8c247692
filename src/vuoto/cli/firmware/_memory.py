"""Keeps results of packages in a folder, so that a second build is read only where it differs.

One file per result, `ab/abcd….pack`: SHA-256 of what follows, and what follows. Written beside its place and moved there, so that
it is there whole or not at all; one that does not fit its digest is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from pathlib import Path

MAX_BYTES = 2 << 30
"""Bytes kept in all: results of some hundred builds. Beyond it those that were not used for the longest time go."""

MAX_RESULT = 256 << 20
"""Bytes of one result; the largest packages of phones come to some megabytes."""

ABANDONED = 24 * 3600
"""Seconds after which a half-written result is nobody's: whoever wrote it was killed."""

_DIGEST = 32


class FolderMemory:
    """See `firmware.indexing.Memory`. A folder that cannot be read or written remembers nothing, and stops nobody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> bytes | None:
        """What was kept."""
        path = self._path(key)
        try:
            # A link, a pipe or a device there is none of ours, and could wait or go on for ever.
            with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123 - flags
                about = os.fstat(file.fileno())
                if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_RESULT:
                    return None
                data = file.read()
            os.utime(path)
        except OSError:
            return None
        value = data[_DIGEST:]
        return value if hashlib.sha256(value).digest() == data[:_DIGEST] else None

    def keep(self, key: str, value: bytes) -> None:
        """Keeps it where that is possible."""
        path = self._path(key)
        half = path.with_name(f".{path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            # Of this user alone: results say what is in somebody's build.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                half.write_bytes(hashlib.sha256(value).digest() + value)
                half.replace(path)
            finally:
                half.unlink(missing_ok=True)

    def forget_oldest(self, most: int = MAX_BYTES) -> None:
        """Holds the folder to `most` bytes, and takes away what somebody who was killed left half-written."""
        for half in self.folder.glob("??/.*.pack.*"):
            with contextlib.suppress(OSError):
                if time.time() - half.lstat().st_mtime > ABANDONED:
                    half.unlink()
        files = []
        for path in self.folder.glob("??/*.pack"):
            with contextlib.suppress(OSError):
                about = path.stat()
                files.append((about.st_mtime_ns, about.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= most:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.pack"


class FormerMemory:
    """What `vuoto firmware index` kept, for commands that only ask: they keep nothing themselves."""

    def __init__(self, folder: Path) -> None:
        self._kept = FolderMemory(folder)

    def get(self, key: str) -> bytes | None:
        """What was kept."""
        return self._kept.get(key)

    def keep(self, key: str, value: bytes) -> None:
        """Does nothing."""


def default_folder() -> Path:
    """Where programs keep what they can make again (XDG Base Directory)."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    # The specification: a path that is not absolute is to be ignored.
    folder = Path(base) if base.startswith("/") else Path.home() / ".cache"
    return folder / "vuoto" / "packages"
