"""Damaged and hostile files are refused in words; files of older and newer versions are read."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.index.builds import agent, build, clock
from vuoto.errors import InputError
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import layout, open_index, packing, write_index, write_packed
from vuoto.firmware.index.columns import Columns, to_columns
from vuoto.firmware.index.shapes import shape_of

WHOLE = build(clock("a.apk"), agent("b.apk"))
FILE = write_index(WHOLE)


def ask_everything(data: bytes) -> None:
    index = open_index(BytesBlob(data))
    assert index.name is not None
    index.packages()
    index.mentions(["vnet.cn", "a"])
    index.reads_of("imei")
    index.read()


def columns_of(data: bytes) -> Columns:
    """A file as columns, to be written again with something changed."""
    file = layout.IndexFile(BytesBlob(data), "build.vfx")
    texts = file.texts(range(1, file.rows("~lengths") + 1))
    return Columns(texts, {name: file.column(name, file.rows(name)).copy() for name in file.names()})


@pytest.mark.parametrize("length", [0, 1, 8, 13, 14, 20, 200, len(FILE) // 2, len(FILE) - 1])
def test_cut_short(length: int) -> None:
    with pytest.raises(InputError):
        ask_everything(FILE[:length])


def test_more_behind_it() -> None:
    with pytest.raises(InputError, match="more behind it"):
        ask_everything(FILE + b"\0")


def test_another_layout() -> None:
    with pytest.raises(InputError, match="layout 99"):
        ask_everything(FILE[:8] + struct.pack("<H", 99) + FILE[10:])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_byte_is_noticed_or_changes_nothing(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILE) - 1))
    changed = FILE[:at] + bytes([FILE[at] ^ data.draw(st.integers(1, 255))]) + FILE[at + 1 :]
    try:
        read: ReadBuild = open_index(BytesBlob(changed)).read()
    except InputError:
        return
    assert read == WHOLE


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(columns_of(FILE).columns)), st.lists(st.integers(-3, 1 << 40), max_size=4))
def test_columns_that_lie(name: str, numbers: list[int]) -> None:
    columns = columns_of(FILE)
    columns.columns[name] = np.array(numbers, np.int64)
    lying = layout.write(columns)
    with contextlib.suppress(InputError):
        ask_everything(lying)


@pytest.mark.parametrize(
    "claimed",
    [
        [["name", "u1", 1 << 40, 1]],
        [["name", "u9", 1, 1]],
        [["name", "u1", 1, 0], ["name", "u1", 1, 0]],
        [["name", "u1", -1, 0]],
        [["n" * 300, "u1", 1, 0]],
        [["name", "u1", True, "x"]],
        {"name": 1},
        [None],
        [],
    ],
)
def test_directories_that_lie(claimed: object) -> None:
    import orjson

    directory = zstandard.compress(orjson.dumps(claimed))
    with pytest.raises(InputError):
        ask_everything(struct.pack("<8sHI", layout.MAGIC, layout.VERSION, len(directory)) + directory)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(100 << 20))
    with pytest.raises(InputError, match="another size"):
        ask_everything(struct.pack("<8sHI", layout.MAGIC, layout.VERSION, len(bomb)) + bomb)


def test_an_older_file_reads_with_defaults() -> None:
    columns = columns_of(FILE)
    for name in [name for name in columns.columns if name.startswith(("packages.code.prints", "packages.package.persistent"))]:
        del columns.columns[name]
    older = open_index(BytesBlob(layout.write(columns))).read()
    code = WHOLE.packages[1].code
    assert code is not None
    assert older.packages[1].code == replace(code, prints=())


def test_a_newer_file_reads_without_what_is_new() -> None:
    columns = columns_of(FILE)
    columns.columns["packages.code.moods"] = np.zeros(1, np.int64)
    assert open_index(BytesBlob(layout.write(columns))).read() == WHOLE


def test_a_file_without_what_must_be_there() -> None:
    columns = columns_of(FILE)
    del columns.columns["packages.package.path"]
    with pytest.raises(InputError, match="another version"):
        ask_everything(layout.write(columns))


def _without(name: str) -> Callable[[Columns], None]:
    def change(columns: Columns) -> None:
        del columns.columns[name]

    return change


def _two(columns: Columns) -> None:
    columns.columns["packages.package.path"] = np.array([1, 1], np.int64)


def _wild(columns: Columns) -> None:
    columns.columns["packages.code.strings.value"] = np.array([900], np.int64)


@pytest.mark.parametrize("change", [_without("packages.package.size"), _two, _wild])
def test_packed_packages_are_checked(change: Callable[[Columns], None]) -> None:
    columns = to_columns([agent()], shape_of(ReadPackage), "packages")
    change(columns)
    with pytest.raises(InputError):
        write_packed(build(), [packing.pack(columns)])
