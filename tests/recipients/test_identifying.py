"""From contacts to recipients."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipients.given import AMERICAN, DISPUTED, FINNISH, GERMAN, INCIDENT, OWN_NETWORKS, OWN_TABLE
from vuoto.facts.countries import COUNTRIES
from vuoto.facts.recipients import Recipient
from vuoto.recipients import Registers, identify_recipients, load_registers
from vuoto.recipients.country import DECLARATION, ORGANISATION
from vuoto.recipients.opened import Registers as Opened
from vuoto.recipients.register import Register
from vuoto.seams import plugins


@cache
def shipped() -> Registers:
    return load_registers()


@cache
def own() -> Registers:
    return load_registers(OWN_NETWORKS, "own.mmdb", organisations=OWN_TABLE, organisations_name="own.toml")


def one(host: str | None, ip: str | None, registers: Registers, **declared: tuple[str, str | None]) -> Recipient:
    names = {name.replace("_", "."): word for name, word in declared.items()}
    return identify_recipients([(host, ip)], registers, declared=names)[host, ip]


def test_the_incident() -> None:
    recipient = one(INCIDENT[0], INCIDENT[1], shipped())
    assert recipient.registrable_domain == "vnet.cn"
    assert recipient.domain_registry is not None
    assert "CNNIC" in recipient.domain_registry.name
    assert recipient.organisation is not None
    assert recipient.organisation.name == "China Telecom"
    assert "CNNIC" in recipient.organisation.source
    assert "disputed" in recipient.organisation.source
    assert [a.as_name for a in recipient.addresses] == ["Chinanet"]
    assert {claim.country for claim in recipient.countries} == {"CN"}
    assert len(recipient.countries) == 4
    assert recipient.country == "CN"


def test_contacts_of_one_host_are_one_recipient() -> None:
    contacts = [("a.example.test", FINNISH), ("A.example.test.", GERMAN), ("a.example.test", None), ("b.example.test", FINNISH)]
    found = identify_recipients(contacts, own())
    first = found["a.example.test", FINNISH]
    assert found["A.example.test.", GERMAN] is first
    assert found["a.example.test", None] is first
    assert [a.ip for a in first.addresses] == [FINNISH, GERMAN]
    assert found["b.example.test", FINNISH].id != first.id


def test_contacts_without_a_host_are_one_for_each_address() -> None:
    found = identify_recipients([(None, FINNISH), (None, GERMAN), (FINNISH, FINNISH), ("[::ffff:42.99.2.1]", None)], own())
    assert found[None, FINNISH].host is None
    assert found[None, FINNISH] is found[FINNISH, FINNISH] is found["[::ffff:42.99.2.1]", None]
    assert found[None, GERMAN] is not found[None, FINNISH]


def test_a_name_is_not_merged_with_its_address() -> None:
    found = identify_recipients([("a.example.test", FINNISH), (None, FINNISH)], own())
    assert found["a.example.test", FINNISH].id != found[None, FINNISH].id


def test_the_id_of_a_host_outlives_its_addresses() -> None:
    assert one("a.example.test", FINNISH, own()).id == one("a.example.test", GERMAN, own()).id


def test_registers_that_disagree_are_shown_and_decide_nothing() -> None:
    recipient = one(None, DISPUTED, own())
    assert recipient.country is None
    assert (
        recipient.country_why
        == "the address registry says Finland (FI), the autonomous system the United States (US): no single country"
    )
    assert {(c.register, c.country) for c in recipient.countries} == {("address registry", "FI"), ("autonomous system", "US")}


def test_the_seat_is_heard_and_that_of_a_cloud_is_not() -> None:
    assert one("x.example.test", DISPUTED, own()).country == "FI"
    assert one("x.cloud.example.com", DISPUTED, own()).country is None
    assert one("x.collector.example.com", GERMAN, own()).country is None
    cloud = one("x.cloud.example.com", GERMAN, own())
    assert cloud.country == "DE"
    assert any(c.register == ORGANISATION and c.country == "US" for c in cloud.countries)


def test_an_organisation_speaks_for_names_below_its_domain_only() -> None:
    for name in ("example.test", "deep.below.example.test"):
        found = one(name, None, own()).organisation
        assert found is not None
        assert found.name == "Example Mobile Oy"
    for name in ("notexample.test", "example.test.invalid", "test", "example.com"):
        assert one(name, None, own()).organisation is None


def test_declared_recipients() -> None:
    recipient = one("a.example.org", DISPUTED, own(), a_example_org=("Example", "FI"))
    assert recipient.country == "FI"
    assert any(c.register == DECLARATION and c.country == "FI" for c in recipient.countries)
    assert one("a.example.org", AMERICAN, own(), a_example_org=("Example", "FI")).country == "US"
    for nothing in (one("b.example.org", DISPUTED, own(), a_example_org=("Example", "FI")),):
        assert not any(c.register == DECLARATION for c in nothing.countries)
    assert not any(
        c.register == DECLARATION for c in one("a.example.org", None, own(), a_example_org=("Example", None)).countries
    )


@pytest.mark.parametrize(
    ("host", "ip"),
    [
        (None, "192.168.1.1"),
        ("printer.local", None),
        ("x.local", "224.0.0.251"),
        (None, "ff02::fb"),
        ("gw.example.com", "10.0.0.1"),
    ],
)
def test_local_recipients(host: str | None, ip: str | None) -> None:
    recipient = one(host, ip, own())
    assert recipient.local
    assert recipient.country is None
    assert "own network" in recipient.country_why


@pytest.mark.parametrize("ip", ["192.0.2.1", "2001:db8::1", "100.64.0.1", "198.18.0.1", FINNISH])
def test_what_is_not_local(ip: str) -> None:
    assert not one(None, ip, own()).local


def test_one_address_outside_makes_a_recipient_outside() -> None:
    found = identify_recipients([("a.example.com", "10.0.0.1"), ("a.example.com", FINNISH)], own())
    recipient = found["a.example.com", FINNISH]
    assert not recipient.local
    assert recipient.country == "FI"


def test_documentation_addresses_say_what_they_are() -> None:
    recipient = one("a.example.org", "203.0.113.5", own())
    assert recipient.country is None
    assert "203.0.113.5 is a documentation address" in recipient.country_why


def test_a_broken_address_is_no_address() -> None:
    for broken in ("", "not an address", "192.0.2.1:80", "999.1.1.1"):
        assert one("a.example.org", broken, own()).addresses == ()
    nobody = one(None, "not an address", own())
    assert (nobody.host, nobody.addresses, nobody.country) == (None, (), None)


hosts = st.none() | st.text(max_size=300) | st.sampled_from(["a.example.test", "A.example.test", "x.local", "[::1]:80", FINNISH])
addresses = st.none() | st.text(max_size=70) | st.ip_addresses().map(str) | st.sampled_from([FINNISH, GERMAN, "10.0.0.1"])


@given(st.lists(st.tuples(hosts, addresses), max_size=12), st.randoms(use_true_random=False))
def test_any_contacts_are_identified_in_any_order(contacts: list[tuple[str | None, str | None]], random: object) -> None:
    found = identify_recipients(contacts, own())
    assert set(found) == set(contacts)
    shuffled = list(contacts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert identify_recipients(shuffled, own()) == found
    by_id: dict[str, Recipient] = {}
    for recipient in found.values():
        assert by_id.setdefault(recipient.id, recipient) == recipient
        assert recipient.host is None or (recipient.host.isascii() and recipient.host.isprintable())
        assert list(recipient.countries) == sorted(set(recipient.countries))
        assert recipient.country is None or recipient.country in COUNTRIES
        assert recipient.country_why


def test_a_tie_between_registers_is_a_bug_that_shows_at_once() -> None:
    register = plugins("vuoto.recipients.registers", Register, "REGISTER")[0]
    from vuoto.recipients.register import Own

    twin = replace(register, name="twin")
    opened = [(each, each.open(Own())) for each in (register, twin)]
    with pytest.raises(TypeError, match="same confidence"):
        Opened(opened)


def test_references_name_every_data_set() -> None:
    names = {reference.name for reference in own().references}
    assert {"own.mmdb", "own.toml", "Vuoto networks", "Public Suffix List"} <= names
    for reference in shipped().references:
        assert len(reference.sha256) == 64
        assert len(reference.snapshot) == 10
        assert reference.licence
