from __future__ import annotations

import csv
import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from vuoto.declarations import EXPORTS, export, read_declaration
from vuoto.declarations.wording import wording
from vuoto.errors import UsageError
from vuoto.facts.declarations import Declaration

WHOLE = (Path(__file__).parent / "cases" / "whole" / "input.toml").read_bytes()
EVIL = '=HYPERLINK("x")</h3><script>alert(1)</script>'


def declaration() -> Declaration:
    return read_declaration(WHOLE, "own.toml")


def hostile() -> Declaration:
    whole = declaration()
    return replace(
        whole,
        version=EVIL,
        controller=replace(whole.controller, name=EVIL, contact=EVIL),
        recipients=tuple(replace(r, name=EVIL) for r in whole.recipients),
        processing=tuple(replace(p, title=(("en", EVIL),), purpose=EVIL, events=(EVIL,)) for p in whole.processing),
    )


def test_every_form_is_tested_here() -> None:
    assert sorted(EXPORTS) == ["dpv", "fides", "notice", "record-csv", "record-json"]


@pytest.mark.parametrize("name", ["dpv", "fides", "notice", "record-csv", "record-json"])
def test_same_bytes_each_time(name: str) -> None:
    assert export(declaration(), name) == export(declaration(), name)
    export(hostile(), name).decode()
    empty = replace(declaration(), recipients=(), processing=(), variants=())
    assert export(empty, name)


def test_unknown_form() -> None:
    with pytest.raises(UsageError, match="Known: dpv"):
        export(declaration(), "pdf")


def test_record_json() -> None:
    record = json.loads(export(declaration(), "record-json"))
    activity = record["activities"][1]
    assert activity["key"] == "user-experience"
    assert activity["recipients"][0]["transfer"] == {
        "tool": "adequacy",
        "reference": "EU-US-DPF",
        "since": "2023-09-01",
        "until": None,
    }
    assert record["controller"]["lead_authority"] == "FI"


def rows(of: Declaration) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(export(of, "record-csv").decode(), newline="")))


def test_record_csv() -> None:
    found = rows(declaration())
    assert [(r["activity"], r["recipient"]) for r in found] == [
        ("activation", "Example Mobile Oy, telemetry"),
        ("user-experience", "Crash Analytics Inc."),
        ("user-experience", "Example Mobile Oy, telemetry"),
    ]
    assert found[1]["transfer_reference"] == "EU-US-DPF"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", " =", "＝"])
def test_record_csv_runs_no_formula(start: str) -> None:
    whole = declaration()
    evil = replace(whole, processing=tuple(replace(p, purpose=start + "1+1") for p in whole.processing))
    for row in rows(evil):
        assert row["purpose"].startswith("'")
    assert rows(whole)[0]["purpose"].startswith("Start the warranty")


def test_dpv() -> None:
    document = json.loads(export(declaration(), "dpv"))
    nodes: dict[str, Any] = {n["@id"]: n for n in document["@graph"]}
    process = nodes["#process-user-experience"]
    assert process["dpv:hasLegalBasis"] == {"@id": "eu-gdpr:A6-1-a"}
    assert process["dpv:hasProcess"][0]["dpv:hasLegalBasis"] == {"@id": "eu-gdpr:A45-3"}
    assert process["dpv:hasStorageCondition"]["dpv:hasDuration"]["dct:extent"]["@value"] == "P180D"
    assert nodes["#recipient-crash"]["@type"] == "dpv:DataProcessor"
    prefixes = set(document["@context"])
    used = set(re.findall(r'"([a-z-]+):[A-Za-z]', json.dumps(document["@graph"])))
    assert used <= prefixes
    links = re.findall(r'"@id": "(#recipient-[^"]+)"', json.dumps(document))
    assert set(links) <= set(nodes)


def test_dpv_names_the_point_of_a_derogation() -> None:
    text = WHOLE.replace(b'"adequacy"', b'"derogation"').replace(b"EU-US-DPF", b"49(1)(a)")
    assert b"eu-gdpr:A49-1-a" in export(read_declaration(text, "own.toml"), "dpv")
    unnamed = WHOLE.replace(b'"adequacy"', b'"derogation"').replace(b"EU-US-DPF", b"consent")
    assert b"A49" not in export(read_declaration(unnamed, "own.toml"), "dpv")


def test_fides() -> None:
    lines = export(declaration(), "fides").decode().splitlines()
    assert lines[:3] == ["system:", '  - fides_key: "crash"', '    name: "Crash Analytics Inc."']
    assert '      - "Adequacy Decision"' in lines
    assert '        legal_basis_for_processing: "Consent"' in lines
    # One value per line, each a JSON scalar or nothing: no text of the file can become structure.
    for line in export(hostile(), "fides").decode().splitlines():
        value = re.fullmatch(r" *(?:- )?(?:[a-z_]+:)? ?(.*)", line)
        assert value is not None
        if value.group(1) not in {"", "[]"}:
            json.loads(value.group(1))


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_notice() -> None:
    text = export(declaration(), "notice").decode()
    page = Page(text)
    style = text.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert [a["lang"] for t, a in page.tags if t == "section"] == ["en", "fi"]
    assert "Takuun aktivointi" in text
    assert "2 vuotta" in text
    assert "180 days" in text
    assert "You can switch this off." in text
    assert "United States (US)" in text
    assert not [t for t, a in page.tags if t in {"script", "img", "link", "iframe"} or any(k.startswith("on") for k in a)]
    assert "prefers-color-scheme:dark" in style
    assert [a["content"] for t, a in page.tags if a.get("name") == "viewport"] == ["width=device-width, initial-scale=1"]


def test_notice_says_from_when_until_when_a_transfer_rests_on_its_tool() -> None:
    assert "since 2023-09-01" in export(declaration(), "notice").decode()
    whole = declaration()
    ended = [
        replace(r, transfer=replace(r.transfer, since=None, until=date(2025, 12, 31))) if r.transfer else r
        for r in whole.recipients
    ]
    text = export(replace(whole, recipients=tuple(ended)), "notice").decode()
    assert "until 2025-12-31" in text
    assert "since" not in text.partition("Crash Analytics Inc.")[2].partition("</dl>")[0]


def test_notice_escapes() -> None:
    text = export(hostile(), "notice").decode()
    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("language", "iso", "said"),
    [
        ("en", "P1Y", "1 year"),
        ("en", "P1Y6M", "1 year, 6 months"),
        ("fi", "P1D", "1 päivä"),
        ("sv-FI", "P180D", "180 dagar"),
        ("no", "PT12H", "12 timer"),
        ("xx", "P2W", "2 weeks"),
        ("en", "nonsense", "nonsense"),
    ],
)
def test_durations(language: str, iso: str, said: str) -> None:
    assert wording(language).duration(iso) == said


def test_every_language_has_every_word() -> None:
    english = wording("en")
    for language in ("fi", "nb", "sv"):
        words = wording(language)
        assert words.language == language
        assert words.phrases.keys() == english.phrases.keys()
        assert all(words.phrases[k].strip() for k in words.phrases)
        assert words.units.keys() == english.units.keys()
