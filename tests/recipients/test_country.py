"""The rule of `country`: every branch, and what is like it but is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vuoto.facts.recipients import CountryClaim
from vuoto.recipients.country import ADDRESS, DECLARATION, ORGANISATION, REGISTRY, SYSTEM, decide_country

Words = tuple[tuple[str, str], ...]

RULE: list[tuple[str, Words, bool, str | None]] = [
    ("all of the network agrees", ((ADDRESS, "CN"), (SYSTEM, "CN")), False, "CN"),
    ("only the address registry speaks", ((ADDRESS, "CN"),), False, "CN"),
    ("only the autonomous system speaks", ((SYSTEM, "CN"),), False, "CN"),
    ("the network disagrees", ((ADDRESS, "AU"), (SYSTEM, "US")), False, None),
    ("addresses in two countries", ((ADDRESS, "DE"), (ADDRESS, "FI"), (SYSTEM, "DE")), False, None),
    ("the seat decides between two words", ((ADDRESS, "US"), (SYSTEM, "CN"), (ORGANISATION, "CN")), False, "CN"),
    ("the declaration decides between two words", ((ADDRESS, "US"), (SYSTEM, "FI"), (DECLARATION, "FI")), False, "FI"),
    ("a seat that neither word names decides nothing", ((ADDRESS, "US"), (SYSTEM, "CN"), (ORGANISATION, "IL")), False, None),
    (
        "seat and declaration disagree between two words",
        ((ADDRESS, "US"), (SYSTEM, "CN"), (ORGANISATION, "CN"), (DECLARATION, "US")),
        False,
        None,
    ),
    ("a network elsewhere than the seat", ((ADDRESS, "DE"), (SYSTEM, "DE"), (ORGANISATION, "CN")), False, None),
    ("the seat of a cloud is not heard", ((ADDRESS, "DE"), (SYSTEM, "DE"), (ORGANISATION, "US")), True, "DE"),
    ("nor between two words", ((ADDRESS, "DE"), (SYSTEM, "US"), (ORGANISATION, "US")), True, None),
    ("the declaration does not contradict a network", ((ADDRESS, "US"), (SYSTEM, "US"), (DECLARATION, "FI")), False, "US"),
    ("no network, one seat", ((ORGANISATION, "CN"),), False, "CN"),
    ("no network, one declaration", ((DECLARATION, "FI"),), False, "FI"),
    ("no network, seat and declaration disagree", ((ORGANISATION, "CN"), (DECLARATION, "FI")), False, None),
    ("no network, the seat of a cloud", ((ORGANISATION, "US"),), True, None),
    ("the domain registry alone", ((REGISTRY, "CN"),), False, None),
    ("the domain registry does not contradict", ((ADDRESS, "DE"), (SYSTEM, "DE"), (REGISTRY, "CN")), False, "DE"),
    ("the domain registry does not decide", ((ADDRESS, "US"), (SYSTEM, "CN"), (REGISTRY, "CN")), False, None),
    ("nobody speaks", (), False, None),
]


def claims(words: Words) -> list[CountryClaim]:
    return [CountryClaim(country=country, register=register) for register, country in words]


@pytest.mark.parametrize(("words", "hosting", "country"), [row[1:] for row in RULE], ids=[row[0] for row in RULE])
def test_rule(words: Words, hosting: bool, country: str | None) -> None:
    decided, why = decide_country(claims(words), hosting=hosting, silent=())
    assert decided == country
    for register, named in words:
        heard = register != REGISTRY and not (register == ORGANISATION and hosting)
        if heard and not (register == DECLARATION and decided not in {None, named}):
            assert register in why
            assert named in why


def test_says_each_registers_word() -> None:
    _, why = decide_country(claims(((SYSTEM, "US"), (ADDRESS, "AU"))), hosting=False, silent=())
    assert why == "the address registry says Australia (AU), the autonomous system the United States (US): no single country"


def test_says_why_no_register_speaks() -> None:
    _, why = decide_country([], hosting=False, silent=["192.0.2.1 is a documentation address (RFC 5737)"])
    assert why == "no register names a country: 192.0.2.1 is a documentation address (RFC 5737)"


@given(
    st.lists(
        st.builds(
            CountryClaim,
            country=st.sampled_from(["CN", "DE", "FI", "US"]),
            register=st.sampled_from([ADDRESS, SYSTEM, ORGANISATION, REGISTRY, DECLARATION]),
        )
    ),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_order_never_decides_and_the_country_was_named(found: list[CountryClaim], hosting: bool, random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    answer = decide_country(found, hosting=hosting, silent=())
    assert decide_country(shuffled, hosting=hosting, silent=()) == answer
    if answer[0] is not None:
        assert any(claim.country == answer[0] and claim.register != REGISTRY for claim in found)
