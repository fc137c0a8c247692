"""Makes the file: from a build, or from packages that were packed one by one as they were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Final

import numpy as np

from vuoto.errors import InputError
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.firmware.index import layout, packing
from vuoto.firmware.index.code_columns import add_code
from vuoto.firmware.index.columns import Columns, Flat, flat, to_columns
from vuoto.firmware.index.joining import Joining
from vuoto.firmware.index.mentions import add_mentions
from vuoto.firmware.index.shapes import shape_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vuoto.firmware.code import CodeColumns


def write_index(build: ReadBuild) -> bytes:
    """The file of a build. The order of its packages does not matter: they are written by path."""
    joining = Joining(_model())
    for read in build.packages:
        joining.add(flat(to_columns([read], shape_of(ReadPackage), "packages")))
    return _write(build, joining, [(read.package.path, read.package.sha256, read.package.size) for read in build.packages])


def pack_package(read: ReadPackage, code: CodeColumns | None = None) -> bytes:
    """One package as bytes, for `write_packed`: what a worker hands over, and a cache keeps.

    `code` are facts of its code that stand beside it, in columns, and not in it.
    """
    columns = to_columns([read], shape_of(ReadPackage), "packages")
    if code is not None:
        add_code(columns, code)
    return packing.pack(columns)


FOLDER: Final = "\0/"
"""Begins the paths of a package that is read as if it stood nowhere, so that what was read holds wherever it stands."""

_PATHS: Final = (".path", ".where", ".dex")
"""Endings of the names of columns in which such paths are."""


def write_packed(build: ReadBuild, packed: Iterable[bytes], folders: Iterable[str] = repeat("")) -> bytes:
    """As `write_index`, for a build whose packages stand in `packed`; `build.packages` is not looked at.

    `folders` are where they stand, with the last `/`: what their paths begin with instead of `FOLDER`. Raises `InputError` for a
    package that is damaged.
    """
    joining, keys = Joining(_model()), []
    for data, folder in zip(packed, folders, strict=False):
        one = unpack(data)
        _put_in(one, folder)
        joining.add(one)
        keys.append(_key(one))
    return _write(build, joining, keys)


def _put_in(one: Flat, folder: str) -> None:
    """Gives the package its place."""
    numbers = np.unique(one.values[np.repeat(_are_paths(), one.counts)]).tolist()
    for number in numbers:
        if number and one.texts[number - 1].startswith(FOLDER):
            one.texts[number - 1] = folder + one.texts[number - 1].removeprefix(FOLDER)


@cache
def _are_paths() -> NDArray[np.bool_]:
    """Per column: whether its texts may begin with `FOLDER`."""
    model = _model()
    return np.array([name in model.of_text and name.endswith(_PATHS) for name in model.columns], np.bool_)


def unpack(data: bytes) -> Flat:
    """The columns of one package, with all they say checked to be of the present shape. Raises `InputError` elsewhere."""
    one = packing.unpack(data, _model())
    if one.counts[_places()["packages.package.path"]] != 1:
        raise InputError("what was kept of a package does not hold one")
    numbers = one.values[np.repeat([name in _model().of_text for name in _model().columns], one.counts)]
    if numbers.size and (int(numbers.min()) < 0 or int(numbers.max()) > len(one.texts)):
        raise InputError("what was kept of a package names texts that are not there")
    return one


def _key(one: Flat) -> tuple[str, str, int]:
    """Path, digest and size: what packages are written by."""
    begins = np.cumsum(one.counts) - one.counts
    path, sha256, size = (int(one.values[begins[_places()[f"packages.package.{name}"]]]) for name in ("path", "sha256", "size"))
    return one.texts[path - 1], one.texts[sha256 - 1], size


@cache
def _places() -> dict[str, int]:
    """The place of each column."""
    return {name: place for place, name in enumerate(_model().columns)}


@cache
def _model() -> Columns:
    """The names of the columns that a package has."""
    return to_columns([], shape_of(ReadPackage), "packages")


def _write(build: ReadBuild, joining: Joining, keys: Sequence[tuple[str, str, int]]) -> bytes:
    """The file; each package has a key, by which they are written."""
    head = to_columns([replace(build, packages=())], shape_of(ReadBuild), "")
    for name in [name for name in head.columns if name.startswith("packages.")]:
        del head.columns[name]
    joined = joining.joined(head, sorted(range(len(keys)), key=keys.__getitem__))
    joined.columns["packages#"] = np.array([len(keys)], np.int64)
    add_mentions(joined)
    return layout.write(joined)
