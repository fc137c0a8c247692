"""The staircase of `vuoto firmware show|scan`: packages of a build, what is odd in them, who stands behind their hosts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import vuoto
from vuoto import recipients
from vuoto.facts.builds import ReadBuild
from vuoto.facts.document import Tool
from vuoto.facts.firmware_view import CONCERNS, FIRMWARE_SCHEMA, FirmwareView, HostUse, PackageView
from vuoto.firmware.named_hosts import NamedHost, hosts_of
from vuoto.firmware.oddity import find_oddities, finders

MAX_HOSTS: Final = 2_000
"""Hosts told for one package; beyond them stand lists of blocked hosts."""


def view_firmware(build: ReadBuild, registers: recipients.Registers, *, only_odd: bool = False) -> FirmwareView:
    """What a person sees of a build, from the registers alone; `only_odd` leaves packages out that are not odd."""
    oddities = find_oddities(build)
    kept: Collection[str] = (
        {oddity.package for oddity in oddities} if only_odd else {read.package.path for read in build.packages}
    )
    chosen = [read for read in build.packages if read.package.path in kept]
    named = [hosts_of(read) for read in chosen]
    found = [_told(hosts) for hosts in named]
    contacts = {_contact(host) for hosts in found for host in hosts}
    known = recipients.identify_recipients(sorted(contacts, key=str), registers)
    packages = tuple(
        PackageView(
            package=read.package,
            code=read.code,
            hosts=tuple(
                HostUse(
                    host=host,
                    recipient=known[_contact(host)].id,
                    clear_text=use.clear,
                    texts=tuple(sorted(use.texts)),
                    places=use.places,
                    open=use.open,
                    local=use.local,
                )
                for host, use in hosts.items()
            ),
            hosts_left_out=len(all_hosts) - len(hosts),
        )
        for read, all_hosts, hosts in zip(chosen, named, found, strict=True)
    )
    return FirmwareView(
        schema=FIRMWARE_SCHEMA,
        tool=Tool(version=vuoto.__version__, reference=tuple(sorted(registers.references))),
        name=build.name,
        format=build.format,
        build=build.build,
        packages=packages,
        packages_read=len(build.packages),
        recipients=tuple(sorted({r.id: r for r in known.values()}.values(), key=lambda r: (r.host or "", r.id))),
        rules=tuple(sorted((finder.rule for finder in finders()), key=lambda rule: (CONCERNS.index(rule.concern), rule.name))),
        oddities=oddities,
        problems=(*build.problems, *(build.build.problems if build.build is not None else ())),
    )


def _told(hosts: dict[str, NamedHost]) -> dict[str, NamedHost]:
    """At most `MAX_HOSTS`, by name; those that may be reached without TLS are never the ones left out before others."""
    first = sorted(hosts, key=lambda host: (not hosts[host].open, host))[:MAX_HOSTS]
    return {host: hosts[host] for host in sorted(first)}


def _contact(host: str) -> tuple[str | None, str | None]:
    """A host as a name or as an address."""
    literal = ":" in host or host.replace(".", "").isdigit()
    return (None, host) if literal else (host, None)
