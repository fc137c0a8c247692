"""What strings of a stranger do to the forms of a difference, the gate's answer and a scope: nothing."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from firmware.comparing.devices import read
from vuoto.declarations import read_declaration
from vuoto.facts.gates import Waiver
from vuoto.firmware.comparing import compare
from vuoto.firmware.comparing.scoping import Asked, find_scope
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.gate import Question, judge
from vuoto.firmware.index import open_index, write_index
from vuoto.reports.changes import FORMS as CHANGES
from vuoto.reports.gates import FORMS as GATES
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.scopes import FORMS as SCOPES

PRIVACY: Final = Path(__file__).resolve().parents[1] / "firmware" / "gate" / "privacy.toml"
NASTY: Final = "com.example.\x1b[31m\u202e<b>&\"'`\n\x00]]>" + "x" * 3000
PACKAGE: Final[dict[str, Any]] = {
    "name": NASTY,
    "path": "system/app/n\u202eo/n.apk",
    "code": "client",
    "boot": True,
    "replace": {"Sender": "Se\ud800nder"},
}
OWN: Final = ("id", "aspect", "rule", "asks", "remedy", "direction", "concern", "outcome", "state", "as_of", "schema")
"""Fields whose texts are ours."""
HARMLESS: Final = RenderOptions(width=80)


def with_surrogates(fact: Any) -> Any:
    """The fact with half a character at the end of each text, as an index that somebody made could hold it."""
    if isinstance(fact, str):
        return f"{fact}\ud800"
    if isinstance(fact, tuple):
        return tuple(with_surrogates(item) for item in fact)
    if is_dataclass(fact) and not isinstance(fact, type):
        return replace(fact, **{f.name: with_surrogates(getattr(fact, f.name)) for f in fields(fact) if f.name not in OWN})
    return fact


def harmless(data: bytes) -> str:
    text = data.decode("utf-8")
    assert all(character == "\n" or character.isprintable() for character in text)
    return text


@pytest.fixture(scope="module")
def builds() -> tuple[Any, Any]:
    properties = {"ro.product.model": "\u202eTA", "ro.build.version.incremental": "7\x1b"}
    return read({"properties": properties, "package": [{"name": "com.example.plain"}]}, "old\x1b"), read(
        {"properties": properties, "package": [PACKAGE, {"name": "com.example.plain"}]}, "new\x1b<"
    )


def case_verdicts() -> list[tuple[str, Any]]:
    """The answer of every case of the gate."""
    from firmware.gate.test_cases import CASES, verdict

    return [(case.name, verdict(case)) for case in CASES]


@pytest.fixture(scope="module")
def sarif_schema(node_modules: Path) -> Any:
    return json.loads(
        (node_modules / "@microsoft" / "jest-sarif" / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8-sig")
    )


def valid(data: bytes, schema: Any) -> dict[str, Any]:
    """The only run of a log that holds against the schema, and against what GitHub asks beside it."""
    log = json.loads(data)
    jsonschema.Draft7Validator(schema).validate({k: v for k, v in log.items() if k != "$schema"})
    run: dict[str, Any] = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"].endswith(".")
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert result.get("kind", "fail") == "fail" or result["level"] == "none"  # 3.27.10
    return run


def test_sarif_of_the_gate_holds_against_its_schema(sarif_schema: Any) -> None:
    for name, verdict in case_verdicts():
        run = valid(GATES["sarif"].render(verdict, HARMLESS), sarif_schema)
        assert len(run["results"]) == len(verdict.findings), name
        prints = [result["partialFingerprints"]["vuotoGate/v1"] for result in run["results"]]
        assert len(set(prints)) == len(prints), name
        assert all(rule["help"]["text"].endswith(".") for rule in run["tool"]["driver"]["rules"])


def test_sarif_of_a_difference_holds_against_its_schema(sarif_schema: Any) -> None:
    from firmware.comparing.test_cases import CASES, difference

    for case in CASES:
        found = difference(case)
        run = valid(CHANGES["sarif"].render(found, HARMLESS), sarif_schema)
        assert len(run["results"]) == len(found.changes)


def test_junit_names_each_case_once_and_says_what_to_do() -> None:
    for name, verdict in case_verdicts():
        root = ET.fromstring(GATES["junit"].render(verdict, HARMLESS))
        cases = [(one.attrib["classname"], one.attrib["name"]) for one in root.iter("testcase")]
        assert len(set(cases)) == len(cases), name
        remedies = {answer.rule: answer.remedy for answer in verdict.rules}
        for one in root.iter("testcase"):
            for wrong in (*one.findall("failure"), *one.findall("error")):
                assert (wrong.text or "").endswith(f"{remedies[one.attrib['classname']]}.")


def test_the_answer_ends_with_what_to_do() -> None:
    for name, verdict in case_verdicts():
        text = " ".join(GATES["terminal"].render(verdict, HARMLESS).decode().split())
        open_ = {one.rule for one in verdict.findings if one.waiver is None}
        assert ("What to do" in text) == bool(open_), name
        assert ("--allow-undecided" in text) == (verdict.outcome == "undecided"), name
        for answer in verdict.rules:
            assert (f"{answer.rule}: {answer.remedy}." in text) == (answer.rule in open_), name


def test_of_a_difference(builds: tuple[Any, Any]) -> None:
    difference = with_surrogates(compare(*builds))
    assert difference.added == 1
    text = harmless(CHANGES["terminal"].render(difference, HARMLESS))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "\\x1b[31m\\u202e<b>" in text
    for form in ("json", "sarif"):
        json.loads(CHANGES[form].render(difference, HARMLESS))
    harmless(CHANGES["sarif"].render(difference, HARMLESS))
    coloured = CHANGES["terminal"].render(difference, RenderOptions(width=80, colour=True)).decode()
    assert "\x1b[31m\u202e" not in coloured


def test_of_the_gate(builds: tuple[Any, Any]) -> None:
    declaration = read_declaration(PRIVACY.read_bytes(), "privacy.toml")
    waiver = Waiver(
        number=1, rule="boot-trigger", package=None, subject="boot", owner="\x1bO<", reason="\u202e&", expires=date(2019, 6, 30)
    )
    question = Question(build=builds[1], declaration=declaration, variant=declaration.variants[0], baseline=builds[0])
    verdict = with_surrogates(judge(question, (waiver,), date(2019, 2, 1)))
    assert len(verdict.findings) == 3
    text = harmless(GATES["terminal"].render(verdict, HARMLESS))
    assert all(len(line) <= 80 for line in text.splitlines())
    harmless(GATES["sarif"].render(verdict, HARMLESS))
    root = ET.fromstring(harmless(GATES["junit"].render(verdict, HARMLESS)))
    assert len(root.findall(".//testcase")) >= len(verdict.findings)
    assert json.loads(GATES["json"].render(verdict, HARMLESS))["outcome"] == "refused"


def test_of_a_scope(builds: tuple[Any, Any]) -> None:
    index = open_index(BytesBlob(write_index(builds[1])), "new")
    found = find_scope([("a\x1b.vfx", index), ("b\u202e.vfx", "is \x1b broken")], Asked(kind="host", what="example.net"))
    text = harmless(SCOPES["terminal"].render(found, HARMLESS))
    assert all(len(line) <= 80 for line in text.splitlines())
    json.loads(SCOPES["json"].render(found, HARMLESS))
