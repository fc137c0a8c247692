"""Every case folder: a small build, what the gate may know beside it, and its answer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from firmware.comparing.devices import load, read
from vuoto.declarations import read_declaration, read_waivers
from vuoto.facts.gates import GateFinding, GateVerdict
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.gate import Question, judge, known_builds, rule_names
from vuoto.firmware.index import open_index, write_index

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "cases").iterdir() if path.is_dir())


def verdict(case: Path) -> GateVerdict:
    asked = expected(case)
    declaration = read_declaration((HERE / "privacy.toml").read_bytes(), "privacy.toml")
    variant = next(variant for variant in declaration.variants if variant.key == asked["variant"])
    baseline = read(load(case / "baseline.toml"), "baseline") if (case / "baseline.toml").exists() else None
    shelf = [
        (path.stem, open_index(BytesBlob(write_index(read(load(path), path.stem))), path.stem))
        for path in sorted(case.glob("other-*.toml"))
    ]
    others, problems = known_builds(shelf, declaration, variant, baseline)
    file = case / "waivers.toml"
    waivers = read_waivers(file.read_bytes(), file.name, rule_names()) if file.exists() else ()
    build = read(load(case / "build.toml"), "build")
    question = Question(build=build, declaration=declaration, variant=variant, baseline=baseline, others=others)
    return judge(question, waivers, date.fromisoformat(asked["as_of"]), problems)


def line(found: GateFinding) -> str:
    waived = f" waived by {found.waiver}" if found.waiver else ""
    subject = f"{found.subject[:8]}…" if len(found.subject) == 64 else found.subject
    return f"{found.outcome} {found.rule} {found.package or found.path or '-'} {subject}{waived}"


def told(found: GateVerdict) -> dict[str, Any]:
    rows: dict[str, Any] = {"outcome": found.outcome, "findings": [line(one) for one in found.findings]}
    if found.waivers:
        rows["waivers"] = [f"{use.state}: {use.says}" for use in found.waivers]
    if found.problems:
        rows["problems"] = [problem.where for problem in found.problems]
    return rows


def expected(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "expect.json").read_text())
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    asked = expected(case)
    assert told(verdict(case)) == {key: value for key, value in asked.items() if key not in ("variant", "as_of")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_rule_answers_for_its_own_findings(case: Path) -> None:
    found = verdict(case)
    for answer in found.rules:
        own = [one for one in found.findings if one.rule == answer.rule]
        standing = {one.outcome for one in own if one.waiver is None}
        assert answer.findings == len(own)
        assert answer.outcome == ("refused" if "refused" in standing else "undecided" if standing else "passed")


def test_rules_say_what_they_would_need_without_a_baseline() -> None:
    without, given = (
        {a.rule: a.note for a in verdict(HERE / "cases" / case).rules} for case in ("no-baseline", "switch-turned-on")
    )
    asks_for_one = {rule for rule, note in without.items() if note and note.startswith("no baseline was given")}
    assert asks_for_one == {
        "boot-trigger",
        "clear-text-path",
        "hidden-code",
        "switch-turned-on",
        "undeclared-host",
        "undeclared-identifier",
        "unread-code",
    }
    assert not [rule for rule in asks_for_one if given[rule]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_says_what_it_is_for(case: Path) -> None:
    readme = (case / "README.md").read_text()
    assert "Bytes:" in readme
    assert "Not:" in readme


def test_every_rule_has_a_hit_and_a_look_alike() -> None:
    for rule in rule_names():
        hit = expected(HERE / "cases" / rule)
        assert any(row.split()[1] == rule for row in hit["findings"]), rule
        assert hit["outcome"] == ("undecided" if rule in ("switch-turned-on", "unread-code", "hidden-code") else "refused")
        assert expected(HERE / "cases" / f"{rule}-look-alike")["outcome"] == "passed", rule


def test_twice_gives_the_same() -> None:
    for case in CASES:
        assert verdict(case) == verdict(case)
