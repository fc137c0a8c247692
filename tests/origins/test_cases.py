"""Every case folder: a sighting, a package that shows the clue, and one that only seems to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from origins.made_builds import App, build_of
from vuoto.facts.origins import Sighting, SocketTrace, StackFrame
from vuoto.origins import BuildInMemory
from vuoto.origins.detective import Detective, traces

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


def given(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "input.json").read_text())
    return found


def app(values: dict[str, Any]) -> App:
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return App(**given)


def sighting(values: dict[str, Any]) -> Sighting:
    recorded = tuple(
        SocketTrace(**one | {"stack": tuple(StackFrame(name=n, method=m) for n, m in one["stack"])})
        for one in values.get("traces", ())
    )
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name != "traces"
    }
    return Sighting(traces=recorded, **plain)


def told(case: Path) -> dict[str, list[str]]:
    """What the case's trace says of each of the two packages: `+11.2 holds the host …`."""
    values = given(case)
    seen, hit, look_alike = sighting(values["sighting"]), app(values["hit"]), app(values["look_alike"])
    detective = Detective(BuildInMemory(build_of(hit, look_alike)), [seen])
    (trace,) = (trace for trace in traces() if trace.name == values["trace"])
    paths = [header.path for header in BuildInMemory(build_of(hit, look_alike)).packages()]
    said = {}
    for name, one in (("hit", hit), ("look-alike", look_alike)):
        suspect = detective.suspect(paths.index(one.path))
        said[name] = [f"{sign.bits:+.1f} {sign.what} at {', '.join(sign.places) or '-'}" for sign in trace.find(seen, suspect)]
    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    expected = case / "expect.json"
    if os.environ.get("VUOTO_WRITE_CASES"):
        expected.write_text(json.dumps(told(case), indent=1) + "\n")
    assert told(case) == json.loads(expected.read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_speaks_for_the_look_alike(case: Path) -> None:
    assert not [line for line in told(case)["look-alike"] if line.startswith("+")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_says_what_it_is_for(case: Path) -> None:
    readme = (case / "README.md").read_text()
    assert "Bytes:" in readme
    assert "Not:" in readme


def test_every_trace_has_a_case() -> None:
    assert {trace.name for trace in traces()} == {given(case)["trace"] for case in CASES}
