"""Each package: what it is, what starts it, what it can read, and by which ways that may reach a send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from vuoto.facts.code import CodeFacts
from vuoto.facts.firmware_view import CONCERNS, Concern, FirmwareView, PackageView
from vuoto.reports.firmware_page.oddities import concern
from vuoto.reports.firmware_words import kinds_read, member_words, package_words, short_member, worst
from vuoto.reports.page.element import Html, h
from vuoto.reports.showing import counted, kind_title, listed

MOST_PACKAGES: Final = 800
"""Packages written out; the JSON holds all."""

MOST_ROWS: Final = 40
"""Rows of one list."""


def packages_section(view: FirmwareView, anchors: dict[str, str]) -> Html:
    """All packages, folded where there are several."""
    counts = worst(view.oddities)
    more = len(view.packages) - MOST_PACKAGES
    return h(
        "section",
        {"id": "packages"},
        h("h2", None, "The packages" if len(view.packages) != 1 else "The package"),
        [
            _package(package, anchors[package.package.path], counts[package.package.path], alone=len(view.packages) == 1)
            for package in view.packages[:MOST_PACKAGES]
        ],
        h("p", {"class": "note"}, f"{counted(more, 'more package')}: the JSON holds all.") if more > 0 else None,
    )


def _package(view: PackageView, anchor: str, found: Counter[Concern], *, alone: bool) -> Html:
    facts = view.package
    kinds = kinds_read(view.code)
    marks: list[Html | str] = []
    for word in CONCERNS:
        if found.get(word):
            marks += [" ", concern(word), f" {found[word]}"]
    reads = f"can read {listed([kind_title(kind) for kind in kinds])}" if kinds else ""
    starts = listed(sorted({trigger.kind for trigger in facts.triggers}))
    note = " · ".join(part for part in (facts.path, reads, f"started by {starts}" if starts else "") if part)
    return h(
        "details",
        {"class": "package", "id": anchor, "open": alone},
        h("summary", None, h("h3", None, package_words(view)), marks, h("span", {"class": "note"}, note)),
        h("div", {"class": "inside"}, _identity(view), _lists(view)),
    )


def _identity(view: PackageView) -> Html:
    facts = view.package
    version = " ".join(
        p for p in (facts.version_name, f"({facts.version_code})" if facts.version_code is not None else None) if p
    )
    rows: list[tuple[str, str]] = [
        ("Path", facts.path),
        ("Version", version),
        ("SHA-256", facts.sha256),
        ("For Android", f"API {facts.min_sdk or '?'} to {facts.target_sdk or '?'}" if facts.min_sdk or facts.target_sdk else ""),
        ("User id", facts.shared_user_id or ""),
        ("Clear text", {True: "allowed by the manifest", False: "forbidden by the manifest", None: ""}[facts.cleartext]),
    ]
    rows += [
        (f"Signed, {signer.scheme}", f"{signer.verification}: {signer.certificate.sha256} {signer.certificate.subject or ''}")
        for signer in facts.signers
    ]
    parts: list[Html] = []
    for label, value in rows:
        if value:
            parts += [h("dt", None, label), h("dd", None, value)]
    return h("dl", {"class": "facts"}, parts)


def _lists(view: PackageView) -> list[Html | str]:
    facts, code = view.package, view.code
    found: list[Html | None] = [_list("Started by", (f"{t.kind}: {t.clue} → {t.component}" for t in facts.triggers))]
    if code is not None:
        found += [
            _list("Can read", (f"{kind_title(r.kind)} ({r.certainty}) in {member_words(r.place.method)}" for r in code.reads)),
            _list("Can send", (f"by {s.channel} in {member_words(s.place.method)}" for s in code.sends)),
            _list(
                "May reach a send",
                (
                    f"{kind_title(p.read.kind)} → {p.send.channel}, "
                    f"{'followed' if p.strength == 'value' else 'by the order of calls'}: "
                    + " → ".join(dict.fromkeys(short_member(step.place.method) for step in p.steps))
                    for p in code.paths
                ),
            ),
            _list("Words of what it may send", _words(code)),
            _list("Encodes by", (f"{t.kind}: {t.what}" + (f", key {t.key}" if t.key else "") for t in code.transforms)),
            _list("Asks for properties", (p.name for p in code.properties)),
        ]
    found += [
        _list("Asks for permissions", facts.permissions),
        _list("Native libraries", (library.path for library in facts.native_libraries)),
        _list("What could not be read", (f"{p.where}: {p.what}" for p in (*facts.problems, *(code.problems if code else ())))),
        _list("Not followed", code.limits if code is not None else ()),
    ]
    return [one for one in found if one is not None]


def _words(code: CodeFacts) -> Iterable[str]:
    """One row for each kind of word."""
    for kind in ("path", "header", "parameter", "media-type", "user-agent"):
        values = sorted({one.value for one in code.strings if one.kind == kind})
        if values:
            more = f" and {len(values) - MOST_ROWS:,} more" if len(values) > MOST_ROWS else ""
            yield f"{kind}: {', '.join(values[:MOST_ROWS])}{more}"


def _list(title: str, rows: Iterable[str]) -> Html | None:
    distinct = list(dict.fromkeys(rows))
    if not distinct:
        return None
    more = len(distinct) - MOST_ROWS
    return h(
        "div",
        None,
        h("h4", None, title),
        h("ul", None, [h("li", None, row) for row in distinct[:MOST_ROWS]]),
        h("p", {"class": "note"}, f"{more:,} more: the JSON holds all.") if more > 0 else None,
    )
