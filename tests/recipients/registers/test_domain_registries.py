"""The table of top-level domains."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest

from vuoto.facts.countries import COUNTRIES
from vuoto.recipients import load_registers
from vuoto.recipients.curated import rows
from vuoto.recipients.registers.domain_registries import COLUMNS

ROWS = rows((files("vuoto.recipients.registers") / "domain_registries.tsv").read_bytes(), COLUMNS)
NO_COUNTRY = {"eu", "xn--e1a4c", "xn--qxa6a"}
OTHER_CODE = {"uk": "GB", "ac": "SH", "su": "RU"}
NOT_DELEGATED = {"BL", "BQ", "EH", "MF", "UM"}


def test_domains_are_unique_sorted_and_ascii() -> None:
    names = [row["domain"] for row in ROWS]
    assert names == sorted(set(names))
    assert all(name.isascii() and name == name.lower() for name in names)


def test_every_row_has_its_source_and_date() -> None:
    for row in ROWS:
        assert row["source"] == f"https://www.iana.org/domains/root/db/{row['domain']}.html"
        assert date.fromisoformat(row["date"]) >= date(2025, 1, 1)


def test_a_country_code_stands_for_its_country() -> None:
    for row in ROWS:
        name, country = row["domain"], row["country"]
        assert not country or country in COUNTRIES
        if len(name) == 2 and name not in NO_COUNTRY:
            assert country == OTHER_CODE.get(name, name.upper())
        if not country:
            assert row["name"] or name in NO_COUNTRY


def test_every_country_has_its_domain() -> None:
    assert set(COUNTRIES) - {row["country"] for row in ROWS} == NOT_DELEGATED


def test_generic_domains_have_no_country() -> None:
    for name in ("com", "net", "org", "info", "app", "xyz"):
        assert next(row for row in ROWS if row["domain"] == name)["country"] == ""


@pytest.mark.parametrize(
    ("domain", "word", "country"),
    [
        ("cn", "CNNIC", "CN"),
        ("xn--fiqs8s", "CNNIC", "CN"),
        ("com", "Verisign", None),
        ("org", "Public Interest Registry", None),
        ("eu", "EURid", None),
        ("uk", "Nominet", "GB"),
        ("no", "Norid", "NO"),
        ("ao", "registry of .ao", "AO"),
    ],
)
def test_registries(domain: str, word: str, country: str | None) -> None:
    registry = load_registers().domain_registry(domain)
    assert registry is not None
    assert word in registry.name
    assert registry.country == country
    assert "IANA" in registry.source
    assert registry.source[-10:] == "2025-08-31"


@pytest.mark.parametrize("domain", ["test", "local", "cnn", "xn--fiqs8", ""])
def test_what_is_no_top_level_domain_has_no_registry(domain: str) -> None:
    assert load_registers().domain_registry(domain) is None
