"""The hosts that a package names, and whether it may reach them without TLS: the one reading that all commands use (ADR 17).

A host is named by a text of the code, of a resource or of a native library that is a URL, a host name or an address by its form.
It is *clear* where a URL with a scheme that hides nothing names it, and *open* where besides that nothing forbids the connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NamedTuple

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodePlace, CodeString, place_order
from vuoto.facts.packages import FoundString, TrustRule
from vuoto.firmware.clear_text import is_clear, may_connect
from vuoto.firmware.code.endpoints import Claim, read_text

LOCAL_NAMES: Final = ("localhost", ".local", ".localdomain", ".lan", ".home.arpa")
"""Names of RFC 6761, RFC 6762 and RFC 8375 that never leave the house."""

MAX_PLACES: Final = 20
"""Places told for one host."""

MAX_TEXTS: Final = 20
"""Texts told for one host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryTexts:
    """Of `NativeLibrary` what names hosts."""

    path: str
    """Where it stands."""

    strings: tuple[str, ...]
    """Its strings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageTexts:
    """Of `Package` what names hosts, and what may forbid to reach them."""

    strings: tuple[FoundString, ...]
    """Strings of resources."""

    native_libraries: tuple[LibraryTexts, ...]
    """Its native libraries."""

    target_sdk: int | None
    """The API level it was made for."""

    cleartext: bool | None
    """What the manifest says."""

    network_security: tuple[TrustRule, ...] | None
    """Its configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTexts:
    """Of `CodeFacts` what names hosts."""

    strings: tuple[CodeString, ...]
    """Hosts, addresses, paths and names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTexts:
    """Of `ReadPackage` what this module reads: an index gives it without the rest."""

    package: PackageTexts
    """The package."""

    code: CodeTexts | None
    """Its code, or `None`."""


_IN_CODE: Final = "code"
_EXACT: Final = frozenset(("url", "host", "ip"))
"""Kinds of text of the code that are one address and nothing else; others (annotations) hold it somewhere."""

_claims: Final = lru_cache(maxsize=16_384)(read_text)
"""The same texts are in most packages of a build, and several rules ask of each."""


class NamedHost(NamedTuple):
    """A host that a package names."""

    host: str
    """Lower case, or an address; `""` for the addresses without TLS whose host is put together at run time."""

    clear: bool
    """Whether a URL names it with a scheme that hides nothing."""

    open: bool
    """Whether it is clear, and the package's settings do not forbid such a connection to it."""

    local: bool
    """Whether it is of the phone itself or of its own network, and so nobody's to whom data is sent."""

    url: str
    """The first text that names it: those that may be connected to without TLS before the others, code before resources."""

    where: str
    """`code`, or the file of the package that holds it."""

    texts: tuple[str, ...]
    """The addresses or texts in which it stands, in the same order; at most `MAX_TEXTS`."""

    places: tuple[CodePlace, ...]
    """Where in the code, sorted; at most `MAX_PLACES`."""

    @property
    def how(self) -> str:
        """What is said behind its name: nothing where it is not clear."""
        if self.open:
            return " without TLS"
        return " without TLS, which its settings forbid" if self.clear else ""


class _Row(NamedTuple):
    host: str
    clear: bool
    open: bool
    text: str
    where: str
    places: tuple[CodePlace, ...]


def hosts_of(read: ReadPackage | HostTexts) -> dict[str, NamedHost]:
    """Every host that the package names, by host; those of the phone's own network among them, and marked as such."""
    return {host: found for host, found in _found(read).items() if host}


def outside(read: ReadPackage | HostTexts) -> dict[str, NamedHost]:
    """The hosts of others: those to which data leaves the phone and its own network."""
    return {host: found for host, found in hosts_of(read).items() if not found.local}


def open_hosts(read: ReadPackage | HostTexts) -> dict[str, NamedHost]:
    """The hosts of others that it may reach without TLS. `""` stands for addresses whose host is put together at run time."""
    return {host: found for host, found in _found(read).items() if found.open and not found.local}


def _found(read: ReadPackage | HostTexts) -> dict[str, NamedHost]:
    rows: dict[str, list[_Row]] = {}
    for row in _rows(read):
        rows.setdefault(row.host, []).append(row)
    found: dict[str, NamedHost] = {}
    for host in sorted(rows):
        named = sorted(rows[host], key=lambda r: (not r.open, not r.clear, r.where != _IN_CODE, r.where, r.text))
        first = named[0]
        found[host] = NamedHost(
            host=host,
            clear=any(row.clear for row in named),
            open=first.open,
            local=is_local(host),
            url=first.text,
            where=first.where,
            texts=tuple(dict.fromkeys(row.text for row in named))[:MAX_TEXTS],
            places=_places(named),
        )
    return found


def _places(rows: list[_Row]) -> tuple[CodePlace, ...]:
    """Of the texts in their order, until there are enough: what is open comes first."""
    kept: dict[CodePlace, None] = {}
    for row in rows:
        kept.update(dict.fromkeys(row.places[: MAX_PLACES - len(kept)]))
    return tuple(sorted(kept, key=place_order))


def _rows(read: ReadPackage | HostTexts) -> Iterator[_Row]:
    package = read.package
    for one in read.code.strings if read.code is not None else ():
        if one.kind in _EXACT:
            named = [Claim(one.kind, one.value, one.host, "", "")]
        elif one.host:
            named = _claims(one.value) or [Claim(one.kind, one.value, one.host, "", "")]
        else:
            continue
        yield from _of(read, named, _IN_CODE, one.places)
    for string in package.strings:
        yield from _of(read, _claims(string.value), string.path, ())
    for library in package.native_libraries:
        for value in library.strings:
            yield from _of(read, _claims(value), library.path, ())


def _of(read: ReadPackage | HostTexts, claims: list[Claim], where: str, places: tuple[CodePlace, ...]) -> Iterator[_Row]:
    for claim in claims:
        clear = is_clear(claim.value)
        if claim.host:
            open_ = clear and may_connect(read.package, claim.value, claim.host)
            yield _Row(claim.host, clear, open_, claim.value, where, places)
        elif clear and not _is_of_own_network(claim.value):
            yield _Row("", clear, may_connect(read.package, claim.value), claim.value, where, places)


def _is_of_own_network(url: str) -> bool:
    """Whether a URL without a host that counts has one without dots: `http://localhost:8080/`, and nobody else's name."""
    return is_local(url.partition("://")[2].partition("/")[0].partition(":")[0].lower())


def is_local(host: str) -> bool:
    """Whether a host is of the phone itself or of its own network."""
    if host.endswith(LOCAL_NAMES):
        return True
    try:
        address = ip_address(host.strip("[]").partition(":")[0] if host.count(":") == 1 else host.strip("[]"))
    except ValueError:
        return False
    # Documentation addresses (RFC 5737, RFC 3849) count as private for Python; here they stand for somebody.
    somebody = str(address).startswith(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"))
    return address.is_loopback or address.is_link_local or (address.is_private and not somebody)
