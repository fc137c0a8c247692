from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transfers.situations import declaration, disclosure, recipient, verdicts
from vuoto.facts.countries import COUNTRIES
from vuoto.facts.device import Device
from vuoto.facts.vocabulary import KINDS, Outcome, Protection
from vuoto.transfers import judge_transfers
from vuoto.transfers.lawbook import FILES, _shipped, lawbook, read_lawbook
from vuoto.transfers.safeguards import derogation_point

TO_CHINA: dict[str, Any] = {
    "host": "zzhc.vnet.cn",
    "country": "CN",
    "device_country": "FI",
    "kinds": ["imei"],
    "times": ["2019-02-20"],
}
DECLARED: dict[str, Any] = {
    "name": "Recipient Inc.",
    "hosts": ["api.example.test", "192.0.2.7"],
    "role": "processor",
    "data": ["imei"],
    "legal_basis": "consent",
    "opt_out": True,
    "controller_country": "FI",
}


def test_possible_is_not_judged() -> None:
    assert verdicts(TO_CHINA | {"certainty": "possible"}) == ()
    assert verdicts(TO_CHINA | {"certainty": "likely"})


def test_local_recipient_gets_no_verdict() -> None:
    assert verdicts(TO_CHINA | {"local": True}) == ()


def test_no_disclosures() -> None:
    assert judge_transfers([], [recipient(TO_CHINA)], None, Device(), as_of=None) == ()


def test_clear_and_protected_are_told_apart() -> None:
    sent = [replace(disclosure("imei", {"times": ["2026-01-01"]}), id="a", protection=p) for p in ("none",)]
    sent += [replace(disclosure("email", {"times": ["2026-01-01"]}), id="b", protection="tls1.3")]
    found = judge_transfers(sent, [recipient(TO_CHINA)], None, Device(country="FI"), as_of=None)
    security = [(v.outcome, v.kinds, v.disclosures) for v in found if v.question == "security"]
    assert security == [("protected", ("email",), ("b",)), ("unprotected", ("imei",), ("a",))]


def test_order_of_the_input_changes_nothing() -> None:
    sent = [disclosure(k, {"times": ["2020-07-16", "2020-07-17"]}) for k in ("imei", "iccid", "email")]
    there = replace(recipient(TO_CHINA), country="US")
    other = replace(there, id="q", host="other.example.test")
    sent += [replace(d, id=d.id + "q", recipient="q") for d in sent]
    one = judge_transfers(sent, [there, other], None, Device(country="FI"), as_of=None)
    two = judge_transfers(sent[::-1], [other, there], None, Device(country="FI"), as_of=None)
    assert one == two
    assert len({v.id for v in one}) == len(one)


def test_recipient_declared_by_its_address() -> None:
    from vuoto.facts.recipients import Address

    address = Address(ip="192.0.2.7", asn=None, as_name=None, as_country=None, registry_country=None, sources=())
    there = replace(recipient(TO_CHINA), host=None, country="FI", addresses=(address,))
    sent = [disclosure("imei", {"times": ["2026-01-01"]})]
    found = judge_transfers(sent, [there], declaration(DECLARED), Device(), as_of=None)
    assert [v.outcome for v in found if v.question == "transparency"] == ["declared"]


def test_secondary_sources_are_marked_in_the_verdict() -> None:
    found = verdicts(TO_CHINA | {"country": "CH"})
    cited = [c for v in found for c in v.clauses if c.law == "Decision 2000/518/EC"]
    assert [c.rests_on for c in cited] == ["two agreeing secondary sources"]
    hungary = verdicts(TO_CHINA | {"country": "HU", "times": ["2003-01-01"]})
    assert [c.rests_on for v in hungary for c in v.clauses if c.law == "Decision 2000/519/EC"] == [None]


@pytest.mark.parametrize(
    ("file", "row", "key", "value", "facts"),
    [
        ("decisions.json", "EU-CH", "to", "2019-02-19", {"country": "CH"}),
        ("decisions.json", "EU-US-PS", "to", "2019-02-19", {"country": "US"}),
        ("decisions.json", "EU-JP", "from", "2019-02-21", {"country": "JP"}),
        ("decisions.json", "GB-BRIDGE", "to", "2021-06-26", {"country": "GB", "times": ["2021-06-27"]}),
        ("decisions.json", "EU-CA", "scope", "whole-jurisdiction", {"country": "CA"}),
    ],
)
def test_a_changed_row_changes_the_answer(file: str, row: str, key: str, value: str, facts: dict[str, Any]) -> None:
    texts = {name: _shipped()[name] for name in FILES}
    document = json.loads(texts[file])
    next(r for r in document["rows"] if r["id"] == row)[key] = value
    changed = read_lawbook(texts | {file: json.dumps(document).encode()})
    before = [v.outcome for v in verdicts(TO_CHINA | facts) if v.question == "transfer"]
    after = [v.outcome for v in verdicts(TO_CHINA | facts, changed) if v.question == "transfer"]
    assert before != after


def test_a_changed_membership_changes_the_answer() -> None:
    document = json.loads(_shipped()["membership.json"])
    document["rows"] = [r for r in document["rows"] if r["country"] != "EE"]
    changed = read_lawbook({name: _shipped()[name] for name in FILES} | {"membership.json": json.dumps(document).encode()})
    facts = TO_CHINA | {"country": "EE"}
    assert [v.outcome for v in verdicts(facts) if v.question == "transfer"] == ["within-eea"]
    assert [v.outcome for v in verdicts(facts, changed) if v.question == "transfer"] == ["no-declared-basis"]


@pytest.mark.parametrize(
    ("reference", "point"),
    [
        ("49(1)(a)", "a"),
        ("art. 49(1)(g)", "g"),
        ("A49-1-b", "b"),
        ("49(1)", None),
        (None, None),
        ("49 consent", None),
        ("Article 49", None),
    ],
)
def test_derogation_point(reference: str | None, point: str | None) -> None:
    assert derogation_point(reference) == point


PLACES = st.one_of(st.sampled_from(sorted(COUNTRIES)), st.sampled_from(["EU", "ZZ", "", "fi", "x" * 9]), st.none())
TOOL_WORDS = ("adequacy", "scc", "bcr", "code-of-conduct", "certification", "ad-hoc", "derogation")
REFERENCES = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(["EU-US-DPF", "Privacy Shield", "2010/87", "2021/914", "49(1)(b)", "(EU) 2026/179"]),
)
DAYS = st.dates(date(1960, 1, 1), date(2060, 1, 1))
TRANSFERS = st.builds(
    lambda tool, reference, since, until: {"tool": tool, "reference": reference, "since": since, "until": until},
    st.sampled_from(TOOL_WORDS),
    REFERENCES,
    st.none() | DAYS,
    st.none() | DAYS,
)
DECLARATIONS = st.none() | st.builds(
    lambda transfer, country, controller, role: (
        DECLARED | {"transfer": transfer, "country": country, "controller_country": controller or "FI", "role": role}
    ),
    st.none() | TRANSFERS,
    PLACES,
    PLACES,
    st.sampled_from(["controller", "processor", "joint-controller", "third-party"]),
)
SITUATIONS = st.fixed_dictionaries(
    {
        "host": st.sampled_from(["api.example.test", "zzhc.vnet.cn"]),
        "country": PLACES,
        "device_country": PLACES,
        "kinds": st.lists(st.sampled_from([*sorted(KINDS), "custom:x"]), min_size=1, max_size=5, unique=True),
        "protection": st.sampled_from(get_args(Protection)),
        "times": st.lists(DAYS.map(str) | st.text(max_size=12), max_size=4),
        "as_of": st.none() | DAYS,
        "declaration": DECLARATIONS,
    }
)


@settings(max_examples=300, deadline=None)
@given(SITUATIONS)
def test_there_is_always_an_answer(facts: dict[str, Any]) -> None:
    found = verdicts(facts)
    assert found == verdicts(facts)
    assert {v.question for v in found} >= {"transfer", "security", "transparency", "minimisation"}
    assert len({v.id for v in found}) == len(found)
    for verdict in found:
        assert verdict.outcome in get_args(Outcome)
        assert verdict.clauses
        assert verdict.because
        assert set(verdict.kinds) <= set(facts["kinds"])
        assert verdict.outcome != "undecided" or verdict.missing
        words = " ".join((*verdict.because, *verdict.missing, *(c.says for c in verdict.clauses))).lower()
        assert not any(word in words for word in ("illegal", "unlawful", "violat", "breach"))
    if facts["country"] == "CN" and not facts["declaration"]:
        assert "adequate" not in {v.outcome for v in found}


@pytest.mark.parametrize(
    ("country", "day"), list(product(["US", "JP", "KR", "GB", "BR", "CN", "CA"], ["2019-02-20", "2021-06-01", "2026-06-01"]))
)
def test_the_same_capture_judged_on_three_days(country: str, day: str) -> None:
    held = {
        "US": ("undecided", "no-declared-basis", "undecided"),
        "JP": ("undecided", "undecided", "undecided"),
        "KR": ("no-declared-basis", "no-declared-basis", "undecided"),
        "GB": ("within-eea", "within-eea", "adequate"),
        "BR": ("no-declared-basis", "no-declared-basis", "undecided"),
        "CN": ("no-declared-basis", "no-declared-basis", "no-declared-basis"),
        "CA": ("undecided", "undecided", "undecided"),
    }[country]
    found = verdicts(TO_CHINA | {"country": country, "as_of": date.fromisoformat(day)})
    expected = held[["2019-02-20", "2021-06-01", "2026-06-01"].index(day)]
    assert [v.outcome for v in found if v.question == "transfer"] == [expected]
    assert {v.as_of for v in found} == {day}


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, vuoto.transfers; print(sorted({'numpy', 'hashlib', 'orjson', 'tomllib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.strip() == "[]"


def test_law_book_ends_on_the_day_it_says() -> None:
    assert lawbook().as_of == date(2026, 11, 24)


def _from(country: str, day: str) -> dict[str, Any]:
    return TO_CHINA | {"device_country": country, "times": [day], "protection": "none"}


def test_guidance_later_than_the_day_is_said_to_be_later() -> None:
    then, now = (verdicts(_from("FI", day)) for day in ("2019-02-20", "2026-01-01"))
    cited = {c.law for v in then for c in v.clauses if c.law.startswith("EDPB")}
    assert cited == {"EDPB Guidelines 05/2021 v2.0 (14 February 2023)", "EDPB Guidelines 2/2023 v2.0 (7 October 2024)"}
    for law in cited:
        assert any(
            b == f"{law} came after 2019-02-20: cited for how it reads the law, not as the law of that day"
            for v in then
            for b in v.because
        )
    assert not [b for v in now for b in v.because if "came after" in b]


def test_the_boards_guidelines_are_not_cited_for_the_directive_or_for_british_law() -> None:
    before = next(v for v in verdicts(_from("FI", "2016-05-01")) if v.question == "transfer")
    british = verdicts(_from("GB", "2021-03-01"))
    assert before.outcome == "no-declared-basis"
    assert {v.jurisdiction for v in british} == {"uk"}
    assert not [c.law for v in (before, *british) for c in v.clauses if c.law.startswith("EDPB")]


def test_no_reason_under_the_directive_quotes_an_article_of_the_gdpr() -> None:
    said = [text for v in verdicts(_from("FI", "2016-05-01")) for text in (*v.because, *v.missing)]
    assert not [text for text in said if "art. 4" in text]


def cited(day: str, reference: str) -> set[str]:
    """The laws that the answer on a transfer to India rests on, where clauses of that name are declared."""
    tool = {"tool": "scc", "reference": reference}
    facts = TO_CHINA | {"country": "IN", "times": [day], "host": "api.example.test"}
    (answer,) = (v for v in verdicts(facts | {"declaration": DECLARED | {"transfer": tool}}) if v.question == "transfer")
    return {clause.law for clause in answer.clauses}


def test_the_judgment_is_cited_from_its_day_on() -> None:
    judgment = "Judgment C-311/18 (16 July 2020)"
    assert judgment in cited("2020-07-16", "2010/87")
    assert judgment not in cited("2020-07-15", "2010/87")


def test_of_clauses_that_are_named_no_others_are_cited() -> None:
    assert {law for law in cited("2023-01-01", "2010/87") if law.startswith("Decision")} == {"Decision 2010/87/EU"}
