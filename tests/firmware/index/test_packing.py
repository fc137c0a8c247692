"""Packages as bytes: whole again, and never more than an `InputError` for bytes that are not."""

from __future__ import annotations

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from firmware.index.builds import agent
from vuoto.errors import InputError
from vuoto.firmware.index.columns import Columns
from vuoto.firmware.index.packing import pack, unpack
from vuoto.firmware.index.writing import pack_package
from vuoto.firmware.index.writing import unpack as unpack_package

PACKED = pack_package(agent())
BODY = zstandard.ZstdDecompressor().decompress(PACKED[4:])


@given(
    st.lists(st.text(st.characters(), max_size=9), unique=True, max_size=9),
    st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=9),
    st.lists(st.integers(0, 9), max_size=9),
)
def test_what_is_packed_comes_back(texts: list[str], wide: list[int], narrow: list[int]) -> None:
    columns = Columns(texts, {"a": np.array(wide, np.int64), "b": np.array(narrow, np.int64)}, {"b"})
    again = unpack(pack(columns), columns)
    assert again.texts == texts
    assert again.counts.tolist() == [len(wide), len(narrow)]
    assert again.values.tolist() == [*wide, *narrow]


def test_lone_surrogates_come_back() -> None:
    assert unpack(pack(Columns(["a\ud800"])), Columns([])).texts == ["a\ud800"]


def test_other_columns_are_of_another_version() -> None:
    packed = pack(Columns([], {"a": np.zeros(1, np.int64)}))
    with pytest.raises(InputError, match="another version"):
        unpack(packed, Columns([], {"b": np.zeros(1, np.int64)}))


@given(st.data())
def test_damage_is_told(data: st.DataObject) -> None:
    body = bytearray(BODY)
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(body)))
    for damaged in (bytes(body), BODY[:cut]):
        try:
            unpack_package(b"VFP2" + zstandard.ZstdCompressor().compress(damaged))
        except InputError:
            continue
        assert len(damaged) == len(BODY)  # a changed value or letter is not seen; a missing one is


@given(st.binary(max_size=200))
def test_garbage_is_told(garbage: bytes) -> None:
    for data in (garbage, b"VFP2" + garbage, PACKED[: len(garbage)], PACKED + garbage + b"x"):
        with pytest.raises(InputError):
            unpack_package(data)
