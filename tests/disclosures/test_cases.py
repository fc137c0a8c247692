"""Every case folder, and every identifier has at least a hit and a look-alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from disclosures.opened import find, message
from vuoto.disclosures.search import identifiers
from vuoto.facts.vocabulary import KINDS

CASES: Final = Path(__file__).parent / "cases"
FOLDERS: Final = sorted(p.parent for p in CASES.glob("*/*/expect.json"))


def opened(case: dict[str, Any]) -> Any:
    fields = {key: value for key, value in case.items() if key not in ("host", "known")}
    if "raw" in fields:
        fields["raw"] = fields["raw"].encode("latin-1")
    if "path" in fields:
        fields["path"] = [tuple(pair) for pair in fields["path"]]
    return message(**fields)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_case(folder: Path) -> None:
    """Exactly what is expected above `possible`, and of `possible` what is listed."""
    case = json.loads((folder / "input.json").read_text("utf-8"))
    expected = json.loads((folder / "expect.json").read_text("utf-8"))
    findings = find(opened(case), known=case.get("known"), host=case.get("host"))
    kind = folder.parent.name
    wanted = [tuple(row) for row in expected["finds"]]
    given = [(f.kind, f.value, f.certainty, f.field) for f in findings if f.certainty != "possible"]
    assert sorted(given) == sorted(wanted)
    possible = {(f.kind, f.value) for f in findings if f.certainty == "possible"}
    assert {tuple(row) for row in expected.get("possible", [])} <= possible
    if folder.name.startswith("hit-"):
        assert any(row[0] == kind for row in wanted)
    else:
        assert not any(row[0] == kind for row in wanted)
    assert all(f.why for f in findings)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_folder_can_be_judged(folder: Path) -> None:
    """A stranger reads why: purpose, origin, what must not be found."""
    text = (folder / "README.md").read_text("utf-8")
    assert all(word in text for word in ("Purpose:", "Origin:", "Must not be found:"))


def test_every_kind_has_an_identifier_and_every_identifier_its_cases() -> None:
    kinds = [identifier.kind for identifier in identifiers()]
    assert sorted(kinds) == sorted(KINDS)
    names = {kind: {f.name.partition("-")[0] for f in FOLDERS if f.parent.name == kind} for kind in kinds}
    assert not {kind for kind, seen in names.items() if not {"hit", "look"} <= seen}
