"""Parts of packages: smaller records of some, and of their words those that were asked for."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from origins.made_builds import build_of
from origins.made_cases import Maker
from origins.vocabularies import FIRST
from vuoto.facts.builds import ReadBuild
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import BuildIndex, open_index, write_index
from vuoto.origins import BuildInMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class NameOnly:
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    package: NameOnly


@pytest.fixture(scope="module")
def build() -> ReadBuild:
    maker = Maker(FIRST, 3)
    return build_of(*(maker.app() for _ in range(40)))


@pytest.fixture(scope="module")
def index(build: ReadBuild) -> BuildIndex:
    return open_index(BytesBlob(write_index(build)), "made")


def test_some_packages_as_a_smaller_record(build: ReadBuild, index: BuildIndex) -> None:
    names = [read.package.name for read in build.packages]
    rng = random.Random(1)
    for size in (0, 1, 2, 7, 25, 40):
        which = rng.sample(range(40), size)
        assert [part.package.name for part in index.read_as(Part, which)] == [names[n] for n in sorted(which)]
    assert [part.package.name for part in index.read_as(Part)] == names
    assert index.read_as(Part, [-1, 40, 41]) == ()


def test_words_that_were_asked_for_are_those_in_which_one_stands(build: ReadBuild, index: BuildIndex) -> None:
    held = sorted({word.value for read in build.packages if read.code for word in read.code.words})
    assert len(held) > 40
    rng = random.Random(2)
    for size in (0, 1, 10, 200):
        asked = [*rng.sample(held, min(size, len(held))), "nowhere_at_all", "", "."]
        which = rng.sample(range(40), 17)
        found = index.code_words(which, asked)
        assert found == BuildInMemory(build).code_words(which, asked)
        assert set(found) <= set(which)
        assert found or size < 10


def test_numbers_that_are_not_there_have_no_words(index: BuildIndex) -> None:
    assert index.code_words([-1, 40], ["id"]) == {}
