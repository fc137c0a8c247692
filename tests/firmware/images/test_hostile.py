"""Any bytes, bytes cut off anywhere and bytes changed anywhere: facts or problems, bounded, and never an exception."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.images.file_systems import Tree, erofs, ext4, f2fs
from firmware.images.makers import (
    BLOCK,
    RANDOM,
    apex,
    boot,
    cpio,
    full_payload,
    gzipped,
    lz4_legacy,
    opened,
    payload,
    sparse,
    super_image,
    vendor_boot,
    zipped,
)
from firmware.images.test_cases import CASES
from firmware.images.test_cases import given as bytes_of
from vuoto.errors import InputError
from vuoto.firmware import walking
from vuoto.firmware.content import MAX_PROBLEMS, BytesBlob, Problems
from vuoto.firmware.image import open_image
from vuoto.firmware.walking import walk

READ = 1 << 16
"""Bytes read of each file: the bound of a hostile file is its reader's business, its first bytes are ours."""

TREE: Tree = {"build.prop": b"ro.x=1\n", "etc": {"a": b"1", "b": ("a",)}, "long": b"words " * 900}


def survive(data: bytes, name: str) -> None:
    try:
        image = open_image(BytesBlob(data), name)
    except InputError:
        return
    for entry in walk(image):
        assert entry.path == "/".join(part for part in entry.path.split("/") if part not in {"", ".", ".."})
        assert not entry.path.startswith("/")
        blob = entry.open()
        assert blob.size == entry.size
        head = blob.read_at(0, READ)
        assert len(head) == min(READ, entry.size)
        tail = blob.read_at(max(entry.size - READ, 0), READ)
        assert len(tail) == min(READ, entry.size)
    assert len(image.problems) <= MAX_PROBLEMS + 1


def _deltas() -> bytes:
    return payload({"odm": (BLOCK, [(5, b"BSDIFF40" + bytes(30), [(0, 1)], [(0, 1)])])}, old=True)


MADE: dict[str, Callable[[], bytes]] = {
    "system.img": lambda: erofs(TREE),
    "vendor.img": lambda: ext4(TREE),
    "product.img": lambda: f2fs(TREE),
    "super.img": lambda: super_image({"odm_a": [(8, 0, 64, 0), (2, 1, 0, 0)]}, {64: erofs(TREE).ljust(4096, b"\0")}),
    "odm.img": lambda: sparse([(0xCAC1, 1, erofs(TREE)[:BLOCK].ljust(BLOCK, b"\0")), (0xCAC2, 2, b"abcd"), (0xCAC3, 1, b"")]),
    "payload.bin": lambda: full_payload({"odm": erofs(TREE).ljust(2 * BLOCK, b"\0")[: 2 * BLOCK]}),
    "delta/payload.bin": _deltas,
    "boot.img": lambda: boot(2, gzipped(cpio([("a", 0o100644, b"1"), ("b", 0o120777, b"a")]))),
    "vendor_boot.img": lambda: vendor_boot(
        4, {"": lz4_legacy(cpio([("a", 0o100644, b"1")])), "dlkm": cpio([("a", 0o100644, b"2")])}
    ),
    "ramdisk.cpio": lambda: cpio([("a", 0o100644, b"1"), ("b", 0o120777, b"a"), ("c", 0o40755, b"")]),
    "ota.zip": lambda: zipped({"odm.img": erofs(TREE), "META-INF/com/android/metadata.pb": b"\x08\x01"}, deflate=True),
    "x.apex": lambda: apex("x", 1, ext4(TREE)),
}


@cache
def made(name: str) -> bytes:
    return MADE[name]()


@given(data=st.binary(max_size=5_000), name=st.sampled_from(sorted(MADE)))
def test_any_bytes_under_any_name(data: bytes, name: str) -> None:
    survive(data, name)


@pytest.mark.parametrize("name", sorted(MADE))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_changed_bytes(name: str, data: st.DataObject) -> None:
    image = bytearray(made(name))
    # Numbers at the edge of what fields hold, where the tables stand: bytes that are not zero.
    places = [at for at, byte in enumerate(image) if byte]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.sampled_from(places))
        value = data.draw(st.sampled_from((b"\xff", b"\0", b"\x80", b"\x01", b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\xff\x7f")))
        image[at : at + len(value)] = value
    survive(bytes(image), name)


@pytest.mark.parametrize("name", sorted(MADE))
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_cut_off_anywhere(name: str, data: st.DataObject) -> None:
    image = made(name)
    survive(image[: data.draw(st.integers(0, len(image) - 1))], name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_changed_bytes_of_cases(case: object, data: st.DataObject) -> None:
    image = bytearray(_case(case))
    places = [at for at, byte in enumerate(image) if byte]
    for _ in range(data.draw(st.integers(1, 4))):
        image[data.draw(st.sampled_from(places))] = data.draw(st.integers(0, 255))
    survive(bytes(image), "odm.img")


@cache
def _case(case: object) -> bytes:
    return bytes_of(case)  # type: ignore[arg-type]


def test_a_zip_of_zips_ends() -> None:
    data = zipped({"a.img": bytes(2048)})
    for _ in range(12):
        data = zipped({"a.zip": data, "b.zip": data}, deflate=True)
    image = opened(data, "bomb.zip")
    assert sum(1 for _ in walk(image)) <= 2**walking.MAX_DEPTH
    assert any("containers" in problem.what for problem in image.problems)


def test_the_walk_ends_at_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_TOTAL", 5_000)
    image = opened(zipped({f"{i}.bin": bytes(2_000) for i in range(9)}), "x.zip")
    assert sum(1 for _ in walk(image)) == 2
    assert "claims more than 5,000 bytes" in image.problems[0].what
    monkeypatch.setattr(walking, "MAX_ENTRIES", 1)
    image = opened(zipped({f"{i}.bin": b"" for i in range(9)}), "x.zip")
    assert sum(1 for _ in walk(image)) == 1


def test_a_deflated_member_cannot_claim_more_than_deflate_can_make() -> None:
    data = bytearray(zipped({"odm.img": RANDOM[:2_000]}, deflate=True))
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<I", data, at + 24, 0xF0000000)
    image = opened(bytes(data), "x.zip")
    [entry] = [e for e in walk(image) if e.kind == "file"]
    assert entry.size < 2_100 * 1_032
    assert any("more than its data can unpack to" in problem.what for problem in image.problems)


def test_an_inode_that_claims_exabytes_is_cut() -> None:
    data = bytearray(ext4({"a": b"x"}))
    inode = 3 * 1024 + 10 * 128
    struct.pack_into("<I", data, inode + 108, 0x7FFFFFFF)
    [entry] = opened(bytes(data), "odm.img").entries()
    assert entry.size == len(data)


def test_problems_are_bounded() -> None:
    problems = Problems()
    for index in range(2 * MAX_PROBLEMS):
        problems.note("x", str(index))
        problems.note("x", str(index))
    assert len(problems) == MAX_PROBLEMS + 1
    assert "the rest is not told" in problems[-1].what


@pytest.mark.parametrize("name", sorted(set(MADE) - {"delta/payload.bin"}))
def test_what_is_cut_off_is_read_to_its_end_and_told(name: str) -> None:
    whole = made(name).rstrip(b"\0")
    image = open_image(BytesBlob(whole[: len(whole) - (20 if "boot" in name else max(len(whole) // 4, 600))]), name)
    for entry in walk(image):
        entry.open().read_at(0, entry.size)
    assert image.problems
