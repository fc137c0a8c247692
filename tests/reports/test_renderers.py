from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import documents
from vuoto.errors import UsageError
from vuoto.facts.document import AuditDocument
from vuoto.reports import RENDERERS, render
from vuoto.reports.showing import visible

ROOT = Path(__file__).parents[2]
ALL = (
    documents.incident, documents.empty, documents.encrypted_only, documents.three_recipients, documents.hostile,
)  # fmt: skip
SCHEMA = json.loads((ROOT / "docs" / "reference" / "audit.schema.json").read_text("utf-8"))


def unseen(text: str) -> set[str]:
    """Characters that a terminal, a browser or a reader does not show as they are; line ends are ours."""
    return {c for c in text if c not in "\r\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


def test_the_formats_of_the_contract() -> None:
    assert set(RENDERERS) == {"terminal", "json", "csv", "sarif", "html"}
    assert len({r.file_name for r in RENDERERS.values()}) == len(RENDERERS)


def test_an_unknown_format_is_an_error_of_the_users() -> None:
    with pytest.raises(UsageError, match="unknown format 'pdf'"):
        render(documents.incident(), "pdf")


@pytest.mark.parametrize("build", ALL, ids=lambda b: b.__name__)
@pytest.mark.parametrize("form", sorted(RENDERERS))
def test_same_document_same_bytes_and_nothing_unseen(form: str, build: Callable[[], AuditDocument]) -> None:
    document = build()
    data = render(document, form)
    assert data == render(build(), form)
    assert data.endswith(b"\n")
    if form != "json":
        text = data.decode("utf-8")
        assert unseen(text.replace("\t", "")) == set()
    # The JSON escapes controls itself; anything that it leaves is data, for the program that reads it to escape.


@pytest.mark.parametrize("form", sorted(RENDERERS))
def test_a_document_of_thousands_renders(form: str) -> None:
    assert render(documents.huge(2_500), form)


def test_hash_order_changes_nothing() -> None:
    code = (
        "import sys, hashlib; sys.path[:0] = ['src', '.']; from tests.reports import documents;"
        "from vuoto.reports import render, RENDERERS;"
        "d = documents.three_recipients();"
        "print([hashlib.sha256(render(d, f)).hexdigest() for f in sorted(RENDERERS)])"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


# ── JSON ──


@pytest.mark.parametrize("build", ALL, ids=lambda b: b.__name__)
def test_json_is_the_contract(build: Callable[[], AuditDocument]) -> None:
    data = json.loads(render(build(), "json"))
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert data["schema"] == "vuoto.audit/1"
    assert list(data) == sorted(data)


def test_json_holds_the_keys_of_the_contract_and_the_words_of_the_device() -> None:
    data = json.loads(render(documents.incident(), "json"))
    assert set(data) == {
        "schema", "tool", "inputs", "device", "flows", "disclosures", "recipients", "verdicts", "origins", "problems", "summary",
            "attributions", "build",
    }  # fmt: skip
    assert data["origins"][0]["class"] == "com.qualcomm.qti.autoregistration.RegistrationTask"
    assert "class_" not in data["origins"][0]
    row = data["disclosures"][0]
    assert row["kind"] == "imei"
    assert row["form"] == ["base64", "json"]
    assert row["evidence"]["frames"] == [12, 15]
    assert row["field"] == "request body › base64 › /IMEI1"


def test_json_is_what_the_schema_refuses_otherwise() -> None:
    data = json.loads(render(documents.incident(), "json"))
    for path, bad in (
        (("disclosures", 0, "certainty"), "sure"),
        (("flows", 0, "bytes_out"), "many"),
        (("schema",), "vuoto.audit/2"),
    ):
        broken: Any = json.loads(json.dumps(data))
        *to, last = path
        here = broken
        for step in to:
            here = here[step]
        here[last] = bad
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA, cls=jsonschema.Draft202012Validator)
    del data["origins"][0]["class"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_json_writes_lone_surrogates_as_replacement_characters() -> None:
    data = json.loads(render(documents.hostile(), "json"))
    assert "\ufffdlone" in [d["value"] for d in data["disclosures"]]
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)


# ── CSV ──


def rows_of(document: AuditDocument) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(document, "csv").decode("utf-8"), newline=""), strict=True))


def test_csv_has_a_row_per_disclosure() -> None:
    document = documents.incident()
    rows = rows_of(document)
    assert [r["id"] for r in rows] == [d.id for d in document.disclosures]
    first = rows[0]
    assert (first["kind"], first["country"], first["count"], first["frames"]) == ("imei", "China", "3", "frame.number in {12,15}")
    assert first["recipient"] == "zzhc.vnet.cn"
    assert "transfer (eu): no-declared-basis" in first["outcomes"]
    assert render(document, "csv").count(b"\r\n") == len(rows) + 1


@pytest.mark.parametrize("value", ["=1+1", "+47 123", "-12.5", "@SUM(A1)", "\t=1", "\r=1", " =1", "|calc", "＝1"])
def test_csv_runs_no_formula(value: str) -> None:
    document = documents.incident()
    row = replace(document.disclosures[0], value=value, field=value)
    cells = rows_of(replace(document, disclosures=(row,)))[0]
    for cell in (cells["value"], cells["field"]):
        assert cell[0] in "'\\"
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "|", "＝"))


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_csv_survives_any_text(texts: list[str]) -> None:
    base = documents.incident()
    rows = tuple(replace(base.disclosures[0], value=t, field=t, certainty_why=t, id=t) for t in texts)
    assert len(rows_of(replace(base, disclosures=rows))) == len(texts)


# ── SARIF ──


@pytest.fixture(scope="module")
def sarif_schema(node_modules: Path) -> Any:
    return json.loads(
        (node_modules / "@microsoft" / "jest-sarif" / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8-sig")
    )


@pytest.mark.parametrize("build", [*ALL, documents.huge], ids=lambda b: b.__name__)
def test_sarif_holds_against_its_schema(build: Callable[[], AuditDocument], sarif_schema: Any) -> None:
    log = json.loads(render(build(), "sarif"))
    jsonschema.Draft7Validator(sarif_schema).validate({k: v for k, v in log.items() if k != "$schema"})


def test_sarif_says_what_a_gate_must_know() -> None:
    run = json.loads(render(documents.incident(), "sarif"))["runs"][0]
    rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert all(rules[r["ruleIndex"]] == r["ruleId"] for r in run["results"])
    by_rule = {r["ruleId"]: r for r in run["results"]}
    imei = by_rule["disclosure/imei"]
    assert imei["level"] == "error"
    assert imei["locations"][0]["physicalLocation"]["artifactLocation"] == {"index": 0, "uri": "nokia-7-plus.pcapng"}
    assert "region" not in imei["locations"][0]["physicalLocation"]
    assert imei["properties"]["frames"] == [12, 15]
    assert by_rule["disclosure/device_model"]["level"] == "note"
    assert by_rule["transfer/no-declared-basis"]["level"] == "error"
    assert by_rule["terminal-equipment/undecided"]["level"] == "warning"
    prints = [json.dumps(r["partialFingerprints"], sort_keys=True) for r in run["results"]]
    assert len(set(prints)) == len(prints)
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("nokia-7-plus.pcapng, frame 2913")


def test_sarif_has_no_result_for_what_is_in_order() -> None:
    run = json.loads(render(documents.three_recipients(), "sarif"))["runs"][0]
    assert not {"transfer/adequate", "transparency/declared"} & {r["ruleId"] for r in run["results"]}


# ── terminal ──


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("build", ALL, ids=lambda b: b.__name__)
def test_terminal_keeps_to_its_width(build: Callable[[], AuditDocument], width: int) -> None:
    text = render(build(), "terminal", width=width).decode("utf-8")
    assert max(len(line) for line in text.splitlines()) <= width


def test_terminal_says_the_sentences_first_then_the_table_then_the_rest() -> None:
    text = render(documents.incident(), "terminal").decode("utf-8")
    flat = " ".join(text.split())
    order = ("IMEI, ICCID, IMSI", "The media type claims", "Data Recipient Country Verdict", "Could not be read", "Problems")
    places = [flat.index(words) for words in order]
    assert places == sorted(places)
    assert "no declared basis" in text
    assert "host4.example.com" in text


def test_terminal_tells_a_long_reason_once_for_hosts_one_under_another() -> None:
    long = "looks like QUIC, begun before the capture; without its first packets nothing can be told"
    short = "TLS 1.3; no key log was given"
    reasons = (long, long, short, long)
    flows = tuple(
        documents.flow(n, f"host{n}.example", f"203.0.113.{n}:443", protection="unknown", why_not_decrypted=why, bytes_out=9 - n)
        for n, why in enumerate(reasons)
    )
    text = " ".join(render(replace(documents.incident(), flows=flows), "terminal", width=160).decode("utf-8").split())
    table = text.partition("Could not be read")[2].partition("Problems")[0]
    assert table.count(long) == 2
    assert table.count("as above") == 1
    assert table.index("host1.example") < table.index("as above") < table.index("host2.example") < table.index(short)


def test_terminal_writes_colours_only_when_asked() -> None:
    assert b"\x1b[" not in render(documents.incident(), "terminal")
    assert b"\x1b[" in render(documents.incident(), "terminal", colour=True)


def test_terminal_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render(documents.incident(), "terminal")
    for name, value in (("COLUMNS", "20"), ("FORCE_COLOR", "1"), ("TTY_COMPATIBLE", "1"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    assert render(documents.incident(), "terminal") == before


def test_terminal_gives_hostile_text_no_control() -> None:
    text = render(documents.hostile(), "terminal", colour=True).decode("utf-8")
    without_ours = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert unseen(without_ours) == set()
    assert "]0;owned" in without_ours.replace("\n", "").replace(" ", "")
    assert "[bold" in without_ours


# ── showing ──


@given(st.text(st.characters(codec=None), max_size=200))
@settings(max_examples=200, deadline=None)
def test_visible_leaves_nothing_unseen(text: str) -> None:
    shown = visible(text)
    assert {
        c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(c) in _BIDI
    } == set()
    shown.encode("utf-8")


_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize("text", ["plain", "Größe", "中国电信", "العربية", "• ›", "👩\u200d🚀"[:1]])
def test_visible_leaves_what_is_seen(text: str) -> None:
    assert visible(text) == text


def test_visible_cuts_what_nobody_reads() -> None:
    assert visible("a" * 1000).endswith("… (600 more characters)")
