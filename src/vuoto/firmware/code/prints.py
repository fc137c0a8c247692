"""The prints of a package's classes: by which the same class is known again under another name, in another build.

Made of the features of `features.py`, which renaming leaves alone. Two classes of one print use the same texts, framework calls,
types and constants; whether they do the same with them is not said. R8 may also move code from class to class: prints differ
then, and the features of a package as a whole still tell (`vuoto.firmware.comparing.resemblance`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from vuoto.facts.code import ClassPrint
from vuoto.firmware.code.features import FileFeatures, file_features
from vuoto.firmware.code.program import Program

U64 = npt.NDArray[np.uint64]

FEWEST: Final = 6
"""Features below which a class gets no print: getters, enumerations and lambdas of different origin share so few."""

MAX_FEATURES: Final = 512
"""Features kept of one class, those of the smallest hashes, which is a fair sample; a class with more is a table of texts."""

MAX_CLASSES: Final = 150_000
"""Classes of a package with a print: the largest packages of a phone define some hundred thousand."""


def find_prints(program: Program) -> tuple[ClassPrint, ...]:
    """The prints of all classes with features, by name; of a class defined twice, the first. Never raises."""
    found: list[ClassPrint] = []
    for number, file in enumerate(file_features(program)):
        found.extend(one for row, one in _of_file(file) if program.classes[one.name] == (number, row))
        if len(found) > MAX_CLASSES:
            break
    return tuple(sorted(found[:MAX_CLASSES], key=lambda one: one.name))


def _of_file(file: FileFeatures) -> Iterator[tuple[int, ClassPrint]]:
    """Row and print of each class of one file that has features."""
    counts = np.diff(file.first)
    owner = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
    # Class and hash in one number: sorted once, each once, for all classes of the file.
    pairs = np.sort(owner << np.uint64(32) | file.hashes[file.feature].astype(np.uint64))
    if not len(pairs):
        return
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
    hashes, rows = pairs & np.uint64(0xFFFFFFFF), pairs >> np.uint64(32)
    begins = np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))
    ends = np.append(begins[1:], len(pairs))
    told = _mixed(np.add.reduceat(_mixed(hashes), begins)).astype(">u8").tobytes().hex()
    numbers, types = hashes.tolist(), file.dex.classes.type.tolist()
    for at, (row, begin, end) in enumerate(zip(rows[begins].tolist(), begins.tolist(), ends.tolist(), strict=True)):
        print_ = told[16 * at : 16 * at + 16] if end - begin >= FEWEST else ""
        features = tuple(numbers[begin : min(end, begin + MAX_FEATURES)])
        yield row, ClassPrint(name=file.dex.type(types[row]), print=print_, features=features)


def _mixed(values: U64) -> U64:
    """Each number spread over 64 bits (the finalizer of SplitMix64, Steele et al. 2014), so that sums of them tell sets apart."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)
