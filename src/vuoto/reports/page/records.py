"""What could not be read, what was given, which data sets were used, and how to make the document again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from vuoto.facts.document import AuditDocument
from vuoto.facts.recipients import Recipient
from vuoto.reports.page.element import Html, h, together
from vuoto.reports.page.table import Cell, table
from vuoto.reports.showing import (
    PROTECTION_WORDS,
    counted,
    country_title,
    country_words,
    few,
    kind_title,
    listed,
    recipient_name,
    visible,
)
from vuoto.reports.unread import UnreadHost, unread_hosts

MOST_HOSTS: Final = 500
MOST_ADDRESSES: Final = 3
MOST_PROBLEMS: Final = 500
NETWORKS: Final = "Vuoto networks"
"""What the document calls the data of networks that come with Vuoto."""


def unread_section(document: AuditDocument) -> Html:
    """Encrypted and unknown conversations, and problems."""
    hosts = unread_hosts(document.flows)
    return h(
        "section",
        {"id": "unread"},
        h("h2", None, "What could not be read"),
        _hosts(hosts, document.recipients)
        if hosts
        else h("p", None, "Every conversation could be searched." if document.flows else "There was no conversation."),
        _problems(document) if document.problems else h("p", None, "Nothing in the input was broken or contradictory."),
    )


def _hosts(hosts: Sequence[UnreadHost], recipients: Sequence[Recipient]) -> Html:
    # A recipient has a name, or one address: the same by which the unread are told apart.
    countries = {recipient_name(r): country_words(r) for r in recipients}
    heads = ("Host", "Address", "Country", "Times", "Protection", "Bytes out", "Bytes in", "First, UTC", "Why")
    number = sum(one.times for one in hosts)
    return h(
        "div",
        None,
        h("p", None, f"{counted(number, 'conversation')} could not be read. What they held is not known."),
        h("p", {"class": "note"}, f"The page shows the first {MOST_HOSTS:,} of {len(hosts):,} rows; audit.json holds all.")
        if len(hosts) > MOST_HOSTS
        else None,
        h(
            "details",
            {"open": True},
            h("summary", None, "List them"),
            table(
                "Conversations in which nothing could be read",
                heads,
                [_host(one, countries) for one in hosts[:MOST_HOSTS]],
                named=0,
            ),
        ),
    )


def _host(one: UnreadHost, countries: Mapping[str, str]) -> tuple[str | Cell, ...]:
    address = next(iter(one.addresses), "").rpartition(":")[0].strip("[]")
    return (
        one.host or "not named",
        few([*one.addresses], MOST_ADDRESSES, "address", "addresses") if one.addresses else "not known",
        countries.get(visible(one.host or address), "unknown"),
        Cell(f"{one.times:,}", "number"),
        PROTECTION_WORDS[one.protection],
        Cell(f"{one.bytes_out:,}", "number"),
        Cell(f"{one.bytes_in:,}", "number"),
        one.first[:19].replace("T", " ") if one.first else "not known",
        Cell(one.why, "why"),
    )


def _problems(document: AuditDocument) -> Html:
    over = len(document.problems) - MOST_PROBLEMS
    return h(
        "div",
        None,
        h("h3", None, "Problems in the input"),
        h(
            "ul",
            {"class": "problems"},
            [
                h(
                    "li",
                    None,
                    h("b", None, p.where),
                    f": {p.what}.",
                    h("span", {"class": "note"}, f" {p.next_step}") if p.next_step else None,
                )
                for p in document.problems[:MOST_PROBLEMS]
            ],
        ),
        h("p", {"class": "note"}, f"{over:,} more: audit.json holds all.") if over > 0 else None,
    )


def inputs_section(document: AuditDocument, command: str | None) -> Html:
    """Inputs, device, data sets, and the way to check the whole."""
    device = document.device
    addresses = listed(device.addresses) if device.addresses else "not known"
    looked = listed([kind_title(k) for k in device.profile]) if device.profile else "none"
    return h(
        "section",
        {"id": "inputs"},
        h("h2", None, "What was looked at, and how to check it"),
        [_input(i.name, i.sha256, i.size, i.format, i.frames, i.first, i.last) for i in document.inputs],
        h(
            "dl",
            {"class": "facts"},
            h("dt", None, "Addresses of the device"),
            h("dd", None, addresses, f" ({device.addresses_why})" if device.addresses_why else None),
            h("dt", None, "Known values that were looked for"),
            h("dd", None, looked),
            h("dt", None, "Used in"),
            h("dd", None, country_title(device.country) if device.country else "not said"),
        ),
        h("h3", None, "Make this document again"),
        h("pre", {"class": "command", "tabindex": "0"}, h("code", None, command or _command(document))),
        h(
            "p",
            {"class": "note"},
            f"With Vuoto {document.tool.version} and the data sets below, the same input gives the same document, byte for byte. "
            "Compare the SHA-256 of the inputs first; open the frames of a row in Wireshark with the filter that it gives.",
        ),
        _references(document),
    )


def _command(document: AuditDocument) -> str:
    return " ".join(["vuoto audit", *(shlex.quote(i.name) for i in document.inputs), "--format html"])


def _input(name: str, sha256: str, size: int, form: str, frames: int, first: str | None, last: str | None) -> Html:
    unit = counted(frames, "entry", "entries") if form.startswith("har") else counted(frames, "frame")
    return h(
        "div",
        {"class": "input"},
        h("h3", None, name),
        h("p", {"class": "digest"}, "SHA-256 ", h("code", None, sha256)),
        h("p", {"class": "note"}, f"{form}, {counted(size, 'byte')}, {unit}", f", {first} to {last}" if first and last else None),
    )


def _references(document: AuditDocument) -> Html | None:
    if not document.tool.reference:
        return None
    # DB-IP's licence of its data asks for this link wherever a page shows what they say.
    link = h("a", {"href": "https://db-ip.com", "rel": "noreferrer"}, "IP Geolocation by DB-IP")
    thanks = h("p", {"class": "note"}, "Among the sources of the networks: ", link, ".")
    rows = [
        (r.name, Cell(r.snapshot, "day"), r.licence, Cell(h("code", None, r.sha256), "digest")) for r in document.tool.reference
    ]
    return together(
        table("Data sets used", ("Name", "As of", "Licence", "SHA-256"), rows, named=0, shown=True),
        thanks if any(r.name == NETWORKS for r in document.tool.reference) else None,
    )
