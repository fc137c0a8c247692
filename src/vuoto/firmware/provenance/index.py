"""An index of sources: which files say a word, and where.

A *project* is one source that was given, in one or more revisions. A file is a path of a project; what its revisions say is kept
together, with a bit per revision. The columns are sorted by word, so that a look-up is a search and loading is copying.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

import numpy as np
import numpy.typing as npt

from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.provenance.java import read_java
from vuoto.firmware.provenance.keys import DIGEST_BITS, KINDS, hashed
from vuoto.firmware.provenance.kotlin import read_kotlin
from vuoto.firmware.provenance.linking import link
from vuoto.firmware.provenance.source_file import ParsedFile
from vuoto.firmware.provenance.syntax import Patience
from vuoto.shards import in_shards

U64 = npt.NDArray[np.uint64]

READERS: Final[dict[str, Callable[[bytes, str, Patience | None], ParsedFile]]] = {
    ".java": read_java,
    ".kt": read_kotlin,
    ".kts": read_kotlin,
}
"""Who reads a file, by the ending of its name."""

TESTS: Final = re.compile(r"(?:^|/)(?:\w+)?[tT]ests?/")
"""Folders of tests: `src/test/java/`, `androidTest/`, `tests/`."""

FORM: Final = 3
"""Number of the form of an index; a change of what words are makes a kept index worthless, and needs a new number."""

MAX_FILES: Final = 200_000
"""Files of one source; the whole of AOSP's framework has a tenth of it."""

MAX_REVISIONS: Final = 63
"""Revisions of one source: bits of a number."""

FEW: Final = 48
"""Below so many files a second process costs more than it saves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of a revision."""

    path: str
    """Its path within the source."""

    data: bytes = field(repr=False)
    """Its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A state of a source."""

    name: str
    """What it is called: a tag, a commit, or `""` for a folder."""

    files: tuple[SourceFile, ...]
    """Its files, by path."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ProjectIndex:
    """The words of one source. Columns; a file is its number in `paths`."""

    name: str
    """What the source was given as."""

    revisions: tuple[str, ...]
    """Names of the revisions, in the order in which they were given, older first where that is known."""

    paths: tuple[str, ...]
    """Paths of the files, sorted."""

    classes: tuple[tuple[str, ...], ...]
    """Per file: descriptors of its classes."""

    word: U64
    """Per posting, ascending: the word (`keys.hashed`)."""

    file: I64
    """Per posting: the file."""

    line: I64
    """Per posting: the first line that says it, in the last revision that does."""

    within: I64
    """Per posting: a bit for each revision that says it."""

    present: I64
    """Per file: a bit for each revision that has it."""

    library: bool = False
    """Whether it is a published library that comes with Vuoto (`libraries`), whose lines are not known."""

    problems: tuple[str, ...] = ()
    """Files that were not read, and why."""

    def revisions_of(self, bits: int) -> tuple[str, ...]:
        """Names of the revisions whose bits are set."""
        return tuple(name for number, name in enumerate(self.revisions) if bits >> number & 1)


def index_project(name: str, revisions: Sequence[Revision], parts: int = 1, patience: Patience | None = None) -> ProjectIndex:
    """Reads a source, in so many processes.

    `patience` says when to give up a file (`syntax.Patience`). Files with an unknown ending are left out, and what is broken
    is read as far as it goes.

    Raises `InputError` where tree-sitter is not installed.
    """
    revisions = revisions[:MAX_REVISIONS]
    distinct: dict[tuple[str, bytes], int] = {}
    wanted: list[SourceFile] = []
    trees: list[list[int]] = []
    for revision in revisions:
        rows = []
        for file in revision.files[:MAX_FILES]:
            if PurePosixPath(file.path).suffix in READERS:
                key = (file.path, hashlib.sha256(file.data).digest())
                if key not in distinct:
                    distinct[key] = len(wanted)
                    wanted.append(file)
                rows.append(distinct[key])
        trees.append(rows)
    parsed = _parsed(wanted, parts, patience)
    postings: dict[tuple[int, int], tuple[int, int]] = {}
    hashes: dict[str, int] = {}
    paths = sorted({file.path for file in wanted})
    number_of = {path: number for number, path in enumerate(paths)}
    present = [0] * len(paths)
    classes: list[set[str]] = [set() for _ in paths]
    for number, rows in enumerate(trees):
        files = [parsed[row] for row in rows]
        bit = 1 << number
        for read, more in zip(files, link(files), strict=True):
            place = number_of[read.path]
            present[place] |= bit
            classes[place].update(
                f"L{'.'.join([read.package, one] if read.package else [one]).replace('.', '/')};" for one in read.classes
            )
            for words in (read.words, more):
                for word, line in words.items():
                    number_of_word = hashes.get(word)
                    if number_of_word is None:
                        number_of_word = hashes[word] = hashed(word)
                    before = postings.get((number_of_word, place))
                    postings[number_of_word, place] = (line, bit if before is None else before[1] | bit)
    keys = sorted(postings)
    return ProjectIndex(
        name=name,
        revisions=tuple(revision.name for revision in revisions),
        paths=tuple(paths),
        classes=tuple(tuple(sorted(one)) for one in classes),
        word=np.array([key for key, _ in keys], np.uint64),
        file=np.array([place for _, place in keys], np.int64),
        line=np.array([postings[key][0] for key in keys], np.int64),
        within=np.array([postings[key][1] for key in keys], np.int64),
        present=np.array(present, np.int64),
        problems=tuple(f"{file.path}: {file.problem}" for file in parsed if file.problem),
    )


def _parsed(files: Sequence[SourceFile], parts: int, patience: Patience | None) -> list[ParsedFile]:
    def some(part: int, parts: int) -> list[ParsedFile]:
        return [READERS[PurePosixPath(file.path).suffix](file.data, file.path, patience) for file in files[part::parts]]

    parts = parts if len(files) >= FEW else 1
    shares = in_shards(some, parts)
    return [shares[number % parts][number // parts] for number in range(len(files))]


@dataclass(frozen=True, kw_only=True, eq=False)
class SourceIndex:
    """Several projects as one: files are numbered through."""

    projects: tuple[ProjectIndex, ...]
    """The projects."""

    @cached_property
    def first(self) -> I64:
        """Per project and once more at the end: the number of its first file."""
        return np.cumsum([0, *(len(project.paths) for project in self.projects)])

    @property
    def files(self) -> int:
        """How many files there are."""
        return int(self.first[-1])

    @cached_property
    def project_of(self) -> I64:
        """Per file: its project."""
        return np.repeat(np.arange(len(self.projects)), np.diff(self.first))

    @cached_property
    def tests(self) -> npt.NDArray[np.bool_]:
        """Per file: whether its path says that it holds tests."""
        return np.array([bool(TESTS.search(path)) for project in self.projects for path in project.paths], np.bool_)

    @cached_property
    def numbers(self) -> npt.NDArray[np.float64]:
        """Per file: how many numbers it says, at least one."""
        kinds = self._columns[0] >> np.uint64(DIGEST_BITS)
        counts = np.bincount(self.file[kinds == KINDS.index("n")], minlength=self.files)
        return np.maximum(counts, 1).astype(np.float64)

    @cached_property
    def _columns(self) -> tuple[U64, I64, I64, I64]:
        if len(self.projects) == 1:
            one = self.projects[0]
            return one.word, one.file, one.line, one.within
        word = np.concatenate([project.word for project in self.projects] or [np.zeros(0, np.uint64)])
        order = np.argsort(word, kind="stable")
        shifted = [project.file + first for project, first in zip(self.projects, self.first.tolist(), strict=False)]
        columns = (shifted, [p.line for p in self.projects], [p.within for p in self.projects])
        file, line, within = (np.concatenate(column or [np.zeros(0, np.int64)])[order] for column in columns)
        return word[order], file, line, within

    def ranges(self, words: Sequence[str]) -> tuple[I64, I64]:
        """For each word: where its postings begin and end."""
        keys = np.fromiter((hashed(word) for word in words), np.uint64, len(words))
        column = self._columns[0]
        return np.searchsorted(column, keys).astype(np.int64), np.searchsorted(column, keys, side="right").astype(np.int64)

    @property
    def file(self) -> I64:
        """Per posting: the file."""
        return self._columns[1]

    @property
    def line(self) -> I64:
        """Per posting: the line."""
        return self._columns[2]

    @property
    def within(self) -> I64:
        """Per posting: the revisions."""
        return self._columns[3]

    def place(self, file: int) -> tuple[ProjectIndex, int]:
        """A file's project, and its number there."""
        project = int(self.project_of[file])
        return self.projects[project], file - int(self.first[project])

    @cached_property
    def mentions(self) -> tuple[I64, I64]:
        """Pairs of files of which the first names a class of the second, of one project."""
        names: list[str] = []
        owners: list[int] = []
        for project, first in zip(self.projects, self.first.tolist(), strict=False):
            for number, classes in enumerate(project.classes):
                names.extend("t" + one for one in classes)
                owners.extend([first + number] * len(classes))
        begins, ends = self.ranges(names)
        counts = ends - begins
        owner = np.repeat(np.array(owners, np.int64), counts)
        at = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(begins, counts)
        saying = self.file[at]
        keep = (self.project_of[saying] == self.project_of[owner]) & (saying != owner)
        return saying[keep], owner[keep]

    @cached_property
    def mentioned(self) -> dict[int, set[int]]:
        """For each file: those that name a class of it, and those of which it names one."""
        result: dict[int, set[int]] = defaultdict(set)
        for saying, said in zip(*(column.tolist() for column in self.mentions), strict=True):
            result[saying].add(said)
            result[said].add(saying)
        return result
