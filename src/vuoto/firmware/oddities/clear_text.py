"""Packages that allow connections without TLS."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import OddityRule
from vuoto.firmware.named_hosts import open_hosts
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    texts = open_texts(read)
    if texts:
        more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
        yield Found(says=f"may connect without TLS, and names {texts[0]}{more}")


def open_texts(read: ReadPackage) -> list[str]:
    """The first address of each host that may be reached without TLS; those with a host, and those of code, before the others."""
    hosts = sorted(open_hosts(read).values(), key=lambda host: (not host.host, host.where != "code", host.url))
    return [host.url for host in hosts]


ODDITY = OddityFinder(
    rule=OddityRule(
        name="clear-text",
        title="It allows connections without TLS and names addresses without",
        concern="low",
        help=(
            "The manifest, the network security configuration or the age of the package's target version allows "
            "connections without TLS, and code or resources name addresses that begin so. Use HTTPS, and set "
            "usesCleartextTraffic to false."
        ),
    ),
    find=_find,
)
