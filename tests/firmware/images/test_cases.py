"""Every case folder: what the image is, and what a walk through it gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from firmware.images.makers import opened, told
from vuoto.firmware.image import ImageFormat
from vuoto.seams import plugins

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


def given(case: Path) -> bytes:
    """`OFFSET: bytes  # text` in hexadecimal, zeros left out; the last line gives the size."""
    data = bytearray()
    for line in (case / "input.hex").read_text().splitlines():
        offset, _, row = line.partition("#")[0].partition(":")
        data.extend(bytes(int(offset, 16) - len(data)))
        data.extend(bytes.fromhex(row))
    return bytes(data)


def expected(case: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((case / "expect.json").read_text())
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    want = expected(case)
    image = opened(given(case), want["name"])
    files = told(image)
    problems = [f"{problem.where}: {problem.what}" for problem in image.problems]
    assert {
        "name": image.name,
        "format": image.format,
        "files": files,
        "properties": dict(image.properties),
        "problems": problems,
    } == want


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_says_what_it_is_for(case: Path) -> None:
    readme = (case / "README.md").read_text()
    assert "Bytes:" in readme
    assert "Not:" in readme


def test_every_plug_in_has_a_case() -> None:
    seen = {expected(case)["format"] for case in CASES}
    assert {form.name for form in plugins("vuoto.firmware.images", ImageFormat, "IMAGE")} == seen
