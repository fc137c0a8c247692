"""Makes the file: from a build, or from packages that were packed one by one as they were read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from vuoto.errors import InputError
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.firmware.index import layout, packing
from vuoto.firmware.index.code_columns import add_code
from vuoto.firmware.index.columns import Columns, to_columns
from vuoto.firmware.index.joining import join
from vuoto.firmware.index.mentions import add_mentions
from vuoto.firmware.index.shapes import shape_of

if TYPE_CHECKING:
    from vuoto.firmware.code import CodeColumns


def write_index(build: ReadBuild) -> bytes:
    """The file of a build. The order of its packages does not matter: they are written by path."""
    rows = [(_order(read), to_columns([read], shape_of(ReadPackage), "packages")) for read in build.packages]
    return _write(build, rows)


def pack_package(read: ReadPackage, code: CodeColumns | None = None) -> bytes:
    """One package as bytes, for `write_packed`: what a worker hands over, and a cache keeps.

    `code` are facts of its code that stand beside it, in columns, and not in it.
    """
    columns = to_columns([read], shape_of(ReadPackage), "packages")
    if code is not None:
        add_code(columns, code)
    return packing.pack(columns)


def write_packed(build: ReadBuild, packed: Iterable[bytes]) -> bytes:
    """As `write_index`, for a build whose packages stand in `packed`; `build.packages` is not looked at.

    Raises `InputError` for one that is damaged.
    """
    rows = []
    for data in packed:
        columns = unpack(data)
        first = [columns.texts[int(columns.columns[f"packages.package.{name}"][0]) - 1] for name in ("path", "sha256")]
        rows.append(((first[0], first[1], int(columns.columns["packages.package.size"][0])), columns))
    return _write(build, rows)


def unpack(data: bytes) -> Columns:
    """The columns of one package, with all they say checked to be of the present shape. Raises `InputError` elsewhere."""
    columns = packing.unpack(data, _model())
    if len(columns.columns["packages.package.path"]) != 1:
        raise InputError("what was kept of a package does not hold one")
    texts = len(columns.texts)
    for name in columns.of_text:
        numbers = columns.columns[name]
        if numbers.size and (int(numbers.min()) < 0 or int(numbers.max()) > texts):
            raise InputError("what was kept of a package names texts that are not there")
    return columns


@cache
def _model() -> Columns:
    """The names of the columns that a package has."""
    return to_columns([], shape_of(ReadPackage), "packages")


def _order(read: ReadPackage) -> tuple[str, str, int]:
    return read.package.path, read.package.sha256, read.package.size


def _write(build: ReadBuild, rows: list[tuple[tuple[str, str, int], Columns]]) -> bytes:
    rows.sort(key=lambda row: row[0])
    head = to_columns([replace(build, packages=())], shape_of(ReadBuild), "")
    parts = [columns for _, columns in rows]
    below = [name for name in head.columns if name.startswith("packages.")]
    top = {name: head.columns.pop(name) for name in below}
    model = Columns([], top, {name for name in head.of_text if name in top})
    joined = join(head, [model, *parts])
    joined.columns["packages#"] = np.array([len(rows)], np.int64)
    add_mentions(joined)
    return layout.write(joined)
