"""Hosts that a package names, in code, resources and native libraries; and those it names without TLS from now on."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.changes import Change, Concern
from vuoto.firmware.comparing.abilities import place_words
from vuoto.firmware.comparing.aspect import Aspect, Pair
from vuoto.firmware.named_hosts import outside


def _compare(pair: Pair) -> Iterator[Change]:
    before = outside(pair.old) if pair.old is not None else {}
    after = outside(pair.new)
    for name, host in after.items():
        where = f"in {place_words(host.places[0])}" if host.places else f"in {host.where}"
        known = before.get(name)
        if known is None:
            concern: Concern = "high" if host.clear else "medium"
            says = f"names {name}{host.how}, {where}"
            yield pair.change("host", "added", concern, name, says, after=host.url, places=host.places)
        elif host.clear and not known.clear:
            says = f"names {name}{host.how}, {where}; before only with it, or without saying"
            yield pair.change("host", "changed", "high", name, says, before=known.url, after=host.url, places=host.places)
        elif known.clear and not host.clear:
            says = f"names {name} no longer without TLS"
            yield pair.change("host", "changed", "none", name, says, before=known.url, after=host.url, places=host.places)
    for name in sorted(before.keys() - after.keys()):
        known = before[name]
        yield pair.change("host", "removed", "none", name, f"no longer names {name}", before=known.url, places=known.places)


ASPECT = Aspect(
    makes=("host",),
    compares="hosts and addresses outside the phone's own network, and whether a URL names them without TLS",
    compare=_compare,
)
