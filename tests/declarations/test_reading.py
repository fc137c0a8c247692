from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vuoto.declarations import match_host, read_declaration
from vuoto.declarations.mistakes import SHOWN_MISTAKES
from vuoto.declarations.toml import MAX_BYTES
from vuoto.errors import InputError
from vuoto.facts.declarations import Declaration

CASES = Path(__file__).parent / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir())
WHOLE = (CASES / "whole" / "input.toml").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    text = (CASES / name / "input.toml").read_bytes()
    expected = json.loads((CASES / name / "expect.json").read_text())
    if expected.get("mistakes") == []:
        assert isinstance(read_declaration(text, "own.toml"), Declaration)
        return
    with pytest.raises(InputError) as caught:
        read_declaration(text, "own.toml")
    shown = str(caught.value)
    assert shown.startswith("own.toml: ")
    assert caught.value.exit_code == 3
    assert all(c.isprintable() or c == "\n" for c in shown)
    if "error" in expected:
        assert expected["error"] in shown
        return
    for mistake in expected["mistakes"]:
        assert mistake in shown
    lines = [line for line in shown.splitlines() if line.startswith("  ")]
    if expected["count"]:
        assert f"{expected['count']} mistake" in shown
        assert len(lines) <= SHOWN_MISTAKES + 1


def test_every_folder_is_whole() -> None:
    for folder in CASES.iterdir():
        assert {"input.toml", "expect.json", "README.md"} == {f.name for f in folder.iterdir()}
        readme = (folder / "README.md").read_text()
        assert all(re.search(rf"^{word}: \S", readme, re.MULTILINE) for word in ("Purpose", "Origin", "Must not be found"))


def test_what_is_read() -> None:
    found = read_declaration(WHOLE, "own.toml")
    assert found.version == "2026-11-01"
    assert found.controller.authority == "FI"
    assert [r.key for r in found.recipients] == ["crash", "telemetry"]
    crash = found.recipients[0]
    assert crash.transfer is not None
    assert (crash.transfer.tool, crash.transfer.reference, crash.transfer.since) == ("adequacy", "EU-US-DPF", date(2023, 9, 1))
    activation = found.processing[0]
    assert activation.title == (("en", "Warranty activation"), ("fi", "Takuun aktivointi"))
    assert activation.data == ("device_model", "imei", "os_build")
    assert (activation.retention, activation.opt_out, found.processing[1].opt_out) == ("P2Y", False, True)
    assert found.variants[0].forbidden_packages == ("com.qualcomm.qti.autoregistration",)


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("telemetry.example.test", "telemetry"),
        ("TELEMETRY.example.test.", "telemetry"),
        ("a.tm.example.test", "telemetry"),
        ("a.b.tm.example.test", "telemetry"),
        ("tm.example.test", None),
        ("atm.example.test", None),
        ("crash.example.test", "crash"),
        ("x.crash.example.test", None),
        ("crash.example.test.evil.example", None),
        (".tm.example.test", None),
        ("", None),
    ],
)
def test_match_host(host: str, key: str | None) -> None:
    found = match_host(read_declaration(WHOLE, "own.toml"), host)
    assert (found.key if found else None) == key


def test_the_more_exact_name_wins() -> None:
    text = WHOLE.replace(b'"crash.example.test"', b'"*.example.test", "one.deep.example.test"').replace(
        b'"telemetry.example.test", "*.tm.example.test"', b'"*.deep.example.test"'
    )
    declaration = read_declaration(text, "own.toml")
    for host, key in (("a.example.test", "crash"), ("a.deep.example.test", "telemetry"), ("one.deep.example.test", "crash")):
        found = match_host(declaration, host)
        assert found is not None
        assert found.key == key


def test_too_big() -> None:
    with pytest.raises(InputError, match="at most"):
        read_declaration(b"#" * (MAX_BYTES + 1), "own.toml")


def test_a_transfer_may_rest_on_its_tool_for_one_day() -> None:
    found = read_declaration(WHOLE.replace(b"since = 2023-09-01", b"since = 2023-09-01\nuntil = 2023-09-01"), "own.toml")
    assert found.recipients[0].transfer is not None
    assert found.recipients[0].transfer.until == found.recipients[0].transfer.since == date(2023, 9, 1)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_clear_error(text: bytes) -> None:
    with pytest.raises(InputError):
        read_declaration(text, "own.toml")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=6))
def test_any_damage_gives_a_declaration_or_a_clear_error(at: int, bytes_: bytes) -> None:
    try:
        found = read_declaration(WHOLE[:at] + bytes_ + WHOLE[at + len(bytes_) :], "own.toml")
    except InputError as error:
        shown = str(error)
    else:
        shown = ""
        assert found.controller.name
    assert all(c.isprintable() or c == "\n" for c in shown)
