"""The host in the code: whole, its domain, its pieces, or an address it was reached at.

Code may put a name together: `"http://" + "zzhc" + ".vnet.cn"`. Then its labels stand as texts of their own, and count where all
of them are there, in one class more than in two. A name that merely ends alike (`notvnet.cn`) is another name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Holding, Suspect, outermost
from vuoto.origins.trace import HIT, Sign, Trace, bits

GUESS: Final = 0.0005
"""Of packages at large, how many hold a given host: few hosts are in more than one app of some thousand."""

GUESS_DOMAIN: Final = 0.01
"""A domain is shared by all hosts below it."""

GUESS_PIECE: Final = 0.03
"""A label such as `api` or `log` is a common word."""

APART: Final = -0.7
"""Where a package sends, but only classes hold the host in which no send is seen: a log, a list, a page that is shown; or
constants that are handed to the sender. Of seven hosts that real packages send to four stood apart, and of others nearly all."""

MISSING: Final = -1.5
"""A third of all code that sends does not hold its host: it is told by a server, read from a setting, encrypted, or in native
code."""

_CODE: Final = ("url", "host", "ip", "path", "constant", "resource", "native", "parameter", "user-agent")


def _words(sighting: Sighting) -> Iterator[str]:
    if sighting.host:
        yield sighting.host
        if sighting.domain and sighting.domain != sighting.host:
            yield sighting.domain
            yield from _pieces(sighting)
    yield from sighting.addresses


def _pieces(sighting: Sighting) -> tuple[str, ...]:
    """The labels before the registrable domain, and the domain: what code joins with dots."""
    host, domain = sighting.host, sighting.domain
    if not host or not domain or not host.endswith("." + domain):
        return ()
    return tuple(label for label in host[: -len(domain) - 1].split(".") if len(label) > 1)


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    found = False
    if sighting.host and (holdings := suspect.holds(sighting.host, _CODE)):
        found = True
        yield Sign(
            what=f"holds the host {sighting.host} ({_where(holdings)}), which stands {suspect.share(sighting.host)}",
            bits=bits(HIT, suspect.rate(sighting.host, GUESS)),
            group="address",
            places=_places(holdings),
        )
        yield from _apart(sighting.host, suspect, holdings)
    elif sighting.domain and sighting.domain != sighting.host and (holdings := suspect.holds(sighting.domain, _CODE)):
        found = True
        yield from _domain(sighting, suspect, holdings)
    for address in sighting.addresses:
        if holdings := suspect.holds(address, _CODE):
            found = True
            yield Sign(
                what=f"holds the address {address}, which stands {suspect.share(address)}",
                bits=bits(HIT, suspect.rate(address, GUESS)),
                group="address",
                places=_places(holdings),
            )
    if not found and sighting.host:
        yield Sign(what="holds neither the host, nor its domain, nor an address of it", bits=MISSING, group="address missing")


def _apart(host: str, suspect: Suspect, holdings: list[Holding]) -> Iterator[Sign]:
    places = _places(holdings)
    if suspect.sending and places and all(p.startswith("L") and outermost(p) not in suspect.sending for p in places):
        yield Sign(what=f"holds {host} only in classes that are not seen to send", bits=APART, group="address apart")


def _domain(sighting: Sighting, suspect: Suspect, holdings: list[Holding]) -> Iterator[Sign]:
    domain = sighting.domain or ""
    joined = [h for h in holdings if h.text.lstrip(".") == domain or h.how in ("constant", "host")]
    labels = _pieces(sighting)
    stood = {label: suspect.holds(label, ("constant", "field")) for label in labels}
    if joined and labels and all(stood.values()):
        rest = {_class(place) for h in joined for place in h.places}
        near = [h for found in stood.values() for h in found if any(_class(p) in rest for p in h.places)]
        word = " + ".join(repr(piece) for piece in (*labels, f".{domain}"))
        rate = suspect.rate(domain, GUESS_DOMAIN) * (GUESS_PIECE if near else 4 * GUESS_PIECE) * 4
        yield Sign(
            what=f"holds the pieces {word}, of which the host can be joined" + (", in one class" if near else ""),
            bits=bits(HIT / 4, rate),
            group="address",
            places=_places([*joined, *near]),
        )
    else:
        yield Sign(
            what=f"holds the domain {domain} ({_where(holdings)}), which stands {suspect.share(domain)}, but not this host of it",
            bits=bits(HIT / 3, suspect.rate(domain, GUESS_DOMAIN)),
            group="address",
            places=_places(holdings),
        )


def _class(place: str) -> str:
    return place.partition("->")[0]


def _places(holdings: list[Holding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for holding in holdings for place in holding.places))


def _where(holdings: list[Holding]) -> str:
    hows = {h.how for h in holdings}
    return "in a resource" if hows == {"resource"} else "in native code" if hows == {"native"} else "in its code"


TRACE = Trace(
    name="host string",
    says="The host, its domain, the labels it is joined of, or an address it was reached at, as a text of code, resources "
    "or native libraries. Worth much where few packages hold it.",
    find=_find,
    words=_words,
)
