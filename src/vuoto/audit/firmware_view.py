"""The staircase of `vuoto firmware show|scan`: packages of a build, what is odd in them, who stands behind their hosts."""

from __future__ import annotations

from collections.abc import Collection

import vuoto
from vuoto import recipients
from vuoto.facts.builds import ReadBuild
from vuoto.facts.code import place_order
from vuoto.facts.document import Tool
from vuoto.facts.firmware_view import CONCERNS, FIRMWARE_SCHEMA, FirmwareView, HostUse, PackageView
from vuoto.firmware.host_uses import hosts_of
from vuoto.firmware.oddity import find_oddities, finders


def view_firmware(build: ReadBuild, registers: recipients.Registers, *, only_odd: bool = False) -> FirmwareView:
    """What a person sees of a build, from the registers alone; `only_odd` leaves packages out that are not odd."""
    oddities = find_oddities(build)
    kept: Collection[str] = (
        {oddity.package for oddity in oddities} if only_odd else {read.package.path for read in build.packages}
    )
    chosen = [read for read in build.packages if read.package.path in kept]
    found = [hosts_of(read) for read in chosen]
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
                    clear_text=use.clear_text,
                    texts=tuple(sorted(use.texts)),
                    places=tuple(sorted(use.places, key=place_order)),
                )
                for host, use in hosts.items()
            ),
        )
        for read, hosts in zip(chosen, found, strict=True)
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
        problems=build.problems,
    )


def _contact(host: str) -> tuple[str | None, str | None]:
    """A host as a name or as an address."""
    literal = ":" in host or host.replace(".", "").isdigit()
    return (None, host) if literal else (host, None)
