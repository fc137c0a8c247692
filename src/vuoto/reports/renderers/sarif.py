"""`--format sarif`: SARIF 2.1.0 (OASIS, sarif-v2.1.0-errata01), for the tools that gate a build.

One result per disclosure and one per verdict that asks for an answer. The place is the input file; the offset is that of the
flow's outgoing stream, not of the file, so it stands in `properties` and not in a `region`.
"""

from __future__ import annotations

from typing import Any, Final, Literal
from urllib.parse import quote

from vuoto.facts.disclosures import Disclosure
from vuoto.facts.document import AuditDocument
from vuoto.facts.origins import Origin
from vuoto.facts.recipients import Recipient
from vuoto.facts.verdicts import Verdict
from vuoto.facts.vocabulary import kind_of
from vuoto.reports.attributing import NO_PROOF, named, origins_of
from vuoto.reports.renderer import Renderer, RenderOptions
from vuoto.reports.showing import (
    OUTCOME_TONES,
    OUTCOME_WORDS,
    PROTECTION_WORDS,
    QUESTION_WORDS,
    country_words,
    kind_title,
    recipient_name,
    times_words,
    visible,
)

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_SENDERS: Final = 4
"""Candidates told per disclosure."""

Level = Literal["error", "warning", "note"]


def _level(row: Disclosure) -> Level:
    if row.certainty == "possible" or kind_of(row.kind).family == "technical":
        return "note"
    return "error" if row.protection == "none" and row.certainty in ("known", "validated") else "warning"


def _verdict_level(verdict: Verdict) -> Level:
    return {"bad": "error", "open": "warning", "good": "note"}[OUTCOME_TONES[verdict.outcome]]  # type: ignore[return-value]


def _render(document: AuditDocument, _: RenderOptions) -> bytes:
    import orjson

    recipients = {r.id: r for r in document.recipients}
    rules: dict[str, dict[str, Any]] = {}
    results: list[dict[str, Any]] = []
    senders = _senders(document)
    files = {d.id: d.evidence.input for d in document.disclosures}
    for row in document.disclosures:
        rules.setdefault(f"disclosure/{visible(row.kind)}", _kind_rule(row.kind))
        result = _disclosure(document, row, recipients.get(row.recipient))
        if row.id in senders:
            result["relatedLocations"] = [_sender(origin, number) for number, origin in enumerate(senders[row.id])]
        results.append(result)
    for verdict in document.verdicts:
        if OUTCOME_TONES[verdict.outcome] == "good":
            continue
        rules.setdefault(f"{verdict.question}/{verdict.outcome}", _outcome_rule(verdict))
        file = files.get(verdict.disclosures[0], 0) if verdict.disclosures else 0
        results.append(_verdict(document, verdict, recipients.get(verdict.recipient), file))
    order = {name: place for place, name in enumerate(sorted(rules))}
    for result in results:
        result["ruleIndex"] = order[result["ruleId"]]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Vuoto",
                        "version": document.tool.version,
                        "rules": [rules[name] for name in sorted(rules)],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [
                    {
                        "location": {"uri": _uri(i.name)},
                        "length": i.size,
                        "hashes": {"sha-256": i.sha256},
                        "roles": ["analysisTarget"],
                    }
                    for i in document.inputs
                ],
                "results": results,
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(document)}],
            }
        ],
    }
    return orjson.dumps(log, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _uri(name: str) -> str:
    return quote(visible(name), safe="")


def _kind_rule(kind: str) -> dict[str, Any]:
    title = kind_title(kind)
    return {
        "id": f"disclosure/{visible(kind)}",
        "name": "".join(w.capitalize() for w in visible(kind).replace(":", "_").split("_")) + "LeftTheDevice",
        "shortDescription": {"text": f"{title} left the device."},
        "defaultConfiguration": {"level": "note" if kind_of(kind).family == "technical" else "warning"},
        "properties": {"family": kind_of(kind).family},
    }


def _outcome_rule(verdict: Verdict) -> dict[str, Any]:
    words = f"{QUESTION_WORDS[verdict.question]}: {OUTCOME_WORDS[verdict.outcome]}."
    return {
        "id": f"{verdict.question}/{verdict.outcome}",
        "name": "".join(w.capitalize() for w in f"{verdict.question}-{verdict.outcome}".split("-")),
        "shortDescription": {"text": words},
        "defaultConfiguration": {"level": _verdict_level(verdict)},
    }


def _logical(who: Recipient | None, name: str) -> list[dict[str, Any]]:
    return [{"name": recipient_name(who) if who else visible(name), "kind": "resource"}]


def _physical(document: AuditDocument, index: int) -> dict[str, Any]:
    if not 0 <= index < len(document.inputs):
        return {}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(document.inputs[index].name), "index": index}}}


def _disclosure(document: AuditDocument, row: Disclosure, who: Recipient | None) -> dict[str, Any]:
    to = recipient_name(who) if who else visible(row.recipient)
    country = f" ({country_words(who)})" if who else ""
    how = PROTECTION_WORDS[row.protection]
    what = f"{kind_title(row.kind)} {visible(row.value)}"
    text = f"{what} left the device {times_words(row.count)}, {how}, to {to}{country}, in {visible(row.field)}."
    evidence = row.evidence
    return {
        "ruleId": f"disclosure/{visible(row.kind)}",
        "level": _level(row),
        "message": {"text": text},
        "locations": [
            {
                **_physical(document, evidence.input),
                "logicalLocations": [
                    *_logical(who, row.recipient),
                    {"name": visible(row.field), "fullyQualifiedName": f"{to}: {visible(row.field)}", "kind": "member"},
                ],
            }
        ],
        "partialFingerprints": {"vuotoDisclosure/v1": visible(row.id)},
        "occurrenceCount": max(row.count, 1),
        "properties": {
            "certainty": row.certainty,
            "certaintyWhy": visible(row.certainty_why),
            "protection": row.protection,
            "form": [visible(f) for f in row.form],
            "time": row.time,
            "flow": visible(row.flow),
            "frames": list(evidence.frames),
            "entry": evidence.entry,
            "streamOffset": evidence.stream_offset,
            "length": evidence.length,
        },
    }


def _senders(document: AuditDocument) -> dict[str, list[Origin]]:
    """For each disclosure the code that can have sent it, best first, where there is an answer."""
    found: dict[str, list[Origin]] = {}
    for answer in document.attributions:
        if answer.outcome in ("found", "several"):
            best = origins_of(answer, document.origins)[:MOST_SENDERS]
            found.update(dict.fromkeys(answer.disclosures, best))
    return found


def _sender(origin: Origin, number: int) -> dict[str, Any]:
    """A place that is no result: the package, class and method that can have sent it."""
    logical: list[dict[str, Any]] = [{"name": visible(origin.package), "kind": "package"}]
    if origin.class_:
        logical.append(
            {"name": visible(origin.class_.rpartition(".")[2]), "fullyQualifiedName": visible(origin.class_), "kind": "type"}
        )
    if origin.method:
        logical.append(
            {
                "name": visible(origin.method.partition("->")[2].partition("(")[0]),
                "fullyQualifiedName": visible(origin.method),
                "kind": "function",
            }
        )
    text = f"{named(origin)} can have sent this, confidence {origin.confidence:.2f}. {NO_PROOF}"
    return {"id": number, "logicalLocations": logical, "message": {"text": text}}


def _verdict(document: AuditDocument, verdict: Verdict, who: Recipient | None, file: int) -> dict[str, Any]:
    to = recipient_name(who) if who else visible(verdict.recipient)
    because = " ".join(visible(b) for b in verdict.because)
    head = f"{QUESTION_WORDS[verdict.question]}, {to}: {OUTCOME_WORDS[verdict.outcome]} as of {verdict.as_of}."
    return {
        "ruleId": f"{verdict.question}/{verdict.outcome}",
        "level": _verdict_level(verdict),
        "message": {"text": f"{head} {because}".strip()},
        "locations": [{**_physical(document, file), "logicalLocations": _logical(who, verdict.recipient)}],
        "partialFingerprints": {"vuotoVerdict/v1": visible(verdict.id)},
        "properties": {
            "jurisdiction": verdict.jurisdiction,
            "asOf": verdict.as_of,
            "kinds": list(verdict.kinds),
            "missing": [visible(m) for m in verdict.missing],
            "clauses": [{"law": c.law, "article": c.article, "source": c.source} for c in verdict.clauses],
        },
    }


def _notifications(document: AuditDocument) -> list[dict[str, Any]]:
    return [
        {
            "level": "warning",
            "message": {"text": f"{visible(p.where)}: {visible(p.what)}." + (f" {visible(p.next_step)}" if p.next_step else "")},
        }
        for p in document.problems
    ]


RENDERER = Renderer(
    format="sarif",
    file_name="audit.sarif",
    media_type="application/sarif+json",
    says="SARIF 2.1.0, for the tools that gate a build",
    render=_render,
)
