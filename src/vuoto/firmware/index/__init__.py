"""The `.vfx` file: one file per build, in columns. `write_index` makes it, `open_index` asks it without reading it whole."""

from __future__ import annotations

from vuoto.firmware.index.build_index import BuildIndex, PackageHeader, digest_of_code, open_index
from vuoto.firmware.index.layout import is_index
from vuoto.firmware.index.writing import FOLDER, pack_package, write_index, write_packed

__all__ = [
    "FOLDER",
    "BuildIndex",
    "PackageHeader",
    "digest_of_code",
    "is_index",
    "open_index",
    "pack_package",
    "write_index",
    "write_packed",
]
