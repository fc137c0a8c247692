"""The data test of the law table: what is wrong in it would be wrong in every verdict."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from vuoto.facts.countries import COUNTRIES
from vuoto.transfers import references
from vuoto.transfers.lawbook import FILES, Lawbook, lawbook

LAW = Path(__file__).parents[2] / "src/vuoto/transfers/law"
INSTRUMENT = re.compile(r"\d{4}/\d{1,4}/(EC|EU)|\(EU\) \d{4}/\d{1,4}")
IDS = [
    "EU-CH",
    "EU-CA",
    "EU-AR",
    "EU-GG",
    "EU-IM",
    "EU-JE",
    "EU-FO",
    "EU-AD",
    "EU-IL",
    "EU-UY",
    "EU-NZ",
    "EU-JP",
    "EU-KR",
    "EU-US-DPF",
    "EU-EPO",
    "EU-BR",
    "GB-MEMBER",
    "GB-TRANSITION",
    "GB-BRIDGE",
    "EU-GB-2021",
    "EU-GB-EXT",
    "EU-GB-2025",
    "EU-HU",
    "EU-US-SH",
    "EU-US-PS",
]


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((LAW / name).read_text())["rows"]
    return found


DECISIONS = rows("decisions.json")
SWISS_DAYS = (date(2023, 8, 31), date(2023, 9, 1), date(2024, 9, 14), date(2024, 9, 15))


def test_all_rows_are_there() -> None:
    assert sorted(r["id"] for r in DECISIONS) == sorted(IDS)
    assert len(IDS) == 25


@pytest.mark.parametrize("row", DECISIONS, ids=lambda r: r["id"])
def test_decision(row: dict[str, Any]) -> None:
    if row["kind"] == "adequacy" and "NOT confirmed" not in row["instrument"]:
        assert INSTRUMENT.fullmatch(row["instrument"])
        year, number = re.findall(r"\d+", row["instrument"])[:2]
        assert row["celex"] == f"3{year}D{int(number):04d}"
        assert row["adopted"][:4] == year or row["id"] in {"EU-NZ", "EU-KR", "EU-CA"}  # numbered in the year of publication
    days = [row[k] for k in ("adopted", "published") if row[k]]
    assert days == sorted(days)
    assert row["to"] is None or row["from"] <= row["to"]
    assert row["adopted"] is None or row["adopted"] <= row["from"]
    assert (row["to"] is None) or row["end_reason"] or row["id"] == "EU-GB-2025"
    assert row["country"] in COUNTRIES or row["country"].startswith("IO:")
    assert (row["scope"] == "whole-jurisdiction") == (row["question"] is None)


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_a_source_and_says_what_it_rests_on(name: str) -> None:
    for row in rows(name):
        assert row["rests_on"]
        assert row["sources"]
        assert all(s.strip() for s in row["sources"])
        if name in {"decisions.json", "lists.json", "tools.json"}:
            assert row["read_at"].startswith("http")


def test_no_two_rows_hold_at_once_unless_one_renews_the_other() -> None:
    keyed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in DECISIONS:
        keyed.setdefault((row["country"], row["kind"], row["scope"]), []).append(row)
    for row in rows("membership.json"):
        keyed.setdefault(("member", row["country"]), []).append(row)
    for group in keyed.values():
        for earlier, later in pairwise(sorted(group, key=lambda r: r["from"])):
            assert (earlier["to"] and earlier["to"] < later["from"]) or later.get("follows") == earlier["id"]


LISTINGS = rows("lists.json")


@pytest.mark.parametrize("row", LISTINGS, ids=lambda r: r["id"])
def test_listing(row: dict[str, Any]) -> None:
    kept = json.loads((LAW / "lists.json").read_text())["lists"][row["by"]]
    assert row["countries"] == sorted(set(row["countries"]))
    assert set(row["countries"]) <= set(COUNTRIES)
    assert {"uk": "GB", "ch": "CH"}[row["by"]] not in row["countries"]
    assert kept["from"] <= row["from"] <= kept["known_to"]
    assert row["to"] is None
    assert row["end_reason"] is None
    assert (row["scope"] == "whole-jurisdiction") == (row["question"] is None)
    assert row["instrument"].startswith("S.I. 20") == bool(re.fullmatch(r"S\.I\. 20\d\d/\d{1,4}", row["instrument"]))
    assert row["id"].startswith(row["by"].upper() + "-")


def test_a_country_stands_once_on_a_list() -> None:
    for by in ("uk", "ch"):
        found = [country for row in LISTINGS if row["by"] == by for country in row["countries"]]
        assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize(("day", "count"), [("2020-12-31", 0), ("2021-01-01", 43), ("2022-12-19", 44), ("2023-10-12", 45)])
def test_the_list_of_the_united_kingdom(day: str, count: int) -> None:
    held = {c for row in lawbook().listings if row.by == "uk" and row.holds(date.fromisoformat(day)) for c in row.countries}
    assert len(held) == count


def test_what_the_united_kingdom_kept_is_what_the_union_had_found_by_then() -> None:
    """Schedule 21 keeps the EEA, Gibraltar and the countries of the decisions in force at the end of 2020, and no others."""
    last = date(2020, 12, 31)
    found = {d.country for d in lawbook().decisions if d.kind == "adequacy" and d.holds(last)}
    members = {m.country for m in lawbook().memberships if m.holds(last)}
    kept = {c for row in lawbook().listings if row.by == "uk" and row.holds(date(2021, 1, 1)) for c in row.countries}
    assert kept == found | members | {"GI"}


def test_annex_1_of_switzerland_has_43_rows_at_first_and_the_united_states_later() -> None:
    """The number of rows that its publication had; Canada's limit is in its row."""
    held = [{c for r in lawbook().listings if r.by == "ch" and r.holds(day) for c in r.countries} for day in SWISS_DAYS]
    assert [len(one) for one in held] == [0, 43, 43, 44]
    assert held[3] - held[2] == {"US"}


@pytest.mark.parametrize(("by", "first", "last"), [("uk", "2021-01-01", "2023-10-12"), ("ch", "2023-09-01", "2025-02-12")])
def test_of_which_days_a_list_is_known(by: str, first: str, last: str) -> None:
    kept = lawbook().list_kept(by)
    assert kept is not None
    assert (kept.first.isoformat(), kept.last and kept.last.isoformat()) == (first, last)
    assert date.fromisoformat(first) in lawbook().list_changes(by, [])


def test_united_kingdom_has_no_gap() -> None:
    chain = sorted((r for r in DECISIONS if r["country"] == "GB"), key=lambda r: r["from"])
    assert [r["id"] for r in chain] == ["GB-MEMBER", "GB-TRANSITION", "GB-BRIDGE", "EU-GB-2021", "EU-GB-EXT", "EU-GB-2025"]
    for earlier, later in pairwise(chain):
        assert date.fromisoformat(later["from"]) <= date.fromisoformat(earlier["to"]) + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "count", "eea"),
    [
        ("2004-04-30", 15, 3),
        ("2004-05-01", 25, 3),
        ("2007-01-01", 27, 3),
        ("2013-07-01", 28, 3),
        ("2020-01-31", 28, 3),
        ("2020-02-01", 27, 3),
    ],
)
def test_membership(day: str, count: int, eea: int) -> None:
    members = [m for m in lawbook().memberships if m.holds(date.fromisoformat(day))]
    assert len([m for m in members if m.body == "EU"]) == count
    assert len([m for m in members if m.body == "EEA"]) == eea


def test_gdpr_follows_the_directive_without_a_gap() -> None:
    for country in ("FI", "NO", "HR", "GB"):
        spans = [m for m in lawbook().memberships if m.country == country]
        directive, gdpr = spans
        assert (directive.law, gdpr.law) == ("directive", "gdpr")
        assert directive.last is not None
        assert gdpr.first == directive.last + timedelta(days=1)


def test_territories() -> None:
    book: Lawbook = lawbook()
    assert book.membership("AX", date(2026, 1, 1)) is not None
    for code in ("SJ", "AW", "GL", "HK", "GI", "NC"):
        assert book.membership(code, date(2026, 1, 1)) is None
    assert {t.code for t in book.territories} <= set(COUNTRIES)


def test_references() -> None:
    found = references()
    assert len(found) == len(FILES)
    for reference in found:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", reference.snapshot)
        assert re.fullmatch(r"[0-9a-f]{64}", reference.sha256)
        assert reference.licence


def test_our_own_words_only() -> None:
    text = "".join((LAW / name).read_text() for name in FILES).lower()
    for word in ("find_string", "illegal", "unlawful"):
        assert word not in text
