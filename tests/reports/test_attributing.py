"""How the reports say which code can have sent something: never more than the clues, and nothing that a package smuggles in."""

from __future__ import annotations

import json

import pytest

from reports import documents
from vuoto.facts.origins import Found
from vuoto.reports import redact, render
from vuoto.reports.attributing import NO_PROOF

SAID: dict[Found, str] = {
    "found": (
        "The code that can have sent this: package com.example.carrier.activation 3.0 "
        "(system/priv-app/com.example.carrier.activation.apk), class com.example.carrier.activation.ActivationService "
        "(confidence 0.98). It holds the host zzhc.vnet.cn (in its code) and holds the field names IMEI1, SIM1ICCID and 30 more."
    ),
    "several": "2 packages hold code that can have sent this, and what was seen does not tell them apart: ",
    "not-in-build": "The code that sent this is not in this build: nothing in 15 packages points to it",
    "undecided": "Which code sent this is undecided: nothing in 15 packages points to it. The code of system/app/x.apk could not",
}


@pytest.mark.parametrize("outcome", SAID)
def test_the_sentence_for_each_answer(outcome: Found) -> None:
    text = " ".join(documents.attributed(outcome).summary.sentences)
    assert SAID[outcome] in text
    assert (NO_PROOF in text) == (outcome in ("found", "several"))


@pytest.mark.parametrize("outcome", SAID)
def test_terminal_and_page_hold_the_answer(outcome: Found) -> None:
    document = documents.attributed(outcome)
    terminal = render(document, "terminal", width=80).decode()
    assert max(len(line) for line in terminal.splitlines()) <= 80
    page = render(document, "html").decode()
    for text in (terminal, page):
        assert {"not-in-build": "not in this build", "several": "several fit"}.get(outcome, outcome) in text
        assert ("com.example.carrier.activation" in text) == (outcome in ("found", "several"))
    if outcome == "found":
        assert "+11.2" in page
        assert "-1.0" in page
        assert "La/b;-&gt;a()Ljava/lang/String;" in page
        assert "A way in the code that may be taken" in page


def test_a_hostile_package_smuggles_nothing_in() -> None:
    document = documents.attributed_to_a_hostile_package()
    page = render(document, "html").decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    terminal = render(document, "terminal", width=80, colour=False).decode()
    assert "\x1b" not in terminal
    assert "\u202e" not in terminal


def test_sarif_places_the_sender_beside_each_disclosure() -> None:
    results = json.loads(render(documents.attributed(), "sarif"))["runs"][0]["results"]
    first = next(r for r in results if r["ruleId"].startswith("disclosure/"))
    (place,) = first["relatedLocations"]
    assert [one["kind"] for one in place["logicalLocations"]] == ["package", "type", "function"]
    assert place["logicalLocations"][1]["fullyQualifiedName"] == "com.example.carrier.activation.ActivationService"
    assert NO_PROOF in place["message"]["text"]
    absent = json.loads(render(documents.attributed("not-in-build"), "sarif"))["runs"][0]["results"]
    assert not any("relatedLocations" in r for r in absent)


def test_a_redacted_copy_keeps_the_answer_and_no_value() -> None:
    text = render(redact(documents.attributed()), "json").decode()
    assert "com.example.carrier.activation" in text
    assert not any(value in text for kind, value, _ in documents.VALUES if kind in ("imei", "imsi", "iccid", "mac_address"))
