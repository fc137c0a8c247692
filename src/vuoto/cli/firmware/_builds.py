"""Finds the builds in a folder: indexes, images and packages of OTA updates, at any depth."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vuoto.cli._inputs import is_file
from vuoto.errors import InputError, VuotoError

if TYPE_CHECKING:
    from vuoto.firmware.index import BuildIndex

ENDINGS: Final = (".vfx", ".zip", ".img", ".tar", ".bin")
"""Names of files that may be builds; `.bin` is `payload.bin`."""


def builds_in(folder: Path) -> Iterator[tuple[str, BuildIndex | str]]:
    """Each build below `folder` by its path there, opened, or why it cannot be; and the folders in it that may not be read.

    An image is passed over where the index that `vuoto firmware index` made of it lies beside it. Raises `InputError` where the
    folder cannot be read or holds no build.
    """
    from vuoto.cli.firmware._opening import opened_index

    if not folder.is_dir():
        raise InputError(
            "is no folder", where=str(folder), next_step="Give the folder that holds the builds' .vfx files or images"
        )
    closed: list[OSError] = []
    below = (Path(inside, name) for inside, _, names in os.walk(folder, onerror=closed.append) for name in names)
    files = sorted(p for p in below if p.name.lower().endswith(ENDINGS) and is_file(p))
    indexed = {p.with_suffix("") for p in files if p.suffix == ".vfx"}
    files = [p for p in files if p.suffix == ".vfx" or (p.with_suffix("") not in indexed and p not in indexed)]
    if not files:
        what = "no build in this folder, as far as it may be read" if closed else "no build in this folder"
        raise InputError(what, where=str(folder), next_step=f"Builds end in {', '.join(ENDINGS)}")
    for error in closed:
        yield str(Path(error.filename).relative_to(folder)), "is a folder that may not be read"
    for path in files:
        name = str(path.relative_to(folder))
        try:
            yield name, opened_index(path, quiet=True)
        except VuotoError as error:
            yield name, error.what
