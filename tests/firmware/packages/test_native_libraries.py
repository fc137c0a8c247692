"""ELF files of every shape, and damaged ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.packages.builders import make_elf
from vuoto.facts.packages import NativeLibrary
from vuoto.firmware.packages import native_libraries
from vuoto.firmware.packages.native_libraries import read_native_library

TEXT = b"\0https://collect.example.net/v1\0/sys/class/net/wlan0/address\0GLIBC_2.17\0not an address\0"


def library(*, wide: bool = True, order: str = "<", table: str = "hash") -> bytes:
    return make_elf(
        wide=wide, order=order, needed=["liblog.so", "libc.so"], soname="libsend.so", imports=["send", "__system_property_get"],
        exports=["JNI_OnLoad", "Java_com_example_Send_go"], text=TEXT, table=table,
    )  # fmt: skip


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("table", ["hash", "gnu", "none"])
def test_what_a_library_asks_for_offers_and_names(wide: bool, order: str, table: str) -> None:
    found, problems = read_native_library(library(wide=wide, order=order, table=table), "lib/a.so")
    assert found == NativeLibrary(
        path="lib/a.so",
        machine="arm64",
        soname="libsend.so",
        needed=("liblog.so", "libc.so"),
        imports=("__system_property_get", "send"),
        exports=("JNI_OnLoad", "Java_com_example_Send_go"),
        strings=("/sys/class/net/wlan0/address", "https://collect.example.net/v1"),
    )
    assert problems == ()


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"MZ" * 40, b"\x7fELF\x03\x01" + bytes(40)])
def test_what_is_no_elf_file(data: bytes) -> None:
    found, problems = read_native_library(data, "x")
    assert found is None
    assert [p.what for p in problems] == ["is not an ELF file"]


def test_symbols_and_names_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_libraries, "MAX_SYMBOLS", 3)
    found, problems = read_native_library(library(), "x")
    assert found is not None
    assert (len(found.imports) + len(found.exports), "3 are read" in problems[0].what) == (2, True)
    monkeypatch.setattr(native_libraries, "MAX_NAMES", 4)
    assert any("bytes of names" in p.what for p in read_native_library(library(), "x")[1])


SEED = library()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(SEED)))
def test_flipped_and_cut_files_give_facts_or_problems(flips: list[tuple[int, int]], end: int) -> None:
    data = bytearray(SEED)
    for place, value in flips:
        data[place] = value
    found, problems = read_native_library(bytes(data[:end]), "x")
    assert found is not None or problems
