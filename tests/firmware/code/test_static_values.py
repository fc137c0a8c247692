"""The values of all classes at once are those that are read class by class."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble
from vuoto.firmware.code import read_dexes
from vuoto.firmware.code.encoded import LARGEST, Budget, read_array
from vuoto.firmware.code.static_values import FEW, read_static_values

VALUE = st.one_of(
    st.tuples(
        st.sampled_from([0x00, 0x02, 0x03, 0x04, 0x06, 0x10, 0x11, 0x17, 0x18, 0x19, 0x1A, 0x1B]),
        st.binary(min_size=1, max_size=8),
    ),
    st.sampled_from([(0x1E, b""), (0x1F, b""), (0x3F, b"")]),
    st.just((0x1C, b"\x01\x17\x05")),
)


def encoded(values: list[tuple[int, bytes]]) -> bytes:
    """An array of values."""
    bare = {0x1C, 0x1E, 0x1F, 0x3F}
    items = (bytes([kind if kind in bare else kind | len(octets) - 1 << 5]) + octets for kind, octets in values)
    return bytes([len(values)]) + b"".join(items)


def one_by_one(data: bytes, offsets: list[int], fields: list[int]) -> tuple[list[tuple[int, int, int, int]], int]:
    """Class, field, kind and number of each value, and how many classes are broken."""
    found, broken, at = [], 0, 0
    budget = Budget(len(data))
    for row, (offset, count) in enumerate(zip(offsets, fields, strict=True)):
        try:
            values = read_array(data, offset, budget)[:count] if offset else []
        except IndexError:
            values, broken = [], broken + 1
        found += [(row, 100 + at + n, *value) for n, value in enumerate(values) if value is not None]
        at += count
    return found, broken


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(VALUE, max_size=FEW + 4), st.integers(0, FEW + 6), st.integers(0, 3)), max_size=6),
    st.integers(0, 40),
)
def test_all_at_once_says_what_one_by_one_says(classes: list[tuple[list[tuple[int, bytes]], int, int]], cut: int) -> None:
    data = bytearray(bytes(400))
    offsets: list[int] = []
    for values, _, kind in classes:
        # No values, those of the class before again, or its own.
        offsets.append(0 if kind == 0 else offsets[-1] if kind == 1 and offsets else len(data))
        data += encoded(values)
    whole = bytes(data)[: max(400, len(data) - cut)]
    counts = [count for _, count, _ in classes]
    owners = np.repeat(np.arange(len(counts)), counts)
    found = read_static_values(whole, np.array(offsets, np.int64), np.arange(100, 100 + sum(counts)), owners)
    columns = (found.row, found.field, found.kind, found.number)
    assert (list(zip(*(c.tolist() for c in columns), strict=True)), found.broken) == one_by_one(whole, offsets, counts)


@pytest.mark.parametrize("kind", [0x17, 0x18, 0x1B])
def test_an_index_of_64_bits_points_nowhere(kind: int) -> None:
    data = bytes(40) + encoded([(kind, b"\xff" * 8)]) + encoded([(kind, b"\x00" * 4 + b"\x01")])
    found = read_static_values(data, np.array([40, 50]), np.arange(2), np.arange(2))
    assert found.number.tolist() == [LARGEST, LARGEST]
    (value,) = read_array(data, 40, Budget(len(data)))
    assert value is not None
    assert value.number == LARGEST


def test_more_values_than_a_file_can_hold_are_not_read() -> None:
    data = bytes(40) + encoded([(0x04, b"\x05")] * 10)
    offsets = np.full(50, 40)
    found = read_static_values(data, offsets, np.arange(50), np.arange(50))
    assert len(found.row) == 1
    assert found.broken == 49


def test_a_file_says_the_same_in_columns_and_as_values() -> None:
    text = '.class La;\n.super Ljava/lang/Object;\n.field static A:Ljava/lang/String; = "x"\n.field static B:I = 70000\n'
    (dex,) = read_dexes(assemble(text))
    values = {dex.field(index): value.number for _, index, value in dex.static_values()}
    assert values["La;->B:I"] == 70_000
    rows, fields, strings = dex.static_texts()
    assert [(dex.field(f), dex.string(s)) for f, s in zip(fields.tolist(), strings.tolist(), strict=True)] == [
        ("La;->A:Ljava/lang/String;", "x")
    ]
    assert rows.tolist() == [0]
