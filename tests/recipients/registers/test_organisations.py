"""The table of organisations, shipped and own."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipients.given import OWN_TABLE
from vuoto.errors import InputError
from vuoto.facts.countries import COUNTRIES
from vuoto.recipients import load_registers
from vuoto.recipients.registers.organisations import by_domain, read_table, shipped_row

RAW = (files("vuoto.recipients.registers") / "organisations.toml").read_bytes()
ROWS = read_table(RAW, "organisations.toml")


def test_every_row_has_a_source_a_date_and_a_country_that_exists() -> None:
    for row in ROWS:
        assert row.source.startswith("https://") or "reported by" in row.source
        assert date(2019, 1, 1) <= row.date <= date(2026, 11, 24)
        assert row.country is None or row.country in COUNTRIES
        assert row.country or row.note


def test_no_domain_stands_below_another_of_the_same_row() -> None:
    for row in ROWS:
        assert not any(a.endswith("." + b) for a in row.domains for b in row.domains)


def test_hosting_rows_say_so() -> None:
    assert sum(row.hosting for row in ROWS) >= 8
    for row in ROWS:
        assert row.hosting == ("(hosting)" in row.name)


def test_rows_parsed_alone_are_those_of_the_whole_table() -> None:
    asked = shipped_row(RAW.decode())
    whole = by_domain(ROWS)
    assert len(whole) > 250
    assert {domain: asked(domain) for domain in whole} == whole
    for name in ("example.com", "China Telecom", "hosting", ""):
        assert asked(name) is None


def test_the_incidents_domain() -> None:
    word = load_registers().organisation("zzhc.vnet.cn")
    assert word is not None
    assert (word.organisation.name, word.organisation.country) == ("China Telecom", "CN")
    assert word.organisation.source == (
        "CNNIC's answer as reported by NRKbeta, 2019-03-21 (HMD Global disputed who owned the domain)"
    )


@pytest.mark.parametrize("host", ["vnet.cn.example.com", "notvnet.cn", "cn", "vnet.com"])
def test_look_alikes_of_the_incidents_domain(host: str) -> None:
    assert load_registers().organisation(host) is None


def test_an_own_table_is_asked_first() -> None:
    own = OWN_TABLE.replace(b"example.test", b"vnet.cn")
    registers = load_registers(organisations=own, organisations_name="own.toml")
    word = registers.organisation("zzhc.vnet.cn")
    assert word is not None
    assert word.organisation.name == "Example Mobile Oy"


HEAD = b'[[organisation]]\nname = "A"\ndomains = ["a.example"]\nsource = "s"\ndate = 2026-01-02\n'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xff", "not TOML"),
        (b"[[organisation", "not TOML"),
        (b"x = 1", "other things"),
        (HEAD + b"[other]\n", "other things"),
        (b"organisation = [1]", "is not a table"),
        (b"[[organisation]]\n", "needs name"),
        (HEAD.replace(b'source = "s"\n', b""), "needs source"),
        (HEAD.replace(b"2026-01-02", b'"2026"'), "needs date"),
        (HEAD + b'coutnry = "FI"\n', "unknown key 'coutnry'"),
        (HEAD + b'country = "EU"\n', "not ISO 3166-1"),
        (HEAD + b'country = "fi"\n', "not ISO 3166-1"),
        (HEAD + b"hosting = 1\n", "neither true nor false"),
        (HEAD.replace(b"a.example", b"A.example"), "lower-case"),
        (HEAD.replace(b"a.example", b"*.a.example"), "lower-case"),
        (HEAD + HEAD, "a second time"),
    ],
)
def test_mistakes_in_an_own_table_are_told(content: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        load_registers(organisations=content, organisations_name="own.toml")
    assert what in str(caught.value)
    assert caught.value.where is not None
    assert caught.value.where.startswith("own.toml")
    assert caught.value.next_step


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_table_or_an_input_error(content: bytes) -> None:
    try:
        rows = read_table(content, "own.toml")
    except InputError:
        return
    assert isinstance(rows, list)
