"""How common a word is: counts of files that say it, from sources that have nothing to do with the case.

`data/background.bin` is made by `tools/build_provenance_data.py`; `data/README.md` names the sources, their licences and the day.
It holds no text of them: only the CRC-32 of each word that at least `LEAST` files say, and how many do.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from vuoto.firmware.code.leb128 import I64

LEAST: Final = 3
"""Words of fewer files are left out: they are most of all, and say the same, that the word is rare."""

MAGIC: Final = b"vuotobg1"


@dataclass(frozen=True, kw_only=True, eq=False)
class Background:
    """Counts of files by word."""

    files: int
    """How many files were counted."""

    word: npt.NDArray[np.uint32]
    """CRC-32 of the words, ascending."""

    count: npt.NDArray[np.uint32]
    """In how many files each stands."""

    def counts(self, words: Sequence[str]) -> I64:
        """In how many files each of these words stands; 0 for fewer than `LEAST`."""
        if not len(self.word):
            return np.zeros(len(words), np.int64)
        keys = np.fromiter((zlib.crc32(word.encode("utf-8", "replace")) for word in words), np.uint32, len(words))
        at = np.minimum(np.searchsorted(self.word, keys), len(self.word) - 1)
        return np.where(self.word[at] == keys, self.count[at], 0).astype(np.int64)


def pack(background: Background) -> bytes:
    """The file of it."""
    import zstandard

    head = MAGIC + np.array([background.files, len(background.word)], "<u4").tobytes()
    # Differences and one byte per count (a power of two in sixteenths) compress to a third.
    steps = np.diff(background.word.astype(np.int64), prepend=0).astype("<u4").tobytes()
    levels = np.round(np.log2(background.count) * 12).astype(np.uint8).tobytes()
    return head + zstandard.ZstdCompressor(level=19).compress(steps + levels)


def unpack(data: bytes) -> Background:
    """The background in a file of ours."""
    import zstandard

    assert data[:8] == MAGIC, "the data file is made by tools/build_provenance_data.py"
    files, size = np.frombuffer(data, "<u4", 2, 8).tolist()
    raw = zstandard.ZstdDecompressor().decompress(data[16:], max_output_size=5 * size)
    steps = np.frombuffer(raw, "<u4", size).astype(np.int64)
    levels = np.frombuffer(raw, np.uint8, size, 4 * size)
    return Background(
        files=files, word=np.cumsum(steps).astype(np.uint32), count=np.round(np.exp2(levels / 12)).astype(np.uint32)
    )


@cache
def background() -> Background:
    """The background that comes with Vuoto."""
    return unpack(resources.files("vuoto.firmware.provenance").joinpath("data/background.bin").read_bytes())
