"""Every case folder; every decoder has a hit and a look-alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from payloads.making import found, opened
from vuoto.payloads import locate
from vuoto.payloads.decoder import Decoder
from vuoto.seams import plugins

CASES: Final = Path(__file__).parent / "cases"
FOLDERS: Final = sorted(p.parent for p in CASES.glob("*/*/expect.json"))
MODULES: Final = sorted(p.stem for p in (Path(__file__).parents[2] / "src/vuoto/payloads/decoders").glob("[!_]*.py"))


def bytes_of(folder: Path) -> bytes:
    text = folder / "input.txt"
    return text.read_bytes() if text.exists() else bytes.fromhex((folder / "input.hex").read_text("ascii"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_case(folder: Path) -> None:
    case = json.loads((folder / "expect.json").read_text("utf-8"))
    result = opened(bytes_of(folder), **case["section"])
    given = found(result)
    for name, value, form in case["finds"]:
        assert (name, value, form) in given
        assert all(row[2] == form for row in given if row[:2] == (name, value)), "read in two ways"
    for wanted in case["problems"]:
        assert any(wanted in problem.what for problem in result.problems)
    for part in result.parts:
        offset, length = locate(part)
        assert 0 <= offset <= offset + length <= len(part.layer.data)
        if part.value.isalnum() and part.syntax != "bytes" and part.value.encode() in part.layer.data:
            assert part.layer.data[offset : offset + length].strip(b"\x00") in part.layer.data
    decoder = module(folder.parent.name)
    if folder.name.startswith("hit-"):
        assert case["finds"]
    elif folder.parent.name == "printable_runs":
        assert not result.parts
    elif folder.parent.name in ("key_values", "domain_names"):
        assert not any(part.name for part in result.parts)
    else:
        assert not any(decoder in layer.form for layer in result.layers)
        assert not any(part.syntax == decoder for part in result.parts)


def module(name: str) -> str:
    return dict(zip(MODULES, (d.name for d in plugins("vuoto.payloads.decoders", Decoder, "DECODER")), strict=True))[name]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_folder_can_be_judged(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    assert all(word in text for word in ("Purpose:", "Origin:", "Must not be found:"))


def test_every_decoder_has_a_hit_and_a_look_alike() -> None:
    assert len(MODULES) == len(plugins("vuoto.payloads.decoders", Decoder, "DECODER"))
    for name in MODULES:
        kinds = {f.name.partition("-")[0] for f in FOLDERS if f.parent.name == name}
        assert {"hit", "look"} <= kinds, name
