from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from transfers.situations import verdicts
from vuoto.facts.verdicts import Verdict
from vuoto.seams import plugins
from vuoto.transfers.jurisdiction import Jurisdiction
from vuoto.transfers.question import Question

CASES = Path(__file__).parent / "cases"


def _situations() -> list[tuple[str, str]]:
    found = []
    for folder in sorted(CASES.iterdir()):
        facts = tomllib.loads((folder / "input.toml").read_text())
        found += [(folder.name, key) for key in facts]
    return found


def _matches(verdict: Verdict, wanted: dict[str, Any]) -> bool:
    articles = {f"{c.law} {c.article}" for c in verdict.clauses}
    return (
        verdict.question == wanted["question"]
        and verdict.outcome == wanted["outcome"]
        and verdict.jurisdiction == wanted["jurisdiction"]
        and set(wanted.get("articles", ())) <= articles
        and all(any(text in b for b in verdict.because) for text in wanted.get("because", ()))
        and all(any(text in m for m in verdict.missing) for text in wanted.get("missing", ()))
        and list(verdict.notes) == wanted.get("notes", list(verdict.notes))
        and verdict.as_of == wanted.get("as_of", verdict.as_of)
        and list(verdict.kinds) == wanted.get("kinds", list(verdict.kinds))
    )


@pytest.mark.parametrize(("folder", "key"), _situations())
def test_case(folder: str, key: str) -> None:
    facts = tomllib.loads((CASES / folder / "input.toml").read_text())[key]
    expected = json.loads((CASES / folder / "expect.json").read_text())[key]
    found = verdicts(facts)
    if not expected:
        assert found == ()
    transfers = [v for v in found if v.question == "transfer"]
    wanted_transfers = [w for w in expected if w["question"] == "transfer"]
    if wanted_transfers:
        assert len(transfers) == len(wanted_transfers), transfers
    for wanted in expected:
        if wanted.get("absent"):
            assert not [v for v in found if v.question == wanted["question"]]
            continue
        matching = [v for v in found if _matches(v, wanted)]
        same = [v for v in found if v.question == wanted["question"]]
        assert len(matching) == 1, same


def test_every_folder_is_whole() -> None:
    for folder in CASES.iterdir():
        readme = (folder / "README.md").read_text()
        assert all(word in readme for word in ("Purpose:", "Origin:", "Must not be found:")), folder
        assert (
            tomllib.loads((folder / "input.toml").read_text()).keys() == json.loads((folder / "expect.json").read_text()).keys()
        )


def test_every_jurisdiction_and_question_has_a_case() -> None:
    wanted = [w for folder in CASES.iterdir() for ws in json.loads((folder / "expect.json").read_text()).values() for w in ws]
    jurisdictions = {j.id for j in plugins("vuoto.transfers.jurisdictions", Jurisdiction, "JURISDICTION")}
    questions = {q.id for q in plugins("vuoto.transfers.questions", Question, "QUESTION")}
    assert {w.get("jurisdiction") for w in wanted} >= jurisdictions
    assert {w["question"] for w in wanted} == questions | {"transfer"}
