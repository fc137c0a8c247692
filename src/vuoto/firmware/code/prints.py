"""The prints of a package's classes: by which the same class is known again under another name, in another build.

Made of the features of `features.py`, which renaming leaves alone. Two classes of one print use the same texts, framework calls,
types and constants; whether they do the same with them is not said. R8 may also move code from class to class: prints differ
then, and the features of a package as a whole still tell (`vuoto.firmware.comparing.resemblance`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vuoto.facts.code import ClassPrint
from vuoto.firmware.code.features import class_hashes
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.rows import is_first, taken

U64 = npt.NDArray[np.uint64]

FEWEST: Final = 6
"""Features below which a class gets no print: getters, enumerations and lambdas of different origin share so few."""

MAX_FEATURES: Final = 512
"""Features kept of one class, those of the smallest hashes, which is a fair sample; a class with more is a table of texts."""

MAX_CLASSES: Final = 150_000
"""Classes of a package with a print: the largest packages of a phone define some hundred thousand."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prints:
    """The prints of a package's classes, in columns, by name."""

    names: list[str]
    """Per class with features: its name."""

    prints: list[str]
    """Per class: its print, or the empty text."""

    counts: I64
    """Per class: how many features are kept of it."""

    features: I64
    """The features of all classes, one after the other."""

    def facts(self) -> tuple[ClassPrint, ...]:
        """The same as facts."""
        ends = np.cumsum(self.counts).tolist()
        begins, numbers = [0, *ends], self.features.tolist()
        return tuple(
            ClassPrint(name=name, print=print_, features=tuple(numbers[begin:end]))
            for name, print_, begin, end in zip(self.names, self.prints, begins, ends, strict=False)
        )


def find_prints(program: Program) -> Prints:
    """The prints of all classes with features, by name; of a class defined twice, the first. Never raises."""
    names: list[str] = []
    prints: list[str] = []
    counts: list[I64] = []
    kept: list[I64] = []
    for number, dex in enumerate(program.dexes):
        pairs = class_hashes(dex, program)
        hashes, rows = pairs & np.uint64(0xFFFFFFFF), pairs >> np.uint64(32)
        begins = np.flatnonzero(is_first(rows))
        if not len(begins):
            continue
        ends = np.append(begins[1:], len(pairs))
        told = _mixed(np.add.reduceat(_mixed(hashes), begins)).astype(">u8").tobytes().hex()
        sizes = ends - begins
        here = [dex.type(index) for index in dex.classes.type[rows[begins].astype(np.int64)].tolist()]
        of_here = zip(here, rows[begins].tolist(), strict=True)
        first = np.array([program.classes[name] == (number, row) for name, row in of_here], np.bool_)
        first &= np.cumsum(first) <= MAX_CLASSES - len(names)
        names += [name for name, is_first in zip(here, first.tolist(), strict=True) if is_first]
        enough = sizes >= FEWEST
        prints += [told[16 * at : 16 * at + 16] if enough[at] else "" for at in np.flatnonzero(first).tolist()]
        within = np.arange(len(pairs)) - np.repeat(begins, sizes)
        kept.append(hashes[np.repeat(first, sizes) & (within < MAX_FEATURES)].astype(np.int64))
        counts.append(np.minimum(sizes, MAX_FEATURES)[first])
        if len(names) >= MAX_CLASSES:
            break
    return _by_name(names, prints, counts, kept)


def _by_name(names: list[str], prints: list[str], counts: list[I64], features: list[I64]) -> Prints:
    none = np.zeros(0, np.int64)
    sizes, flat = np.concatenate((none, *counts)), np.concatenate((none, *features))
    order = sorted(range(len(names)), key=names.__getitem__)
    if order != list(range(len(names))):
        flat, sizes = taken(flat, sizes, np.array(order, np.int64))
        names, prints = [names[at] for at in order], [prints[at] for at in order]
    return Prints(names=names, prints=prints, counts=sizes, features=flat)


def _mixed(values: U64) -> U64:
    """Each number spread over 64 bits (the finalizer of SplitMix64, Steele et al. 2014), so that sums of them tell sets apart."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)
