"""The prints of a package's classes: by which the same class is known again under another name, in another build.

Made of the features of `features.py`, which renaming leaves alone. Two classes of one print use the same texts, framework calls,
types and constants; whether they do the same with them is not said. R8 may also move code from class to class: prints differ
then, and the features of a package as a whole still tell (`vuoto.firmware.comparing.resemblance`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import numpy as np

from vuoto.facts.code import ClassPrint
from vuoto.firmware.code.features import FileFeatures, file_features
from vuoto.firmware.code.program import Program

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
    pairs = np.unique(owner << np.uint64(32) | file.hashes[file.feature].astype(np.uint64))
    if not len(pairs):
        return
    hashes = (pairs & np.uint64(0xFFFFFFFF)).astype("<u4")
    rows, begins = np.unique(pairs >> np.uint64(32), return_index=True)
    ends = np.append(begins[1:], len(pairs))
    raw, numbers, types = hashes.tobytes(), hashes.tolist(), file.dex.classes.type.tolist()
    for row, begin, end in zip(rows.tolist(), begins.tolist(), ends.tolist(), strict=True):
        told = hashlib.blake2b(raw[4 * begin : 4 * end], digest_size=8).hexdigest() if end - begin >= FEWEST else ""
        features = tuple(numbers[begin : min(end, begin + MAX_FEATURES)])
        yield row, ClassPrint(name=file.dex.type(types[row]), print=told, features=features)
