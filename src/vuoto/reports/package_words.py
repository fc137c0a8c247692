"""What a person reads of one package: rows of what it is, and lists of what it holds; the same at the terminal and on the page.

Rows hold strings of the package, unescaped: whoever shows them makes them visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vuoto.facts.code import CodeFacts
from vuoto.facts.firmware_view import PackageView
from vuoto.facts.packages import Component, HiddenFile, Package, Signer, Trigger, TrustRule
from vuoto.reports.firmware_words import member_words, short_member
from vuoto.reports.showing import counted, kind_title, listed

MOST_WORDS: Final = 40
"""Words of one kind in a row."""

_CLEARTEXT: Final = {True: "allowed by the manifest", False: "forbidden by the manifest", None: ""}
_HIDDEN: Final = {
    "dex": "code",
    "native": "native code",
    "package": "a package",
    "dense": "looks encrypted, or compressed in a way that is not known",
}
_HOW: Final = {
    "archive": "in an archive",
    "foreign-name": "under a name that does not say so",
    "embedded": "in the middle of another file",
    "scrambled": "made unreadable by base64 or one byte",
}

Rows = list[tuple[str, str]]


def identity(view: PackageView) -> Rows:
    """What it is: label and value; what says nothing is left out."""
    facts = view.package
    version = " ".join(
        part for part in (facts.version_name, f"({facts.version_code})" if facts.version_code is not None else None) if part
    )
    rows = [
        ("Path", facts.path),
        ("Label", facts.label or ""),
        ("Version", version),
        ("Kind", f"{facts.kind}, {facts.size:,} bytes"),
        ("SHA-256", facts.sha256),
        ("For Android", f"API {facts.min_sdk or '?'} to {facts.target_sdk or '?'}" if facts.min_sdk or facts.target_sdk else ""),
        ("User id", facts.shared_user_id or ""),
        ("Process", facts.process or ""),
        ("Runs", _runs(facts)),
        ("Debugging", "allowed by the manifest" if facts.debuggable else ""),
        ("Clear text", _CLEARTEXT[facts.cleartext]),
        ("Code", _code(facts, view.code)),
    ]
    rows += [(f"Signed, {signer.scheme}", _signer(signer)) for signer in facts.signers]
    return [(label, value) for label, value in rows if value]


def _code(facts: Package, code: CodeFacts | None) -> str:
    if code is None:
        return "none was found, and the manifest says that there is some" if facts.kind == "apk" and facts.has_code else ""
    numbers = ((code.classes, "class", "classes"), (code.methods, "method", "methods"))
    told = [f"{number:,} {one if number == 1 else many}" for number, one, many in numbers]
    return f"{', '.join(told)}, {counted(code.instructions, 'instruction')}"


def _signer(signer: Signer) -> str:
    certificate = signer.certificate
    parts = [f"{signer.verification}: {certificate.sha256}", certificate.subject or ""]
    if certificate.not_before and certificate.not_after:
        parts.append(f"valid {certificate.not_before[:10]} to {certificate.not_after[:10]}")
    if signer.note:
        parts.append(signer.note)
    if signer.lineage:
        parts.append(f"rotated from {listed([one.subject or one.sha256 for one in signer.lineage[:-1]])}")
    return " · ".join(part for part in parts if part)


def _runs(facts: Package) -> str:
    off = "off when installed, until something turns the application on" if not facts.enabled else ""
    return " · ".join(filter(None, ("kept running from boot on" if facts.persistent else "", off)))


def _trigger(trigger: Trigger) -> str:
    off = "" if trigger.enabled else " (off when installed; starts once code or a setting turns it on)"
    return f"{trigger.kind}: {trigger.clue} → {trigger.component}{off}"


def collects(view: PackageView) -> Iterator[tuple[str, list[str]]]:
    """What starts it, what it reads, and by what it sends: title and rows."""
    facts, code = view.package, view.code
    yield from _lists([("Started by", map(_trigger, facts.triggers))])
    if code is not None:
        reads = (f"{kind_title(r.kind)} ({r.certainty}) in {member_words(r.place.method)}" for r in code.reads)
        sends = (f"by {s.channel} in {member_words(s.place.method)}" for s in code.sends)
        yield from _lists([("Can read", reads), ("Can send", sends)])


def holds(view: PackageView) -> Iterator[tuple[str, list[str]]]:
    """The rest, what concerns data first: title and rows."""
    facts, code = view.package, view.code
    if code is not None:
        yield from _lists(
            [
                (
                    "May reach a send",
                    (
                        f"{kind_title(p.read.kind)} → {p.send.channel}, "
                        f"{'followed' if p.strength == 'value' else 'by the order of calls'}: "
                        + " → ".join(dict.fromkeys(short_member(step.place.method) for step in p.steps))
                        for p in code.paths
                    ),
                ),
                ("Words of what it may send", _words(code)),
                ("Encodes by", (f"{t.kind}: {t.what}" + (f", key {t.key}" if t.key else "") for t in code.transforms)),
                ("Checks no server", (f"{f.what}: {f.why}, in {member_words(f.place.method)}" for f in code.trust_flaws)),
                ("Loads code at run time", (f"in {member_words(place.method)}" for place in code.loads)),
            ]
        )
    yield from _lists(
        [
            ("Keeps code elsewhere", (_hidden(one) for one in facts.hidden)),
            ("Network security", (_rule(rule) for rule in facts.network_security or ())),
            ("Open to other apps", (_component(one) for one in facts.components if one.exported and one.enabled)),
            ("Asks for permissions", facts.permissions),
            ("Defines permissions", (f"{one.name} ({one.level})" for one in facts.permissions_defined)),
            ("Asks for properties", (p.name for p in code.properties) if code is not None else ()),
            ("Uses libraries", facts.libraries),
            ("Native libraries", (f"{one.path} ({one.machine})" for one in facts.native_libraries)),
            ("What could not be read", (f"{p.where}: {p.what}" for p in (*facts.problems, *(code.problems if code else ())))),
            ("Not followed", code.limits if code is not None else ()),
        ]
    )


def _lists(found: Iterable[tuple[str, Iterable[str]]]) -> Iterator[tuple[str, list[str]]]:
    """Those that hold something, each row once."""
    for title, rows in found:
        distinct = list(dict.fromkeys(rows))
        if distinct:
            yield title, distinct


def _words(code: CodeFacts) -> Iterator[str]:
    """One row for each kind of word."""
    for kind in ("path", "header", "parameter", "media-type", "user-agent"):
        values = sorted({one.value for one in code.strings if one.kind == kind})
        if values:
            more = f" and {len(values) - MOST_WORDS:,} more" if len(values) > MOST_WORDS else ""
            yield f"{kind}: {', '.join(values[:MOST_WORDS])}{more}"


def _hidden(one: HiddenFile) -> str:
    name = f" {one.name}" if one.name else ""
    how = f", {_HOW[one.how]}" if one.how in _HOW and one.kind != "dense" else ""
    return f"{one.path}: {_HIDDEN.get(one.kind, one.kind)}{name}{how}, {counted(one.size, 'byte')}"


def _rule(rule: TrustRule) -> str:
    to = listed(list(rule.hosts)) if rule.hosts else "all other hosts"
    said = {True: ["clear text allowed"], False: ["clear text forbidden"], None: []}[rule.cleartext]
    said += [f"trusts {listed(list(rule.trust))}"] if rule.trust else []
    said += (
        [counted(len(rule.pins), "pinned key") + (f" until {rule.pins_expire}" if rule.pins_expire else "")] if rule.pins else []
    )
    told = ", ".join(said) or "says nothing of its own"
    return f"{to}: {told}" + (" (debuggable builds alone)" if rule.debug_only else "")


def _component(one: Component) -> str:
    guard = f", for who has {one.permission}" if one.permission else ""
    actions = sorted({action for part in one.filters for action in part.actions})
    answers = f", answers {listed([action.rpartition('.')[2] for action in actions[:4]])}" if actions else ""
    more = f" and {len(actions) - 4} more" if len(actions) > 4 else ""
    return f"{one.kind} {one.name}{answers}{more}{guard}"
