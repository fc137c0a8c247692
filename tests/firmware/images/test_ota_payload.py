"""Payloads: every operation, by random access, against an old build, and what is refused with a word."""

from __future__ import annotations

import bz2
import lzma

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from firmware.images.makers import BLOCK, RANDOM, CountingBlob, bsdiff, contents, full_payload, opened, payload, told
from vuoto.errors import InputError
from vuoto.firmware.content import Blob, BytesBlob
from vuoto.firmware.image import open_image
from vuoto.firmware.walking import old_partitions

OLD = RANDOM[: 8 * BLOCK]
NEW = RANDOM[BLOCK : 3 * BLOCK] + bytes(BLOCK) + RANDOM[50_000 : 50_000 + 5 * BLOCK]


def one(kind: int, raw: bytes, source: list[tuple[int, int]], target: list[tuple[int, int]], size: int = BLOCK) -> bytes:
    return payload({"odm": (size, [(kind, raw, source, target)])}, old=bool(source))


@given(st.lists(st.tuples(st.integers(0, len(NEW)), st.integers(0, 3 * BLOCK)), max_size=20))
def test_any_read_gives_the_bytes_that_stand_there(reads: list[tuple[int, int]]) -> None:
    [entry] = opened(full_payload({"odm": NEW}), "payload.bin").entries()
    blob = entry.open()
    assert [blob.read_at(at, length) for at, length in reads] == [NEW[at : at + length] for at, length in reads]


def test_a_read_carries_out_only_the_operations_it_needs() -> None:
    image = RANDOM * 4
    blob = CountingBlob(full_payload({"odm": image}))
    [entry] = open_image(blob, "payload.bin").entries()
    before = blob.read
    assert entry.open().read_at(1 << 20, BLOCK) == image[1 << 20 : (1 << 20) + BLOCK]
    assert blob.read - before < 2 * BLOCK


def test_an_operation_may_write_in_several_places() -> None:
    data = payload({"odm": (4 * BLOCK, [(0, RANDOM[: 2 * BLOCK], [], [(3, 1), (1, 1)])])})
    [content] = contents(opened(data)).values()
    assert content == bytes(BLOCK) + RANDOM[BLOCK : 2 * BLOCK] + bytes(BLOCK) + RANDOM[:BLOCK]


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (4, b""),
        (5, bsdiff(OLD[: 2 * BLOCK], OLD[: 2 * BLOCK])),
        (10, bsdiff(OLD[: 2 * BLOCK], OLD[: 2 * BLOCK], b"BSDF2\2\2\2")),
        (10, bsdiff(OLD[: 2 * BLOCK], OLD[: 2 * BLOCK], b"BSDF2\1\0\2")),
    ],
)
def test_what_builds_on_the_old_build_is_made_where_it_is_given(kind: int, raw: bytes) -> None:
    data = one(kind, raw, [(0, 1), (1, 1)], [(0, 2)], 2 * BLOCK)
    old: dict[str, Blob] = {"odm": BytesBlob(OLD)}
    image = opened(data, old=old)
    assert image.properties["payload"] == "incremental"
    assert contents(image) == {"odm.img": OLD[: 2 * BLOCK]}
    assert image.problems == []
    without = opened(data)
    assert contents(without) == {"odm.img": bytes(2 * BLOCK)}
    assert "was not given" in without.problems[0].what


def test_a_patch_changes_and_inserts() -> None:
    new = bytes(byte ^ (i % 7 == 0) for i, byte in enumerate(OLD[:BLOCK])) + RANDOM[90_000 : 90_000 + BLOCK]
    data = one(10, bsdiff(OLD[:BLOCK], new, b"BSDF2\2\2\2"), [(0, 1)], [(0, 2)], 2 * BLOCK)
    assert contents(opened(data, old={"odm": BytesBlob(OLD)})) == {"odm.img": new}


def test_the_old_build_is_another_payload() -> None:
    old = old_partitions(opened(full_payload({"odm": OLD}), "old/payload.bin"))
    data = one(4, b"", [(2, 1)], [(0, 1)])
    assert contents(opened(data, old=old)) == {"odm.img": OLD[2 * BLOCK : 3 * BLOCK]}


@pytest.mark.parametrize(
    ("kind", "raw", "word"),
    [
        (9, b"x", "PUFFDIFF patch, which is not read"),
        (11, b"x", "ZUCCHINI patch, which is not read"),
        (12, b"x", "LZ4DIFF_BSDIFF patch, which is not read"),
        (99, b"x", "of the unknown kind 99"),
        (8, b"no xz, but words", "damaged"),
        (8, lzma.compress(bytes(BLOCK))[:-20], "cut off"),
        (1, bz2.compress(bytes(2 * BLOCK)), "more than"),
        (0, bytes(2 * BLOCK), "more bytes than the blocks"),
        (5, b"BSDIFF40" + bytes(24), "cannot be applied"),
        (5, b"x" * 40, "no BSDIFF40 or BSDF2"),
    ],
)
def test_what_cannot_be_carried_out_is_told_and_reads_as_zeros(kind: int, raw: bytes, word: str) -> None:
    image = opened(one(kind, raw, [(0, 1)], [(0, 1)]), old={"odm": BytesBlob(OLD)})
    assert contents(image) == {"odm.img": bytes(BLOCK)}
    assert word in image.problems[0].what


def test_zstd_is_read() -> None:
    assert contents(opened(one(14, zstandard.compress(NEW[:BLOCK]), [], [(0, 1)]))) == {"odm.img": NEW[:BLOCK]}


def test_old_blocks_of_another_build_are_told() -> None:
    image = opened(one(4, b"", [(20, 1)], [(0, 1)]), old={"odm": BytesBlob(OLD)})
    assert contents(image) == {"odm.img": bytes(BLOCK)}
    assert "belongs to another build" in image.problems[0].what


def test_absurd_sizes_are_refused() -> None:
    huge = payload({"odm": (1 << 60, []), "vendor": (BLOCK, [(0, b"x", [], [(0, 1 << 40)])])})
    image = opened(huge)
    assert told(image) == {"vendor.img": f"sha256 {_zeros()}"}
    assert [problem.what.partition(";")[0] for problem in image.problems] == [
        "the partition 'odm' claims 1,152,921,504,606,846,976 bytes",
        "an operation of vendor writes 4,503,599,627,370,496 bytes, more than is read",
    ]


def _zeros() -> str:
    import hashlib

    return hashlib.sha256(bytes(BLOCK)).hexdigest()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"CrAU", "cut off"),
        (b"CrAU" + (1).to_bytes(8, "big") + bytes(12), "major version 1"),
        (b"CrAU" + (2).to_bytes(8, "big") + (1 << 40).to_bytes(8, "big") + bytes(4), "larger than is read"),
        (b"CrAU" + (2).to_bytes(8, "big") + (2).to_bytes(8, "big") + bytes(4) + b"\x6a\x7f", "damaged"),
    ],
)
def test_a_payload_that_cannot_be_listed_is_an_error_with_a_next_step(data: bytes, word: str) -> None:
    with pytest.raises(InputError, match=word) as raised:
        opened(data, "payload.bin")
    assert raised.value.next_step
