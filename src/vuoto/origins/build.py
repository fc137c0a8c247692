"""The build that is searched, as the detective asks it: an index answers without reading itself whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, Protocol, TypeVar, cast

from vuoto.facts.builds import BuildFacts, ReadBuild, ReadPackage
from vuoto.facts.code import CodeWord
from vuoto.facts.problems import Problem
from vuoto.origins.suspect import MAX_TEXT, stands

R = TypeVar("R")

LABEL: Final = "packages.package.label"
"""The column of the packages' labels."""

SHARED: Final = "packages.package.shared_user_id"
"""The column of the names under which packages share a user id."""

WAY: Final = "packages.code.paths.read.kind"
"""The column of kinds from whose read a way leads to a send."""

MAX_TOKENS: Final = 256
"""Pieces of one text by which it is found, as in the index: a list of thousand hosts tells of none in particular."""

_TOKEN: Final = re.compile(r"\w+", re.ASCII)


class Header(Protocol):
    """What tells packages apart."""

    @property
    def path(self) -> str:
        """Where it stands in its build."""

    @property
    def name(self) -> str | None:
        """Its name, or `None`."""


class Build(Protocol):
    """A build whose packages are numbered from 0 on, by path."""

    def __len__(self) -> int:
        """How many packages there are."""
        ...

    @property
    def name(self) -> str:
        """What it was opened as."""
        ...

    @property
    def build_facts(self) -> BuildFacts | None:
        """What it says of itself."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read of its containers."""
        ...

    def packages(self) -> Sequence[Header]:
        """What tells the packages apart, by number."""
        ...

    def read(self, which: Collection[int] | None = None) -> ReadBuild:
        """The build with these packages, in the order of their numbers, or with all."""
        ...

    def read_as(self, record: type[R], which: Collection[int] | None = None) -> tuple[R, ...]:
        """These packages in the order of their numbers, or all, as a smaller record: its fields are some of `ReadPackage`'s."""
        ...

    def code_words(self, which: Collection[int], words: Iterable[str]) -> Mapping[int, tuple[CodeWord, ...]]:
        """By package, the words of its code in which one of `words` stands."""
        ...

    def mentions(self, words: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
        """For each word the packages that hold it, between characters that belong to no word."""
        ...

    def reads_of(self, kind: str) -> tuple[int, ...]:
        """The packages whose code reads this kind of identifier."""
        ...

    def started_by(self, kind: str) -> tuple[int, ...]:
        """The packages that this kind of event starts. What is off when installed is started by nothing."""
        ...

    def having(self, column: str, value: str) -> tuple[int, ...]:
        """The packages with `value` in a column of texts, sorted; the detective asks for `LABEL`, `SHARED` and `WAY`."""
        ...


class BuildInMemory:
    """A build that was read whole, asked as an index is."""

    def __init__(self, build: ReadBuild) -> None:
        self._build = build

    def __len__(self) -> int:
        """See `Build`."""
        return len(self._build.packages)

    @property
    def name(self) -> str:
        """See `Build`."""
        return self._build.name

    @property
    def build_facts(self) -> BuildFacts | None:
        """See `Build`."""
        return self._build.build

    @property
    def problems(self) -> tuple[Problem, ...]:
        """See `Build`."""
        return self._build.problems

    def packages(self) -> Sequence[Header]:
        """See `Build`."""
        return [read.package for read in self._build.packages]

    def read(self, which: Collection[int] | None = None) -> ReadBuild:
        """See `Build`."""
        if which is None:
            return self._build
        chosen = tuple(self._build.packages[n] for n in sorted(set(which)) if 0 <= n < len(self))
        return ReadBuild(
            name=self.name, format=self._build.format, build=self.build_facts, packages=chosen, problems=self.problems
        )

    def read_as(self, record: type[R], which: Collection[int] | None = None) -> tuple[R, ...]:  # noqa: ARG002 - is given all
        """See `Build`."""
        return cast("tuple[R, ...]", self.read(which).packages)

    def code_words(self, which: Collection[int], words: Iterable[str]) -> Mapping[int, tuple[CodeWord, ...]]:
        """See `Build`."""
        texts = {
            text
            for word in words
            if (match := _TOKEN.search(word))
            for text in self._by_token.get(match.group(), {})
            if stands(word, text)
        }
        found = {}
        for number in which:
            code = self._build.packages[number].code
            if mine := tuple(word for word in (code.words if code else ()) if word.value in texts):
                found[number] = mine
        return found

    @cached_property
    def _by_token(self) -> dict[str, dict[str, set[int]]]:
        """Piece of a text → the texts it stands in → the packages that hold these."""
        found: dict[str, dict[str, set[int]]] = {}
        for number, read in enumerate(self._build.packages):
            texts = {text.value for text in read.package.strings}
            texts.update(text for library in read.package.native_libraries for text in library.strings)
            if read.code is not None:
                texts.update(text for one in read.code.strings for text in (one.value, one.host) if text)
                texts.update(word.value for word in read.code.words)
            for text in texts:
                for place, match in enumerate(_TOKEN.finditer(text[:MAX_TEXT])):
                    if place == MAX_TOKENS:
                        break
                    found.setdefault(match.group(), {}).setdefault(text, set()).add(number)
        return found

    def mentions(self, words: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
        """See `Build`."""
        result: dict[str, tuple[int, ...]] = {}
        for word in sorted(set(words)):
            match = _TOKEN.search(word)
            texts = self._by_token.get(match.group(), {}) if match else {}
            result[word] = tuple(sorted({n for text, numbers in texts.items() if stands(word, text) for n in numbers}))
        return result

    def reads_of(self, kind: str) -> tuple[int, ...]:
        """See `Build`."""
        return self._those(lambda read: any(r.kind == kind for r in read.code.reads) if read.code else False)

    def started_by(self, kind: str) -> tuple[int, ...]:
        """See `Build`."""
        return self._those(lambda read: any(t.enabled and t.kind == kind for t in read.package.triggers))

    def having(self, column: str, value: str) -> tuple[int, ...]:
        """See `Build`; knows no column but `LABEL`, `SHARED` and `WAY`."""
        if column == WAY:
            return self._those(lambda read: any(p.read.kind == value for p in read.code.paths) if read.code else False)
        if column == SHARED:
            return self._those(lambda read: read.package.shared_user_id == value)
        return self._those(lambda read: column == LABEL and read.package.label == value)

    def _those(self, has: Callable[[ReadPackage], bool]) -> tuple[int, ...]:
        return tuple(number for number, read in enumerate(self._build.packages) if has(read))
