"""A copy of the document that can be shown to anyone: no values, no bytes, nothing of the device's own network.

What is kept: ids, kinds, certainties, recipients outside, countries, verdicts, apps, times, frame numbers, SHA-256 of the inputs.
Their names, which may be a person's, are counted instead: `capture-1.pcapng`. An id is not computable from a value
(`Disclosure.id`). The inputs themselves stay as secret as they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from vuoto.facts.disclosures import Disclosure
from vuoto.facts.document import AuditDocument
from vuoto.facts.flows import Flow
from vuoto.facts.problems import Problem
from vuoto.facts.recipients import Recipient

HIDDEN: Final = "•••"
_LOCAL: Final = "local host "
_KEPT_DETAILS: Final = ("alpn", "ja4", "version")
"""Of the client software, the same on every phone of the model."""

# What identifies even where no rule of ours put it: a path may hold a number as a key, a problem may quote one. Runs of digits as
# long as a phone number, hex as long as an Android ID, MAC addresses, UUIDs, e-mail addresses, masked values.
_TELLING: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|(?<![0-9a-fA-F])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}"
    r"|(?<![0-9a-fA-F])[0-9a-fA-F]{16,}"
    r"|\d{9,}"
    r"|[^\s/›]*•[^\s/›]*"
)
# How a capture's name may end without telling anything; `-` is standard input.
_ENDING: Final = re.compile(r"(?:(?:\.(?:pcapng|pcap|cap|dmp|har|json))?(?:\.(?:gz|zst|xz|lz4))?)?$", re.IGNORECASE)
_SHORTEST_NAME: Final = len("a.pcap")
"""A shorter name of an input is a word of everyday text more often than a secret."""

# Where a word ends, for finding a value or address inside a sentence in one pass.
_WORD: Final = re.compile(r"[^\s,;'\"“”‘’()<>=/›]+")


def redact(document: AuditDocument) -> AuditDocument:
    """The document without what identifies a person, a device or a home network. Ids stay; redacting twice changes nothing."""
    secret = _secrets(document)
    addresses = frozenset(document.device.addresses)

    numbered = _numbered(document)
    names = {name: shown for name, shown in reversed(numbered) if len(name) >= _SHORTEST_NAME}
    name = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)")

    def clean(text: str) -> str:
        text = name.sub(lambda found: names[found.group()], text)
        return _TELLING.sub(HIDDEN, _WORD.sub(lambda word: _hidden(word.group(), secret), text))

    return replace(
        document,
        inputs=tuple(replace(i, name=shown) for i, (_, shown) in zip(document.inputs, numbered, strict=True)),
        device=replace(document.device, addresses=(), addresses_why="redacted" if document.device.addresses_why else ""),
        flows=tuple(_flow(f, secret, addresses, clean) for f in document.flows),
        disclosures=tuple(_disclosure(d, clean) for d in document.disclosures),
        recipients=tuple(_recipient(r, secret, clean) for r in document.recipients),
        verdicts=tuple(
            replace(v, because=tuple(map(clean, v.because)), missing=tuple(map(clean, v.missing))) for v in document.verdicts
        ),
        origins=tuple(replace(o, clues=tuple(replace(c, what=clean(c.what)) for c in o.clues)) for o in document.origins),
        attributions=tuple(replace(a, because=tuple(map(clean, a.because))) for a in document.attributions),
        problems=tuple(_problem(p, clean) for p in document.problems),
        summary=replace(document.summary, sentences=tuple(map(clean, document.summary.sentences))),
    )


def _numbered(document: AuditDocument) -> list[tuple[str, str]]:
    """Each input's name and what stands in its place: its number, and how it ends where that only tells the format."""
    endings = [_ENDING.search(i.name) for i in document.inputs]
    return [
        (i.name, f"capture-{number}{ending.group().lower() if ending else ''}")
        for number, (i, ending) in enumerate(zip(document.inputs, endings, strict=True), 1)
    ]


def _secrets(document: AuditDocument) -> dict[str, str]:
    """Word → what stands in its place: the device's addresses, the hosts of its own network, the values."""
    secret = dict.fromkeys(document.device.addresses, HIDDEN)
    local = [r for r in document.recipients if r.local]
    for number, recipient in enumerate(local, 1):
        shown = recipient.host if recipient.host and recipient.host.startswith(_LOCAL) else f"{_LOCAL}{number}"
        for word in (recipient.host, recipient.registrable_domain, *(a.ip for a in recipient.addresses)):
            if word:
                secret[word] = shown
    for row in document.disclosures:
        # A shorter value is a word of everyday text more often than a secret; its own row is cleaned of it all the same.
        if len(row.value) >= 4:
            secret.setdefault(row.value, HIDDEN)
    return secret


def _hidden(word: str, secret: dict[str, str]) -> str:
    bare = word.rstrip(".:?!").strip("[]")
    for candidate in (word, bare, bare.rpartition(":")[0].strip("[]")):
        if candidate in secret:
            return secret[candidate]
    return word


def _host(endpoint: str) -> str:
    return endpoint.rpartition(":")[0].strip("[]")


def _flow(flow: Flow, secret: dict[str, str], device: frozenset[str], clean: Callable[[str], str]) -> Flow:
    # The Community ID is a plain SHA-1 of addresses and ports: those of a home network are found by trying them all.
    def end(endpoint: str | None, *, ours: bool) -> str | None:
        hide = endpoint is not None and (ours or _host(endpoint) in device or _host(endpoint) in secret)
        return None if hide else endpoint

    return replace(
        flow,
        client=end(flow.client, ours=flow.device_side != "server"),
        server=end(flow.server, ours=flow.device_side == "server"),
        host=clean(flow.host) if flow.host else flow.host,
        why_not_decrypted=clean(flow.why_not_decrypted) if flow.why_not_decrypted else flow.why_not_decrypted,
        community_id=None,
        details=tuple((name, value if name in _KEPT_DETAILS else clean(value)) for name, value in flow.details),
    )


def _disclosure(row: Disclosure, clean: Callable[[str], str]) -> Disclosure:
    def without(text: str) -> str:
        return clean(text.replace(row.value, HIDDEN) if row.value else text)

    return replace(
        row,
        value=HIDDEN,
        field=without(row.field),
        certainty_why=without(row.certainty_why),
        evidence=replace(row.evidence, layers=tuple(replace(layer, excerpt="") for layer in row.evidence.layers)),
    )


def _recipient(recipient: Recipient, secret: dict[str, str], clean: Callable[[str], str]) -> Recipient:
    if not recipient.local:
        return replace(
            recipient,
            host=clean(recipient.host) if recipient.host else recipient.host,
            registrable_domain=clean(recipient.registrable_domain) if recipient.registrable_domain else None,
        )
    known = recipient.host or (recipient.addresses[0].ip if recipient.addresses else "")
    return replace(
        recipient,
        host=secret.get(known, _LOCAL.rstrip()),
        registrable_domain=None,
        addresses=(),
        country_why=clean(recipient.country_why),
    )


def _problem(problem: Problem, clean: Callable[[str], str]) -> Problem:
    return replace(
        problem,
        where=clean(problem.where),
        what=clean(problem.what),
        next_step=clean(problem.next_step) if problem.next_step else problem.next_step,
    )
