"""What each compression says of damage: nothing where there is none, and where it broke, everything before it."""

from __future__ import annotations

import gzip
import lzma
import random
from collections.abc import Callable

import lz4.frame
import pytest
import zstandard

from vuoto.intake.compression import BrokenCompressionError, Compression
from vuoto.intake.compressions import gz, xz, zst
from vuoto.intake.compressions import lz4 as lz4_frames

DATA = random.Random(1).randbytes(150_000) + b"the same again " * 20_000  # both raw and compressed blocks
WAYS: list[tuple[Compression, Callable[[bytes], bytes]]] = [
    (gz.COMPRESSION, gzip.compress),
    (xz.COMPRESSION, lzma.compress),
    (lz4_frames.COMPRESSION, lambda data: bytes(lz4.frame.compress(data, content_checksum=True))),
    (zst.COMPRESSION, zstandard.ZstdCompressor(write_checksum=True).compress),
    (zst.COMPRESSION, zstandard.ZstdCompressor(write_content_size=False).compress),
]
each_way = pytest.mark.parametrize(("compression", "compress"), WAYS, ids=["gzip", "xz", "lz4", "zstd", "zstd-streamed"])


def unpack(compression: Compression, packed: bytes, step: int = 1 << 20) -> tuple[bytes, str | None]:
    rest = memoryview(packed)

    def take(size: int) -> bytes:
        nonlocal rest
        size = min(size, step)
        taken, rest = bytes(rest[:size]), rest[size:]
        return taken

    pieces: list[bytes] = []
    try:
        for piece in compression.unpack(take):
            assert 0 < len(piece) <= 1 << 20
            pieces.append(piece)
    except BrokenCompressionError as error:
        return b"".join(pieces), str(error)
    return b"".join(pieces), None


@each_way
@pytest.mark.parametrize("step", [1 << 20, 7])
def test_whole_data_is_given_and_nothing_is_said(compression: Compression, compress: Callable[[bytes], bytes], step: int) -> None:
    short = DATA[149_000:160_000]
    assert unpack(compression, compress(short), step) == (short, None)
    assert unpack(compression, compress(short) + compress(b"") + compress(b"more"), step) == (short + b"more", None)
    assert unpack(compression, compress(DATA)) == (DATA, None)


@each_way
def test_any_cut_is_said_and_what_was_before_it_is_given(compression: Compression, compress: Callable[[bytes], bytes]) -> None:
    packed = compress(DATA)
    for cut in [*range(1, 40), *range(40, len(packed), 4999)]:
        found, broken = unpack(compression, packed[:cut])
        assert broken is not None, cut
        assert DATA.startswith(found)
    assert len(unpack(compression, packed[:-1])[0]) > 130_000  # xz, lz4 and zstd keep back at most a block


@each_way
def test_damage_in_the_middle_is_said(compression: Compression, compress: Callable[[bytes], bytes]) -> None:
    packed = bytearray(compress(DATA))
    packed[len(packed) - 60 : len(packed) - 20] = bytes(40)
    assert unpack(compression, bytes(packed))[1] is not None


@each_way
def test_other_bytes_behind_are_said(compression: Compression, compress: Callable[[bytes], bytes]) -> None:
    found, broken = unpack(compression, compress(b"data") + b"not compressed at all")
    assert found == b"data"
    assert broken is not None


def test_a_made_up_dictionary_size_takes_no_memory() -> None:
    packed = bytearray(lzma.compress(b"data", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}], check=lzma.CHECK_NONE))
    assert "damaged" in str(unpack(xz.COMPRESSION, bytes(packed))[1])
