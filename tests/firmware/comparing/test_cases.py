"""Every case folder: two small builds, and what changed between them for a person's data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from firmware.comparing.devices import load, read
from vuoto.facts.changes import Change, Difference
from vuoto.firmware.comparing import change_names, compare

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


def difference(case: Path) -> Difference:
    return compare(read(load(case / "old.toml"), "old"), read(load(case / "new.toml"), "new"))


def line(change: Change) -> str:
    return f"{change.concern} {change.direction} {change.aspect} {change.package or '-'} {change.subject}"


def expected(case: Path) -> list[str]:
    found: list[str] = json.loads((case / "expect.json").read_text())
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    found = difference(case)
    assert [line(change) for change in found.changes] == expected(case)
    assert found.problems == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_twice_gives_the_same_and_with_itself_nothing(case: Path) -> None:
    assert difference(case) == difference(case)
    build = read(load(case / "new.toml"))
    found = compare(build, build)
    assert found.changes == ()
    assert found.same_bytes == len(build.packages)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_says_what_it_is_for(case: Path) -> None:
    readme = (case / "README.md").read_text()
    assert "Bytes:" in readme
    assert "Not:" in readme


def test_every_name_of_a_change_has_a_case() -> None:
    told = {row.split()[2] for case in CASES for row in expected(case)}
    assert set(change_names()) == told


def test_a_person_reads_no_line_twice_and_no_name_of_a_field() -> None:
    for case in CASES:
        for change in difference(case).changes:
            assert not change.says.endswith(".")
            assert "None" not in change.says
            assert "illegal" not in change.says
