"""The rule: which country a recipient is in, for the verdict.

What a lawyer asks is where the *importer* is (EDPB Guidelines 05/2021, third criterion). A register of addresses knows only
where a network is registered, a table of organisations only where a seat is. So:

1. The address registry and the autonomous system speak for the network. All their words agree on one country, for every address
   seen: that country.
2. The network's words disagree: the seat of the organisation and the declaration are heard. If they name one country, and it is
   one of the network's, that country; else none.
3. The network is silent (no address seen, or one that no register knows): the seat and the declaration are heard. If they name
   one country, that country; else none.
4. The network agrees on one country, but the organisation's seat is in another: none. A server in one country does not place a
   recipient there whose seat is in another, and the seat does not either. The declaration does not contradict here: the verdict
   weighs it by itself, beside this country.

The seat of an organisation that carries other people's services under the name (a cloud, a CDN) is listed but not heard: its
customer may be anywhere. The domain registry is listed and never heard: a name under `.cn` may be served, and held,
elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from vuoto.facts.countries import country_cited
from vuoto.facts.recipients import CountryClaim

ADDRESS: Final = "address registry"
SYSTEM: Final = "autonomous system"
ORGANISATION: Final = "organisation"
REGISTRY: Final = "domain registry"
DECLARATION: Final = "declaration"


def decide_country(claims: Sequence[CountryClaim], *, hosting: bool, silent: Sequence[str]) -> tuple[str | None, str]:
    """The country and why, from the claims (any order).

    `hosting` says that the organisation carries other people's services; `silent` why no register knows the addresses.
    """
    network = _of(claims, ADDRESS, SYSTEM)
    seat = [] if hosting else _of(claims, ORGANISATION)
    heard = seat + _of(claims, DECLARATION)
    places = {claim.country for claim in network}
    wanted = {claim.country for claim in heard}
    if len(places) == 1:
        place = next(iter(places))
        if any(claim.country != place for claim in seat):
            return None, f"{_words(network + seat)}: a network elsewhere than the seat is no single country"
        return place, _words(network + [claim for claim in heard if claim.country == place])
    if places:
        if len(wanted) == 1 and wanted <= places:
            return heard[0].country, f"{_words(network)}; {_words(heard)} decides"
        return None, f"{_words(network + heard)}: no single country"
    unknown = "; ".join(silent) or "no address was seen"
    if len(wanted) == 1:
        return heard[0].country, f"{_words(heard)}; no register places the network ({unknown})"
    if wanted:
        return None, f"{_words(heard)}: no single country"
    return None, f"no register names a country: {unknown}"


def _of(claims: Iterable[CountryClaim], *registers: str) -> list[CountryClaim]:
    return sorted({c for c in claims if c.register in registers}, key=lambda c: (registers.index(c.register), c.country))


def _words(claims: Sequence[CountryClaim]) -> str:
    """`the address registry says Australia (AU), the autonomous system the United States (US)`."""
    by_register: dict[str, list[str]] = {}
    for claim in claims:
        by_register.setdefault(claim.register, []).append(country_cited(claim.country))
    spoken = [f"the {register} {{}}{' and '.join(countries)}" for register, countries in by_register.items()]
    return ", ".join(text.format("says " if number == 0 else "") for number, text in enumerate(spoken))
