"""F2FS where no tool at hand makes it: compressed files, checkpoints and inodes that are damaged, addresses that loop."""

from __future__ import annotations

import struct

import lz4.block
import pytest
import zstandard

from firmware.images.file_systems import f2fs
from firmware.images.makers import BLOCK, RANDOM, contents, opened
from vuoto.errors import InputError

MAIN = 18
WORDS = b"words that are packed, " * 600


def inode_of(image: bytes | bytearray, name: bytes) -> int:
    """Where the inode of the file `name` of the root directory stands."""
    directory = next(
        at for at in range(MAIN * BLOCK, len(image), BLOCK) if image.startswith(b".\0\0\0\0\0\0\0..\0", at + 30 + 214 * 11)
    )
    slot = (image.index(name, directory) - directory - 30 - 214 * 11) // 8
    (number,) = struct.unpack_from("<I", image, directory + 30 + 11 * slot + 4)
    return next(
        at for at in range(MAIN * BLOCK, len(image), BLOCK) if struct.unpack_from("<II", image, at + 4_072) == (number, number)
    )


def compressed(algorithm: int, packed: bytes) -> bytes:
    """A file of one packed cluster of four blocks and one plain block."""
    image = bytearray(f2fs({"a": b"x" * (5 * BLOCK)}))
    at = inode_of(image, b"a")
    places = struct.unpack_from("<5I", image, at + 360)
    struct.pack_into("<I", image, at + 80, 4)
    image[at + 3] = 0x20
    struct.pack_into("<HHIIQIQBBH", image, at + 360, 36, 0, 0, 0, 0, 0, 0, algorithm, 2, 0)
    struct.pack_into("<5I", image, at + 396, 0xFFFFFFFE, places[0], 0xFFFFFFFF, 0, places[4])
    image[places[0] * BLOCK : (places[0] + 1) * BLOCK] = (struct.pack("<II16x", len(packed), 0) + packed).ljust(BLOCK, b"\0")
    return bytes(image)


@pytest.mark.parametrize(
    ("algorithm", "packed"),
    [
        (1, lz4.block.compress(WORDS[: 4 * BLOCK].ljust(4 * BLOCK), store_size=False)),
        (2, zstandard.compress(WORDS[: 4 * BLOCK].ljust(4 * BLOCK))),
    ],
    ids=["lz4", "zstd"],
)
def test_packed_clusters_are_unpacked(algorithm: int, packed: bytes) -> None:
    image = opened(compressed(algorithm, packed), "odm.img")
    assert contents(image)["a"] == WORDS[: 4 * BLOCK].ljust(4 * BLOCK) + b"x" * BLOCK
    assert image.problems == []


@pytest.mark.parametrize(
    ("algorithm", "packed", "word"), [(0, b"x", "LZO"), (1, b"\xff" * 40, "damaged cluster"), (2, b"x", "damaged cluster")]
)
def test_clusters_that_cannot_be_unpacked_read_as_zeros(algorithm: int, packed: bytes, word: str) -> None:
    image = opened(compressed(algorithm, packed), "odm.img")
    assert contents(image)["a"] == bytes(4 * BLOCK) + b"x" * BLOCK
    assert word in image.problems[0].what


def test_the_newer_checkpoint_counts_and_the_other_is_taken_where_it_is_damaged() -> None:
    image = bytearray(f2fs({"a": b"1", "b": b"2" * 9_000}))
    second = bytearray(image[2 * BLOCK : 5 * BLOCK])
    for at in (0, 2 * BLOCK):
        struct.pack_into("<Q", second, at, 9)
    image[6 * BLOCK : 9 * BLOCK] = second
    struct.pack_into("<H", image, 3 * BLOCK, 0)  # without its journal the older one knows one file less
    assert contents(opened(bytes(image), "odm.img")) == {"a": b"1", "b": b"2" * 9_000}
    image[8 * BLOCK] = 0
    assert contents(opened(bytes(image), "odm.img")) == {"a": b"1"}
    image[2 * BLOCK : 3 * BLOCK] = bytes(BLOCK)
    with pytest.raises(InputError, match="neither of its checkpoints"):
        opened(bytes(image), "odm.img")


def test_the_second_superblock_is_taken_where_the_first_is_damaged() -> None:
    image = f2fs({"a": b"1"})
    # It is told as F2FS by the first; a magic number alone stands there.
    damaged = image[: 1_024 + 4] + bytes(3_068) + image[BLOCK:]
    with pytest.raises(InputError, match="blocks have"):
        opened(damaged, "odm.img")


def test_a_large_file_is_read_through_nodes() -> None:
    data = (RANDOM + RANDOM[::-1]) * 3
    image = bytearray(f2fs({"a": data[: 900 * BLOCK]}))
    at = inode_of(image, b"a")
    places = struct.unpack_from("<900I", image, at + 360)
    # 923 addresses fit; the first hundred blocks are moved behind, into a node reached through an indirect one.
    node, indirect = len(image) // BLOCK, len(image) // BLOCK + 1
    image += struct.pack("<100I", *places[:100]).ljust(BLOCK, b"\0")
    image += struct.pack("<I", 450).ljust(BLOCK, b"\0")
    struct.pack_into("<BII", image, 10 * BLOCK + 9 * 450, 0, 450, node)
    struct.pack_into("<BII", image, 10 * BLOCK + 9 * 451, 0, 451, indirect)
    struct.pack_into("<Q", image, at + 16, (923 + 2 * 1_018 + 100) * BLOCK)
    struct.pack_into("<5I", image, at + 4_052, 0, 0, 451, 0, 0)
    [(_, found)] = contents(opened(bytes(image), "odm.img")).items()
    assert found[: 900 * BLOCK] == data[: 900 * BLOCK]
    assert found[900 * BLOCK : (923 + 2 * 1_018) * BLOCK].strip(b"\0") == b""
    assert found[(923 + 2 * 1_018) * BLOCK :] == data[: 100 * BLOCK]


def test_nodes_that_name_each_other_end() -> None:
    image = bytearray(f2fs({"a": b"x" * (5 * BLOCK)}))
    at = inode_of(image, b"a")
    indirect = len(image) // BLOCK
    image += struct.pack("<I", 450) * 1_018 + bytes(24)
    struct.pack_into("<BII", image, 10 * BLOCK + 9 * 450, 0, 450, indirect)
    struct.pack_into("<Q", image, at + 16, 1 << 32)
    struct.pack_into("<5I", image, at + 4_052, 450, 450, 450, 450, 450)
    result = opened(bytes(image), "odm.img")
    [entry] = result.entries()
    assert entry.size == 1 << 32
    entry.open().read_at(0, 1 << 20)
    assert "mapped by more blocks" in result.problems[0].what


@pytest.mark.parametrize(
    ("offset", "value", "word"),
    [(2, 4, "is encrypted"), (16 + 7, 1, "more than is read")],
)
def test_inodes_that_are_not_read_are_told(offset: int, value: int, word: str) -> None:
    image = bytearray(f2fs({"a": b"1"}))
    image[inode_of(image, b"a") + offset] = value
    result = opened(bytes(image), "odm.img")
    assert contents(result) == {}
    assert word in result.problems[0].what


def test_an_image_that_is_cut_off_is_told() -> None:
    result = opened(f2fs({"a": b"1", "b": b"2" * 9_000})[:-BLOCK], "odm.img")
    contents(result)
    assert "is cut off" in result.problems[0].what
