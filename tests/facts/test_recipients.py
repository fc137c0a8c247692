"""Where registers place a recipient."""

from __future__ import annotations

from vuoto.facts.recipients import CountryClaim, Recipient


def recipient(*claims: tuple[str, str]) -> Recipient:
    return Recipient(
        id="r",
        host="a.example.cn",
        registrable_domain="example.cn",
        domain_registry=None,
        addresses=(),
        organisation=None,
        countries=tuple(CountryClaim(country=country, register=register) for country, register in claims),
        country=None,
        country_why="",
    )


def test_registers_that_disagree_name_two_places() -> None:
    assert recipient(("US", "autonomous system"), ("IE", "address registry")).places == ("IE", "US")


def test_the_registry_of_the_name_places_nobody() -> None:
    assert recipient(("CN", "domain registry"), ("SG", "address registry")).places == ("SG",)
    assert recipient(("CN", "domain registry")).places == ()
