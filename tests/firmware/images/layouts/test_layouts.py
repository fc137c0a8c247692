"""Structures that the readers share, one by one."""

from __future__ import annotations

import bz2
import lzma
import zlib
from itertools import pairwise
from pathlib import Path

import lz4.frame
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from firmware.images.makers import RANDOM, CountingBlob, bsdiff, gzipped, lz4_legacy, message
from vuoto.cli.firmware._opening import FileBlob
from vuoto.firmware.content import Blob, BytesBlob, WindowBlob
from vuoto.firmware.layouts.bsdiff import BrokenPatchError, apply_patch
from vuoto.firmware.layouts.inflated import PIECE, STATE_EVERY, InflatedBlob
from vuoto.firmware.layouts.paths import MAX_PATH, partition_of, safe_path
from vuoto.firmware.layouts.protobuf import BrokenMessageError, fields
from vuoto.firmware.layouts.sparse import FilledBlob, chunk_number
from vuoto.firmware.layouts.stretches import CUT_OFF, MadeBlob, Recent, Stretch, StretchesBlob
from vuoto.firmware.layouts.unpacked import compression_of, unpack

LONG = b"".join(RANDOM[:1000] + bytes(40_000) for _ in range(300))  # twelve megabytes, three kept states


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.fixture(scope="module")
def packed() -> bytes:
    return deflated(LONG)


@pytest.mark.parametrize("seed", range(3))
def test_deflate_is_read_at_any_place(packed: bytes, seed: int) -> None:
    told: list[str] = []
    blob = InflatedBlob(BytesBlob(b"??" + packed + b"behind"), 2, len(packed), len(LONG), told.append)
    marks = [int.from_bytes(RANDOM[i : i + 4], "big") % len(LONG) for i in range(seed * 40, seed * 40 + 40, 4)]
    for at in [*marks, len(LONG) - 5, 0, PIECE * STATE_EVERY - 3]:
        assert blob.read_at(at, 70_000) == LONG[at : at + 70_000]
    assert told == []


def test_a_read_back_begins_at_a_kept_state(packed: bytes) -> None:
    source = CountingBlob(packed)
    blob = InflatedBlob(source, 0, len(packed), len(LONG), pytest.fail)
    blob.read_at(len(LONG) - 10, 10)
    before = source.read
    blob.read_at(5 * PIECE, 10)
    # Fed in 64 KiB: without the state the first four pieces would be fed again.
    assert source.read - before <= len(packed) // 6 + (1 << 16)


@pytest.mark.parametrize(("behind", "word"), [(b"", "cut off"), (b"\x07\0\0\0", "damaged")])
def test_damaged_deflate_reads_as_zeros_from_there(behind: bytes, word: str) -> None:
    packer = zlib.compressobj(wbits=-15)
    broken = packer.compress(LONG[:400]) + packer.flush(zlib.Z_FULL_FLUSH) + behind  # 7 announces a block of no kind
    told: list[str] = []
    blob = InflatedBlob(BytesBlob(broken), 0, len(broken), 5_000, told.append)
    assert blob.read_at(0, 9_000) == LONG[:400] + bytes(4_600)
    assert word in told[0]


def test_a_member_that_unpacks_to_less_is_told() -> None:
    told: list[str] = []
    data = deflated(b"short" * 100)
    blob = InflatedBlob(BytesBlob(data), 0, len(data), 700, told.append)
    assert blob.read_at(0, 1000) == b"short" * 100 + bytes(200)
    assert "fewer bytes" in told[0]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("gzip", gzipped(LONG)),
        ("lz4-legacy", lz4_legacy(LONG)),
        ("lz4", lz4.frame.compress(LONG)),
        ("zstd", zstandard.compress(LONG)),
        ("xz", lzma.compress(LONG, preset=0)),
        ("lzma", lzma.compress(LONG, format=lzma.FORMAT_ALONE, preset=0)),
        ("bzip2", bz2.compress(LONG, 1)),
    ],
)
def test_every_compression_is_told_and_bounded(name: str, data: bytes) -> None:
    assert compression_of(data[:16]) == name
    assert unpack(BytesBlob(data), name) == (LONG, None)
    assert unpack(BytesBlob(data + bytes(600)), name)[0] == LONG
    cut, wrong = unpack(BytesBlob(data), name, limit=1_000)
    assert cut == LONG[:1_000]
    assert wrong == "unpacks to more than 1,000 bytes; only these are read"
    part, wrong = unpack(BytesBlob(data[: len(data) // 2]), name)
    assert LONG.startswith(part)
    assert wrong is not None or name == "lz4-legacy"


def test_plain_bytes_have_no_compression() -> None:
    assert compression_of(b"070701") is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8), st.integers(0, 70), st.integers(0, 70))
def test_stretches_give_what_stands_there_and_zeros_elsewhere(rows: list[tuple[int, int]], at: int, length: int) -> None:
    model = bytearray(64)
    taken = [False] * 64
    stretches = []
    for index, (start, count) in enumerate(sorted(rows)):
        data = bytes([index + 1]) * count
        stretches.append(Stretch(start, count, BytesBlob(b"--" + data), 2))
        for place in range(start, min(start + count, 64)):
            if not taken[place]:
                model[place], taken[place] = index + 1, True
    blob = StretchesBlob(64, stretches, pytest.fail)
    assert blob.read_at(at, length) == model[at : at + length]


def test_stretches_behind_the_end_read_as_zeros_and_are_told() -> None:
    told: list[str] = []
    blob = StretchesBlob(8, [Stretch(0, 8, BytesBlob(b"1234"), 0)], told.append)
    assert blob.read_at(0, 8) == b"1234\0\0\0\0"
    assert told == [CUT_OFF]


def test_recent_holds_no_more_than_its_limit() -> None:
    made: list[int] = []
    recent = Recent(10)

    def make(key: int) -> bytes:
        made.append(key)
        return bytes(4)

    blobs = [MadeBlob(4, recent, key, lambda key=key: make(key)) for key in range(3)]  # type: ignore[misc]
    for key in (0, 1, 0, 2, 0, 1):
        assert blobs[key].read_at(1, 9) == bytes(3)
    assert made == [0, 1, 2, 1]


@pytest.mark.parametrize(
    ("name", "path", "climbed"),
    [
        ("a/b", "a/b", False),
        ("./a//b/", "a/b", False),
        ("../../a", "a", True),
        ("/etc/x", "etc/x", True),
        ("a/../b", "a/b", True),
        ("a..b/...", "a..b/...", False),
        ("..", "", True),
        ("", "", False),
        ("a\0b", "", True),
        ("x" * (MAX_PATH + 1), "", True),
        ("C:\\x", "C:\\x", False),
    ],
)
def test_paths_stay_inside(name: str, path: str, climbed: bool) -> None:
    assert safe_path(name) == (path, climbed)


@pytest.mark.parametrize(
    ("name", "partition"),
    [
        ("IMAGES/system_a.img", "system"),
        ("vendor.ext4", "vendor"),
        ("system_ext.img", "system_ext"),
        ("A.apk", None),
        (".img", None),
    ],
)
def test_partitions_by_name(name: str, partition: str | None) -> None:
    assert partition_of(name) == partition


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("super.img_sparsechunk.12", ("super.img", 12)),
        ("a/system_sparsechunk1", ("a/system", 1)),
        ("system.img.chunk0", ("system.img", 0)),
        ("system.img", None),
        ("chunk.1", None),
    ],
)
def test_parts_by_name(name: str, found: tuple[str, int] | None) -> None:
    assert chunk_number(name) == found


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_fill_turns_with_its_place(at: int, length: int) -> None:
    assert FilledBlob(b"abcd", 20).read_at(at, length) == (b"abcd" * 5)[at : at + length]


def test_messages_give_their_fields() -> None:
    data = message((1, 300), (2, b"x"), (15, 2**64 - 1)) + b"\x1d\1\0\0\0\x21\2\0\0\0\0\0\0\0"
    assert list(fields(data)) == [(1, 300), (2, b"x"), (15, 2**64 - 1), (3, 1), (4, 2)]


@pytest.mark.parametrize("data", [b"\x08", b"\x0a\x05abc", b"\x0b", b"\x00\x01", b"\x08" + b"\xff" * 11, b"\x0d\1\2"])
def test_malformed_messages_are_refused(data: bytes) -> None:
    with pytest.raises(BrokenMessageError):
        list(fields(data))


@given(st.binary(max_size=400), st.binary(max_size=400), st.sampled_from([b"BSDIFF40", b"BSDF2\0\1\2", b"BSDF2\2\2\2"]))
def test_patches_make_the_new_bytes(old: bytes, new: bytes, form: bytes) -> None:
    assert apply_patch(old, bsdiff(old, new, form), len(new)) == new


@given(st.binary(max_size=200), st.integers(0, 40), st.binary(min_size=1, max_size=3))
def test_broken_patches_are_refused_or_make_the_size(old: bytes, at: int, change: bytes) -> None:
    patch = bytearray(bsdiff(old, RANDOM[:100], b"BSDF2\0\0\0"))
    patch[at : at + len(change)] = change
    try:
        made = apply_patch(old, bytes(patch), 100)
    except BrokenPatchError:
        return
    assert len(made) == 100


def test_blobs_never_read_outside(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(RANDOM[:50])
    blobs: list[Blob] = [
        BytesBlob(RANDOM[:50]),
        FileBlob(tmp_path / "file"),
        WindowBlob(BytesBlob(RANDOM), 0, 50),
        WindowBlob(BytesBlob(RANDOM[:50]), 0, 99),
    ]
    reads = [(0, 50), (10, 5), (45, 50), (50, 1), (-1, 5), (5, -1), (5, 0)]
    first, *others = [[blob.read_at(at, length) for at, length in reads] for blob in blobs]
    assert first == [RANDOM[:50], RANDOM[10:15], RANDOM[45:50], b"", b"", b"", b""]
    assert all(mine == other for mine, other in pairwise([first, *others]))
