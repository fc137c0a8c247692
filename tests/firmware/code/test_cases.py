"""Every case folder: a small program in text, and what must be said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from firmware.code.assembler import assemble
from vuoto.facts.code import CodeFacts, CodePlace
from vuoto.firmware.code import examine, read_dexes
from vuoto.firmware.code.identifier_source import IdentifierSource
from vuoto.firmware.code.sender import Sender
from vuoto.seams import plugins

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


def told(facts: CodeFacts) -> dict[str, Any]:
    """The facts as short lines: what was found, then where (class without package, method, offset)."""

    def at(place: CodePlace) -> str:
        owner, _, rest = place.method.partition("->")
        member = rest.partition("(")[0].partition(":")[0]
        return f"{owner.rpartition('/')[2].rstrip(';')}.{member} {place.offset}"

    return {
        "reads": [f"{one.kind} by {one.how}, {one.certainty} ({one.source}) at {at(one.place)}" for one in facts.reads],
        "sends": [f"{one.channel} at {at(one.place)}" for one in facts.sends],
        "strings": [
            f"{one.kind} {one.value}, {one.certainty}, host {one.host} at {'; '.join(map(at, one.places))}"
            for one in facts.strings
        ],
        "transforms": [
            f"{one.kind} {one.what.rpartition('/')[2]} key {one.key}{', near a send' if one.near_send else ''} at {at(one.place)}"
            for one in facts.transforms
        ],
        "trust_flaws": [f"{one.what} at {at(one.place)}" for one in facts.trust_flaws],
        "paths": [
            f"{path.read.kind} to {path.send.channel} by {path.strength}: "
            + ", ".join(f"{step.how} ({at(step.place)})" for step in path.steps)
            for path in facts.paths
        ],
    }


def expected(case: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((case / "expect.json").read_text())
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    facts = examine(read_dexes(assemble((case / "input.dexasm").read_text())))
    assert facts.problems == ()
    assert {name: lines for name, lines in told(facts).items() if lines} == expected(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_is_said_of_look_alikes(case: Path) -> None:
    said = json.dumps(told(examine(read_dexes(assemble((case / "input.dexasm").read_text())))))
    assert "lookAlikes" not in said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_says_what_it_is_for(case: Path) -> None:
    readme = (case / "README.md").read_text()
    assert "Bytes:" in readme
    assert "Not:" in readme


def test_every_plug_in_has_a_case() -> None:
    everything = json.dumps([expected(case) for case in CASES])
    for source in plugins("vuoto.firmware.code.identifier_sources", IdentifierSource, "SOURCE"):
        assert f"({source.name})" in everything, source.name
    channels = {call.channel for one in plugins("vuoto.firmware.code.senders", Sender, "SENDER") for call in one.calls}
    for channel in channels:
        assert f'"{channel} at' in everything, channel
