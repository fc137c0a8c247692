"""What a package can do with a person's data, said so that renaming does not show: by hosts, framework calls, kinds of data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final, NamedTuple

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodePlace, DataPath, IdentifierRead, place_order
from vuoto.facts.packages import Package, TrustRule
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.clear_text import CLEAR_SCHEMES

CLEAR_TEXT_UNTIL: Final = 27
"""The highest target API level at which clear text is allowed unless the package forbids it (Android 9's change of behaviour)."""

LOCAL_NAMES: Final = ("localhost", ".local", ".localdomain", ".lan", ".home.arpa")
"""Names of RFC 6761, RFC 6762 and RFC 8375 that never leave the house."""

_FIELD_OF_OWN: Final = re.compile(r"L[^;]+;(->[^(:]+).*")


class Host(NamedTuple):
    """A host that a package names."""

    host: str
    """Lower case, or an address."""

    clear: bool
    """Whether a URL names it with a scheme that hides nothing."""

    url: str
    """The first text that names it, the unprotected before the others."""

    where: str
    """`code`, or the file of the package that holds it."""

    places: tuple[CodePlace, ...]
    """Where in the code."""


def hosts_of(read: ReadPackage) -> dict[str, Host]:
    """Every host outside the house that code, resources and native libraries name, by host."""
    from vuoto.firmware.code.endpoints import read_text

    rows = [
        Host(text.host, _is_clear(text.value), text.value, "code", text.places)
        for text in (read.code.strings if read.code is not None else ())
        if text.host
    ]
    package = read.package
    texts = [(s.path, s.value) for s in package.strings]
    texts += [(library.path, value) for library in package.native_libraries for value in library.strings]
    rows += [
        Host(claim.host, _is_clear(claim.value), claim.value, path, ())
        for path, value in texts
        for claim in read_text(value)
        if claim.host
    ]
    found: dict[str, Host] = {}
    for row in sorted(rows, key=lambda r: (r.host, not r.clear, r.where != "code", r.where, r.url)):
        known = found.get(row.host)
        if known is None:
            if not is_local(row.host):
                found[row.host] = row
        elif len(row.places) and len(known.places) < 8:
            found[row.host] = known._replace(places=tuple(sorted({*known.places, *row.places}, key=place_order)))
    return found


def _is_clear(text: str) -> bool:
    return text.lower().startswith(CLEAR_SCHEMES)


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


def reads_of(read: ReadPackage) -> dict[tuple[str, str], list[IdentifierRead]]:
    """Reads of identifiers by kind and what is asked, names of the package's own classes left out."""
    found: dict[tuple[str, str], list[IdentifierRead]] = {}
    for one in read.code.reads if read.code is not None else ():
        found.setdefault((one.kind, asked(one)), []).append(one)
    return found


def asked(read: IdentifierRead) -> str:
    """What is asked, without the name of a class of the package's own, which renaming changes."""
    if read.how == "call" and read.certainty != "validated":
        return _FIELD_OF_OWN.sub(r"\1", read.api)
    return read.api


def ways_of(read: ReadPackage) -> dict[tuple[str, str], list[DataPath]]:
    """Ways of personal data by kind and channel; those on which the value was followed come first."""
    found: dict[tuple[str, str], list[DataPath]] = {}
    for path in read.code.paths if read.code is not None else ():
        if is_personal(path.read.kind):
            found.setdefault((path.read.kind, path.send.channel), []).append(path)
    return {key: sorted(rows, key=lambda p: (p.strength != "value", len(p.steps), p.read)) for key, rows in sorted(found.items())}


def is_personal(kind: str) -> bool:
    """Whether a kind singles out a device or a person, or may; a model or a build alone does not."""
    return kind_of(kind).family != "technical"


def collected(read: ReadPackage) -> frozenset[str]:
    """Kinds of personal data that a package asks for, those left out that a text alone speaks for."""
    reads = read.code.reads if read.code is not None else ()
    return frozenset(one.kind for one in reads if is_personal(one.kind) and one.certainty != "possible")


def followed(read: ReadPackage) -> frozenset[str]:
    """Kinds of personal data whose value was followed to a send."""
    paths = read.code.paths if read.code is not None else ()
    return frozenset(path.read.kind for path in paths if path.strength == "value" and is_personal(path.read.kind))


def can_send(read: ReadPackage) -> bool:
    """Whether a package asks for the network, shares the user id of others that may have it, or sends in its code.

    Code that is no app's (libraries, programs, single DEX files) runs in whoever takes it in, and is always held to be able to.
    """
    package = read.package
    return (
        package.kind != "apk"
        or "android.permission.INTERNET" in package.permissions
        or package.shared_user_id is not None
        or (read.code is not None and bool(read.code.sends))
    )


def clear_text_allowed(package: Package, host: str | None = None) -> bool:
    """Whether Android lets the package's own HTTP stack send to `host` (or to just any) without TLS.

    By the package's network security configuration, else `usesCleartextTraffic`, else its target API level. Sockets and clients
    that ask nobody are not held back by any of these. Source: AOSP, android.security.net.config.ManifestConfigSource.
    """
    if package.network_security is not None:
        rules = [rule for rule in package.network_security if not rule.debug_only]
        said = _most_exact(rules, host) if host else None
        if said is None:
            said = next((rule.cleartext for rule in rules if not rule.hosts and rule.cleartext is not None), None)
        if said is not None:
            return said
    elif package.cleartext is not None:
        return package.cleartext
    return package.target_sdk is None or package.target_sdk <= CLEAR_TEXT_UNTIL


def _most_exact(rules: Iterable[TrustRule], host: str) -> bool | None:
    found = [
        (len(name), rule.cleartext)
        for rule in rules
        if rule.cleartext is not None
        for name in rule.hosts
        if host == name.removeprefix("*.") or (name.startswith("*.") and host.endswith(name[1:]))
    ]
    return max(found)[1] if found else None


def place_words(place: CodePlace) -> str:
    """`RegistrationTask.run` for a place in the code."""
    owner, _, rest = place.method.partition("->")
    name = owner.rpartition("/")[2].rstrip(";")
    member = rest.partition("(")[0].partition(":")[0]
    return f"{name}.{member}" if member else name
