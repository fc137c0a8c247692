"""Every case folder: what the input is, and what intake must say of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake.makers import told
from vuoto.intake.compression import Compression
from vuoto.intake.format import Format
from vuoto.seams import plugins

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


def given(case: Path) -> bytes:
    """The case's input: `input.hex` is hexadecimal with comments behind `#`, any other file is taken as it is."""
    path = next(case.glob("input.*"))
    if path.suffix != ".hex":
        return path.read_bytes()
    return bytes.fromhex("".join(line.partition("#")[0] for line in path.read_text().splitlines()))


def expected(case: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((case / "expect.json").read_text())
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    assert json.loads(json.dumps(told(given(case), "input"))) == expected(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_says_what_it_is_for(case: Path) -> None:
    readme = (case / "README.md").read_text()
    assert "Bytes:" in readme
    assert "Not:" in readme


def test_every_plug_in_has_a_case() -> None:
    seen = {part for case in CASES for part in expected(case).get("format", "").split("+")}
    formats = {form.name for form in plugins("vuoto.intake.formats", Format, "FORMAT")}
    compressions = {form.name for form in plugins("vuoto.intake.compressions", Compression, "COMPRESSION")}
    assert formats | compressions <= seen
