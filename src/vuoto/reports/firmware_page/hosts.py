"""Where it can send: the hosts that packages name, who stands behind them, and which packages name them."""

from __future__ import annotations

from typing import Final

from vuoto.facts.firmware_view import FirmwareView, HostUse, PackageView
from vuoto.reports.firmware_words import package_words, protection_words, recipient_of, registry_words, whose_words
from vuoto.reports.page.element import Child, Html, h, together
from vuoto.reports.page.table import table
from vuoto.reports.showing import counted

MOST_HOSTS: Final = 1_000
MOST_PACKAGES: Final = 8


def hosts_section(view: FirmwareView, anchors: dict[str, str]) -> Html:
    """One row for each host, those named without TLS first; `anchors` are the packages' places on the page, if they have any."""
    named: dict[str, list[tuple[PackageView, HostUse]]] = {}
    for package in view.packages:
        for use in package.hosts:
            named.setdefault(use.host, []).append((package, use))
    order = sorted(named, key=lambda host: (not any(use.open and not use.local for _, use in named[host]), host))
    return h(
        "section",
        {"id": "hosts"},
        h("h2", None, "Where it can send"),
        h("p", None, "No package names a host.")
        if not named
        else h(
            "p",
            {"class": "note"},
            "Names in code, resources and native libraries. Who stands behind a name is what registers say of it; where a server "
            "stands is seen in a capture only.",
        ),
        table(
            "Hosts, who stands behind them, and the packages that name them",
            ("Host", "Whose", "Domain registry", "Protection", "Named by"),
            [_row(view, host, named[host], anchors) for host in order[:MOST_HOSTS]],
            named=0,
        )
        if named
        else None,
        h("p", {"class": "note"}, f"{counted(len(order) - MOST_HOSTS, 'more host')}: the JSON holds all.")
        if len(order) > MOST_HOSTS
        else None,
    )


def _row(view: FirmwareView, host: str, uses: list[tuple[PackageView, HostUse]], anchors: dict[str, str]) -> tuple[Child, ...]:
    by: list[Html | str] = []
    for package, _ in uses[:MOST_PACKAGES]:
        by += [", "] if by else []
        anchor = anchors.get(package.package.path)
        by.append(h("a", {"href": f"#{anchor}"}, package_words(package)) if anchor else package_words(package))
    if len(uses) > MOST_PACKAGES:
        by.append(f" and {len(uses) - MOST_PACKAGES} more")
    who = recipient_of(view, uses[0][1])
    source = who.organisation.source if who is not None and who.organisation is not None else ""
    whose = whose_words(who)
    words = protection_words([use for _, use in uses])
    way = h("span", {"class": "way clear"}, words) if any(use.open for _, use in uses) else words or "not said, or TLS"
    owner = together(whose, h("span", {"class": "where"}, source) if source else None)
    return host, owner, registry_words(who), way, by
