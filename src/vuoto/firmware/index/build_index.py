"""An opened index: what it says cheaply, and packages made into facts where asked for."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from vuoto.facts.builds import BuildFacts, ReadBuild, ReadPackage
from vuoto.facts.code import CodeWord
from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob
from vuoto.firmware.index.code_words import code_words
from vuoto.firmware.index.columns import from_columns
from vuoto.firmware.index.layout import IndexFile
from vuoto.firmware.index.mentions import Mentions, tables_above
from vuoto.firmware.index.shapes import shape_of

R = TypeVar("R")

SMALL_GAP: Final = 3
"""Packages between two wanted ones that are read as well: to begin anew costs more."""

MAX_PACKAGES: Final = 1_000_000
"""Packages of a build; the largest have some thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageHeader:
    """What tells packages apart."""

    path: str
    """Where it stands in its build."""

    kind: str
    """`apk`, `apex`, `jar` or `zip`."""

    name: str | None
    """Its name, or `None`."""

    version_name: str | None
    """The version for people, or `None`."""

    version_code: int | None
    """The version for Android, or `None`."""

    size: int
    """Bytes."""

    sha256: str
    """SHA-256 of its bytes."""


def digest_of_code(sizes: npt.ArrayLike, features: npt.ArrayLike) -> str:
    """A digest of the features of a package's classes: how many each class has, and all of them, in the order of its prints."""
    digest = hashlib.blake2b(np.asarray(sizes, np.int64).tobytes(), digest_size=16)
    digest.update(b"\0" + np.asarray(features, np.int64).tobytes())
    return digest.hexdigest()


def open_index(blob: Blob, name: str = "index") -> BuildIndex:
    """The index in `blob`. Raises `InputError`, as all that is asked of it does, where the file is damaged."""
    return BuildIndex(IndexFile(blob, name))


class BuildIndex:
    """Packages are numbered from 0 on, by path: the numbers of `packages`, `mentions` and `read` are the same."""

    def __init__(self, file: IndexFile) -> None:
        self._file = file
        self._count = int(file.starts("packages#", 1)[-1])
        if self._count > MAX_PACKAGES:
            raise file.broken("it counts more packages than are read")
        root = shape_of(ReadBuild)
        self._shapes = {field.name: field.shape for field in root.fields}

    def __len__(self) -> int:
        """How many packages there are."""
        return self._count

    @property
    def name(self) -> str:
        """What the build was opened as."""
        return str(self._one("name"))

    @property
    def format(self) -> str:
        """Its outermost container."""
        return str(self._one("format"))

    @cached_property
    def build_facts(self) -> BuildFacts | None:
        """What the build says of itself."""
        found = self._one("build")
        assert found is None or isinstance(found, BuildFacts)
        return found

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read of its containers."""
        found = self._one("problems")
        assert isinstance(found, tuple)
        return found

    def _one(self, name: str) -> object:
        found: list[object] = from_columns(self._file, self._shapes[name], name, 1, 0, 1)
        return found[0]

    @cached_property
    def _headers(self) -> tuple[PackageHeader, ...]:
        """All packages, without making facts of them."""
        shape = shape_of(PackageHeader)
        return tuple(from_columns(self._file, shape, "packages.package", self._count, 0, self._count))

    def packages(self) -> tuple[PackageHeader, ...]:
        """What tells the packages apart, by number."""
        return self._headers

    def read(self, which: Collection[int] | None = None) -> ReadBuild:
        """The build with these packages, or with all; only theirs are made into facts.

        Numbers that are not there are passed over.
        """
        numbers = range(self._count) if which is None else sorted({n for n in which if 0 <= n < self._count})
        shape = shape_of(ReadPackage)
        packages: list[ReadPackage] = []
        for begin, end in _runs(numbers):
            packages += from_columns(self._file, shape, "packages", self._count, begin, end)
        return ReadBuild(
            name=self.name, format=self.format, build=self.build_facts, packages=tuple(packages), problems=self.problems
        )

    def read_as(self, record: type[R], which: Collection[int] | None = None) -> tuple[R, ...]:
        """These packages, or all, as a smaller record, whose fields are some of `ReadPackage`'s: only their columns are read.

        Numbers that are not there are passed over.
        """
        numbers = range(self._count) if which is None else sorted({n for n in which if 0 <= n < self._count})
        shape = shape_of(record)  # type: ignore[arg-type]  # every class is hashable
        found: list[R] = []
        for begin, end in _runs(numbers, gap=SMALL_GAP):
            read = from_columns(self._file, shape, "packages", self._count, begin, end)
            found += [read[n - begin] for n in numbers[bisect_left(numbers, begin) : bisect_left(numbers, end)]]
        return tuple(found)

    def code_digests(self) -> tuple[str, ...]:
        """Per package: a digest of the features of its classes, as `digest_of_code` makes it; the same in every index."""
        file, table = self._file, "packages.code.prints"
        if not file.has(f"{table}#"):
            return (digest_of_code((), ()),) * self._count
        codes = file.starts("packages.code#", self._count)
        prints = file.starts(f"{table}#", int(codes[-1]))
        starts = file.starts(f"{table}.features#", int(prints[-1]))
        features = file.column(f"{table}.features", int(starts[-1]))
        rows = prints[codes].tolist()
        sizes = np.diff(starts)
        return tuple(digest_of_code(sizes[begin:end], features[starts[begin] : starts[end]]) for begin, end in pairwise(rows))

    @cached_property
    def _mentions(self) -> Mentions:
        file = self._file
        return Mentions(file, self._count, file.rows("~holds.text"), file.rows("~holds.place.row"))

    def mentions(self, words: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
        """For each word the packages whose code or resources hold it: see `index.mentions` for what holding means."""
        return {word: self._mentions.holding(word) for word in sorted(set(words))}

    def code_words(self, which: Collection[int], words: Iterable[str]) -> Mapping[int, tuple[CodeWord, ...]]:
        """By package, the words of its code in which one of `words` stands; only those are made into facts."""
        numbers = {n for n in which if 0 <= n < self._count}
        return code_words(self._file, self._count, numbers, self._mentions.texts(words))

    def reads_of(self, kind: str) -> tuple[int, ...]:
        """The packages whose code reads this kind of identifier."""
        return self.having("packages.code.reads.kind", kind)

    def started_by(self, kind: str) -> tuple[int, ...]:
        """The packages that this kind of event starts. What is off when installed is started by nothing."""
        return self._having("packages.package.triggers.kind", kind, "packages.package.triggers.enabled")

    def having(self, column: str, value: str) -> tuple[int, ...]:
        """The packages with `value` in a column of texts, sorted."""
        return self._having(column, value)

    def _having(self, column: str, value: str, enabled: str | None = None) -> tuple[int, ...]:
        """Those with `value` in rows that a column of flags beside it calls enabled; an index without it says so of all."""
        file = self._file
        if not file.has(column):
            return ()
        number = file.number_of(value)
        if number is None:
            return ()
        holding = file.column(column, file.rows(column)) == number
        if enabled is not None and file.has(enabled):
            holding &= file.column(enabled, len(holding)) != 0
        rows = np.flatnonzero(holding)
        for table in reversed(tables_above(column)):
            if file.has(f"{table}#"):
                starts = file.starts(f"{table}#", file.rows(f"{table}#"))
                rows = np.searchsorted(starts, rows, side="right") - 1
                if rows.size and int(rows.max()) >= len(starts) - 1:
                    raise file.broken(f"the column {column!r} has another size than its tables say")
        found = tuple(sorted(set(rows.tolist())))
        if found and found[-1] >= self._count:
            raise file.broken(f"the column {column!r} has another size than its tables say")
        return found


def _runs(numbers: Collection[int], gap: int = 0) -> list[tuple[int, int]]:
    """Stretches of numbers that follow each other, with at most so many between two of them that are not among them."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number - runs[-1][1] <= gap:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs
