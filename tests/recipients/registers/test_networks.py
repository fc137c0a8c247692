"""The shipped networks, and a user's own file in front of them."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipients.given import mmdb
from vuoto.errors import InputError
from vuoto.facts.countries import COUNTRIES
from vuoto.recipients import load_registers
from vuoto.recipients.networks_shape import LONGEST_NAME, read_record

FOLDER = files("vuoto.recipients.registers")
INCIDENT = "42.99.2.15"


def test_the_shipped_file_is_the_one_described_and_small_enough() -> None:
    raw = (FOLDER / "networks.mmdb").read_bytes()
    described = json.loads((FOLDER / "networks.json").read_bytes())
    assert len(raw) <= 15_000_000
    assert sha256(raw).hexdigest() == described["sha256"]
    assert len(described["parts"]) == 4
    licences = (FOLDER / "networks.LICENCES.txt").read_text()
    for name in ("Route Views", "DB-IP", "Number Resource Organization", "IPtoASN", described["snapshot"]):
        assert name in licences


def test_the_shipped_file_knows_the_incidents_address() -> None:
    address = load_registers().address(INCIDENT)
    assert (address.asn, address.as_name) == (4134, "Chinanet")
    assert (address.as_country, address.registry_country) == ("CN", "CN")
    assert any("networks.mmdb of 2026-06-17" in source for source in address.sources)


def test_an_address_through_nat64_is_the_one_behind() -> None:
    address = load_registers().address("64:ff9b::2a63:20f")
    assert address.ip == "64:ff9b::2a63:20f"
    assert address.asn == 4134
    assert "NAT64" in address.sources[0]
    assert load_registers().address("64:ff9c::2a63:20f").asn is None


def test_addresses_of_special_ranges_are_asked_of_nobody() -> None:
    registers = load_registers(mmdb(("10.0.0.0/8", {"registry_country": "FI"})), "own.mmdb")
    assert registers.address("10.0.0.1").sources == ()


def test_an_own_file_speaks_first_and_is_filled_in() -> None:
    own = mmdb(("42.99.2.0/24", {"registry_country": "FI"}), ("42.99.3.0/24", {"asn": 64_496, "as_name": "Example AS"}))
    registers = load_registers(own, "own.mmdb")
    first = registers.address(INCIDENT)
    assert (first.registry_country, first.asn, first.as_country) == ("FI", 4134, "CN")
    assert first.sources[0] == "own.mmdb of 2023-11-14: registry country"
    assert first.sources[1].startswith("networks.mmdb of ")
    second = registers.address("42.99.3.1")
    assert (second.asn, second.as_name, second.as_country) == (64_496, "Example AS", None)
    assert second.registry_country == "CN"
    outside = registers.address("42.99.4.1")
    assert all("own.mmdb" not in source for source in outside.sources)


def test_an_own_file_that_says_all_is_the_only_source() -> None:
    everything: dict[str, str | int] = {"asn": 64_496, "as_name": "A", "as_country": "FI", "registry_country": "FI"}
    address = load_registers(mmdb(("42.99.2.0/24", everything)), "own.mmdb").address(INCIDENT)
    assert address.sources == ("own.mmdb of 2023-11-14: autonomous system, its country, registry country",)


@pytest.mark.parametrize("content", [b"", b"not an MMDB", b"\x1f\x8b" + bytes(100), b"\xab\xcd\xefMaxMind.com", bytes(4_096)])
def test_a_file_that_is_no_mmdb_is_refused_with_a_next_step(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        load_registers(content, "mine.mmdb")
    assert caught.value.where == "mine.mmdb"
    assert caught.value.next_step


SMALL = mmdb(("42.99.2.0/24", {"asn": 64_496, "as_name": "Example AS", "as_country": "FI", "registry_country": "FI"}))


@given(st.integers(0, len(SMALL) - 1), st.integers(0, 255), st.integers(0, len(SMALL)))
def test_a_damaged_file_is_refused_or_stays_silent(place: int, byte: int, length: int) -> None:
    damaged = bytearray(SMALL)
    damaged[place] = byte
    for content in (bytes(damaged), SMALL[:length]):
        try:
            registers = load_registers(content, "mine.mmdb")
        except InputError:
            continue
        address = registers.address(INCIDENT)
        assert address.registry_country is None or address.registry_country in COUNTRIES


SHAPES: list[tuple[str, object, tuple[int | None, str | None, str | None, str | None]]] = [
    ("GeoLite2-Country", {"country": {"iso_code": "DE"}, "registered_country": {"iso_code": "US"}}, (None, None, None, "US")),
    ("DB-IP country", {"country": {"iso_code": "DE"}}, (None, None, None, "DE")),
    ("GeoLite2-ASN", {"autonomous_system_number": 64_496, "autonomous_system_organization": "A"}, (64_496, "A", None, None)),
    ("ipinfo lite", {"asn": "AS64496", "as_name": "A", "country": "Finland", "country_code": "FI"}, (64_496, "A", None, "FI")),
    ("ipinfo country", {"country": "FI"}, (None, None, None, "FI")),
    ("IPtoASN", {"country_code": "FI"}, (None, None, None, "FI")),
    ("ours", {"asn": 1, "as_name": "A", "as_country": "US", "registry_country": "FI"}, (1, "A", "US", "FI")),
    ("lower case", {"country_code": "fi"}, (None, None, None, "FI")),
]


@pytest.mark.parametrize(("record", "words"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_shapes(record: object, words: tuple[int | None, str | None, str | None, str | None]) -> None:
    word = read_record(record, "x")
    assert word is not None
    assert (word.asn, word.as_name, word.as_country, word.registry_country) == words


@pytest.mark.parametrize(
    "record",
    [
        None,
        {},
        [],
        "FI",
        {"country_code": "EU"},
        {"country_code": "ZZ"},
        {"country_code": "Finland"},
        {"country": {"iso_code": 7}},
        {"asn": 0},
        {"asn": -1},
        {"asn": True},
        {"asn": 1 << 40},
        {"asn": "AS٤"},
        {"as_name": "a name alone"},
    ],
)
def test_records_that_say_nothing(record: object) -> None:
    assert read_record(record, "x") is None


def test_names_of_a_foreign_file_are_one_bounded_line() -> None:
    word = read_record({"asn": 1, "as_name": "a\x1b[31m\n" + "b" * 500}, "x")
    assert word is not None
    assert word.as_name is not None
    assert len(word.as_name) <= LONGEST_NAME
    assert word.as_name.isprintable()


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.dictionaries(st.sampled_from(["asn", "country", "iso_code"]), inner),
    )
)
def test_any_record_is_read(record: object) -> None:
    word = read_record(record, "x")
    assert word is None or word.sources
