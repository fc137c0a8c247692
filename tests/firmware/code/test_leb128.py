"""LEB128, as the examples of "Dalvik executable format" have it."""

from __future__ import annotations

import pytest

from vuoto.firmware.code.leb128 import sleb128, uleb128


@pytest.mark.parametrize(
    ("data", "signed", "unsigned"),
    [(b"\x00", 0, 0), (b"\x01", 1, 1), (b"\x7f", -1, 127), (b"\x80\x7f", -128, 16_256), (b"\x3f", 63, 63), (b"\x40", -64, 64)],
)
def test_the_examples_of_the_format(data: bytes, signed: int, unsigned: int) -> None:
    assert sleb128(data + b"\x05", 0) == (signed, len(data))
    assert uleb128(data + b"\x05", 0) == (unsigned, len(data))


@pytest.mark.parametrize("value", [-(1 << 31), (1 << 31) - 1])
def test_the_largest_take_five_bytes(value: int) -> None:
    bits = [(value >> shift & 0x7F) | 0x80 for shift in range(0, 28, 7)] + [value >> 28 & 0x7F]
    assert sleb128(b"\0" + bytes(bits), 1) == (value, 6)


def test_beyond_the_end() -> None:
    with pytest.raises(IndexError):
        sleb128(b"\x80", 0)
