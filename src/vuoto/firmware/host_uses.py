"""The hosts that a package names in its code, resources and native libraries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodePlace
from vuoto.firmware.clear_text import is_clear
from vuoto.firmware.code.hosts import NAMESPACES, URL, host_in, is_address, is_host

MAX_HOSTS: Final = 2_000
"""Hosts told for one package; beyond them stand lists of blocked hosts."""

MAX_TEXTS: Final = 20
MAX_PLACES: Final = 20


@dataclass(slots=True)
class FoundHost:
    """A host as it was found."""

    texts: set[str] = field(default_factory=set)
    """Texts that name it."""

    places: set[CodePlace] = field(default_factory=set)
    """Where code uses them."""

    clear_text: bool = False
    """Whether one of the texts asks for no TLS."""


def hosts_of(read: ReadPackage) -> dict[str, FoundHost]:
    """By host, sorted, the first `MAX_HOSTS`."""
    found: defaultdict[str, FoundHost] = defaultdict(FoundHost)
    for one in read.code.strings if read.code is not None else ():
        if one.host:
            _note(found[one.host], one.value, one.places)
    for text in _elsewhere(read):
        for host in hosts_in(text):
            _note(found[host], text, ())
    return dict(sorted(found.items())[:MAX_HOSTS])


def hosts_in(text: str) -> set[str]:
    """The hosts and addresses in a text."""
    found = {host for match in URL.finditer(text) if (host := host_in(match)) is not None and host not in NAMESPACES}
    if not found and "://" not in text and (is_host(text) or is_address(text)):
        found.add(text.partition(":")[0].lower())
    return found


def _elsewhere(read: ReadPackage) -> Iterator[str]:
    yield from (one.value for one in read.package.strings)
    for library in read.package.native_libraries:
        yield from library.strings


def _note(host: FoundHost, text: str, places: tuple[CodePlace, ...]) -> None:
    if len(host.texts) < MAX_TEXTS:
        host.texts.add(text)
    host.clear_text = host.clear_text or is_clear(text)
    host.places.update(places[: max(0, MAX_PLACES - len(host.places))])
