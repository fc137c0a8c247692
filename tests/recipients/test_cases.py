"""Every case folder: contacts as a capture gives them, and what must be said of their recipients."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from recipients.given import OWN_NETWORKS, OWN_TABLE
from vuoto.recipients import identify_recipients, load_registers
from vuoto.recipients.register import Register
from vuoto.seams import plugins

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


def read(case: Path, name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((case / name).read_text())
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    given = read(case, "input.json")
    own = given.get("own", False)
    registers = load_registers(
        OWN_NETWORKS if own else None, "own.mmdb", organisations=OWN_TABLE if own else None, organisations_name="own.toml"
    )
    contacts = [(host, ip) for host, ip in given["contacts"]]
    declared = {host: (name, country) for host, (name, country) in given.get("declared", {}).items()}
    found = identify_recipients(contacts, registers, declared=declared)
    told = sorted(
        {r.id: r for r in found.values()}.values(), key=lambda r: (r.host or "", r.addresses[0].ip if r.addresses else "")
    )
    expected = read(case, "expect.json")["recipients"]
    assert len(told) == len(expected)
    for recipient, wanted in zip(told, expected, strict=True):
        said = json.loads(json.dumps(asdict(recipient)))
        assert {key: said[key] for key in wanted} == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_says_what_it_is_for(case: Path) -> None:
    readme = (case / "README.md").read_text()
    assert "Contacts:" in readme
    assert "Not:" in readme


def test_every_register_has_a_case() -> None:
    seen = {name for case in CASES for name in read(case, "input.json")["registers"]}
    assert {register.name for register in plugins("vuoto.recipients.registers", Register, "REGISTER")} == seen
