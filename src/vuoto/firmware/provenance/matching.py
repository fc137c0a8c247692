"""Which files of source a class of code fits, and how strongly, in bits.

For each distinct feature of a class a file either says it or not. A file that says it is favoured by as many bits as the word is
rare among all files; one that does not say it loses what its compiler would hardly have made up. The prior is that any file is as
likely as any other; the sum is the logarithm of odds, as far as words are independent, which they are not: therefore the weights
by kind, the caps, and thresholds that were chosen on projects kept apart for it (docs/reference/provenance.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.features import ClassFeatures, FileFeatures, class_features
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.provenance.background import Background
from vuoto.firmware.provenance.index import SourceIndex
from vuoto.firmware.provenance.keys import words_of

F64 = npt.NDArray[np.float64]

CAP: Final = 14.0
"""Bits of one word at most: no single text decides."""

WEIGHT: Final = {"s": 1.0, "n": 0.8, "M": 0.5, "m": 0.35, "t": 0.4, "f": 0.7, "u": 0.5, "k": 0.5}
"""How much of a word's rarity counts. Calls and types of one class go together; texts and numbers are written one by one."""

ACC_SYNTHETIC: Final = 0x1000

MISS: Final = {"s": 3.0, "n": 1.5, "M": 0.6, "m": 0.6, "t": 0.5, "f": 0.7, "u": 0.5, "k": 0.6}
"""Bits that a file loses for a word that it does not say: the compiler, inlining and constants of the framework make some up."""

PER_LETTER: Final = 1.5
"""Bits that each character of a text may bring: `id` is said by files that no background holds."""

RULED: Final = 3.0
"""Bits that a number may bring which follows a rule (`ruled`): whoever shifts, masks or counts in decimals writes it."""

SHARE: Final = 12
"""A word of more than a twelfth of all files is not looked at."""

TEST: Final = 10.0
"""Bits that a file of tests loses: it repeats the texts of what it tests, and is not built into what is shipped."""

FRAMEWORK_TEXT: Final = ("sandroid.", "sjava.", "sjavax.", "s$this$")
"""Texts that only the compiler writes out: constants of the framework that the source names, receivers by what was inlined."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """How a class fits the files of an index."""

    class_: ClassFeatures
    """The class."""

    parts: tuple[ClassFeatures, ...] = ()
    """Classes that only this one makes, whose features are among `features`: what it says and what they say is of one file."""

    features: I64
    """Its features that count, by number in `class_.file.keys`."""

    files: I64
    """Files that share a word with it, best first; at most `MAX_FILES`."""

    bits: F64
    """Per file: the logarithm of odds, without a prior."""

    shared: F64
    """Per file: bits of what it shares, nothing taken off."""

    written: F64
    """Per file: how much of `shared` are texts and numbers, which people choose one by one."""

    possible: float
    """Bits that a file could share which said everything."""

    nothing: float
    """The logarithm of odds of a file that shares nothing."""

    @property
    def speaks(self) -> bool:
        """Whether the class by itself has features, and is not a mere shell that a compiler made."""
        return len(self.class_.numbers) > 0 and not _made_by_compiler(self.class_)


class Said(NamedTuple):
    """What a file says of a feature."""

    bits: float
    """How rare the word is that it says."""

    line: int
    """The first line that says it."""

    within: int
    """A bit for each revision that says it."""


MAX_FILES: Final = 64
"""Files that are kept per class; what comes behind has lost."""


class Matcher:
    """An index, and how rare its words are."""

    def __init__(self, index: SourceIndex, background: Background) -> None:
        self.index = index
        self.background = background
        self.total = index.files + background.files
        self._words: dict[int, _Words] = {}

    def fits(self, dexes: Sequence[Dex]) -> Iterator[Fit]:
        """For each class: how it fits."""
        for class_ in class_features(dexes):
            yield self._fit(class_, class_.numbers, self._words_of(class_))

    def joined(self, fit: Fit, others: Sequence[ClassFeatures]) -> Fit:
        """How a class fits together with others of the same DEX file."""
        parts = tuple(one for one in others if one.file is fit.class_.file)
        numbers = np.unique(np.concatenate([fit.class_.numbers, *(one.numbers for one in parts)]))
        return replace(self._fit(fit.class_, numbers, self._words_of(fit.class_)), parts=parts)

    def left_over(self, fit: Fit, files: Sequence[int]) -> list[tuple[int, float, float]]:
        """What files share with a class of what these files do not say: the file, its bits and those of texts and numbers."""
        words = self._words_of(fit.class_)
        said = [any(np.isin(found, files).any() for found, _, _ in words.postings[number]) for number in fit.features.tolist()]
        rest = self._fit(fit.class_, fit.features[~np.array(said, np.bool_)], words)
        order = np.lexsort((rest.files, -rest.shared))
        columns = (rest.files[order].tolist(), rest.shared[order].tolist(), rest.written[order].tolist())
        return list(zip(*columns, strict=True))

    def lines(self, class_: ClassFeatures, file: int) -> Callable[[int], Said | None]:
        """For each feature of a class, by number: what a file says of it, or `None`."""
        words = self._words_of(class_)
        index = self.index

        def said(number: int) -> Said | None:
            for word in words.per_key[number]:
                bits, begin, end = words.places[word]
                at = begin + int(index.file[begin:end].searchsorted(file)) if begin < end else end
                if at < end and int(index.file[at]) == file:
                    return Said(bits, int(index.line[at]), int(index.within[at]))
            return None

        return said

    def _words_of(self, class_: ClassFeatures) -> _Words:
        found = self._words.get(id(class_.file))
        if found is None:
            # The file is kept with its words, so that its identity cannot become another's.
            found = self._words[id(class_.file)] = _Words(class_.file, self)
        return found

    def _fit(self, class_: ClassFeatures, numbers: I64, words: _Words) -> Fit:
        numbers = numbers[words.possible[numbers] > 0]
        scores = np.zeros(self.index.files)
        shared = np.zeros(self.index.files)
        written = np.zeros(self.index.files)
        for number in numbers.tolist():
            for files, gain, back in words.postings[number]:
                scores[files] += gain + back
                shared[files] += gain
                if words.written[number]:
                    written[files] += gain
        touched = np.flatnonzero(shared)
        missed = float(words.miss[numbers].sum())
        scores -= missed + self.index.tests * TEST
        best = touched[np.lexsort((touched, -scores[touched]))][:MAX_FILES]
        return Fit(
            class_=class_,
            features=numbers,
            files=best,
            bits=scores[best],
            shared=shared[best],
            written=written[best],
            possible=float(words.possible[numbers].sum()),
            nothing=-missed,
        )


def _made_by_compiler(class_: ClassFeatures) -> bool:
    """Whether a class only holds calls that D8 has moved out of others (outlines, back-ports): it is of no file, or of many."""
    synthetic = int(class_.file.dex.classes.access[class_.row]) & ACC_SYNTHETIC
    return bool(synthetic) and not any(key[0] in "sn" for key in class_.keys)


class _Words:
    """What each feature of a DEX file is worth."""

    def __init__(self, file: FileFeatures, matcher: Matcher) -> None:
        index, keys = matcher.index, file.keys
        self.file = file
        per_key = [words_of(key) for key in keys]
        words = sorted({word for found in per_key for word in found})
        place = {word: number for number, word in enumerate(words)}
        begins, ends = index.ranges(words)
        own = ends - begins
        bits = rarity(words, own, matcher)
        self.per_key = per_key
        columns = (bits.tolist(), begins.tolist(), ends.tolist())
        self.places = {word: place for word, *place in zip(words, *columns, strict=True)}
        self.possible = np.zeros(len(keys))
        self.miss = np.zeros(len(keys))
        self.written = np.array([key[0] in "sn" for key in keys], np.bool_)
        self.postings: list[list[tuple[I64, float | F64, float]]] = [[] for _ in keys]
        common = max(index.files // SHARE, 8)
        for number, found in enumerate(per_key):
            if not found:
                continue
            exact = place[found[0]]
            worth = float(bits[exact])
            if worth <= 0:
                continue
            self.possible[number] = worth
            self.miss[number] = 0.3 if found[0].startswith(FRAMEWORK_TEXT) else MISS[found[0][0]]
            loose = place[found[1]] if len(found) > 1 else -1
            if loose < 0:
                if own[exact] <= common:
                    files = index.file[begins[exact] : ends[exact]]
                    gain: float | F64 = worth
                    if found[0][0] == "n":
                        # A table of a thousand numbers says many that have nothing to do with it.
                        gain = np.clip(np.log2(2 * float(found[0][1:]) / index.numbers[files]), 0, worth)
                    self.postings[number].append((files, gain, float(self.miss[number])))
                continue
            # The files that say the call and its class say the call; they get the difference on top.
            less = max(min(float(bits[loose]), worth), 0.0)
            if own[loose] <= common:
                self.postings[number].append((index.file[begins[loose] : ends[loose]], less, float(self.miss[number])))
                self.postings[number].append((index.file[begins[exact] : ends[exact]], worth - less, 0.0))
            elif own[exact] <= common:
                self.postings[number].append((index.file[begins[exact] : ends[exact]], worth, float(self.miss[number])))


def rarity(words: Sequence[str], own: I64, matcher: Matcher) -> F64:
    """Bits of each word, of which `own` files of the index say it."""
    counts = own + matcher.background.counts(words)
    plain = np.log2(matcher.total / (counts + 1.0))
    weights = np.array([WEIGHT[word[0]] for word in words]) if words else np.zeros(0)
    limits = np.array([_limit(word) for word in words]) if words else plain
    result: F64 = np.maximum(np.minimum(plain, limits), 0) * weights
    return result


def _limit(word: str) -> float:
    """Bits of a word at most, however rare it is."""
    if word[0] == "s":
        return min(CAP, PER_LETTER * (len(word) - 1))
    return RULED if word[0] == "n" and ruled(int(word[1:])) else CAP


def ruled(number: int) -> bool:
    """Whether a number is one run of bits (a power of two, a mask, one less than a power) or a power of ten."""
    low = number & -number
    run = number // low if low else 0
    digits = str(number)
    return run & (run + 1) == 0 or (digits[0] == "1" and not digits[1:].strip("0"))
