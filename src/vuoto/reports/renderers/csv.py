"""`--format csv`: one row per disclosure, for a spreadsheet (RFC 4180: CRLF, quotes doubled, a header line)."""

from __future__ import annotations

import csv
import io
from typing import Final

from vuoto.facts.document import AuditDocument
from vuoto.reports.renderer import Renderer, RenderOptions
from vuoto.reports.showing import country_words, kind_title, recipient_name, visible, wireshark_filter

COLUMNS: Final = (
    "id", "kind", "title", "value", "certainty", "certainty_why", "form", "field", "time", "count", "protection", "recipient",
    "addresses", "country", "organisation", "flow", "app", "input", "frames", "entry", "outcomes",
)  # fmt: skip

# A spreadsheet runs a cell that begins with one of these as a formula (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠")
MOST_CHARACTERS: Final = 32_000
"""A spreadsheet's cell holds 32,767."""


def _cell(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    text = visible(str(value), MOST_CHARACTERS) if value is not None else ""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _render(document: AuditDocument, _: RenderOptions) -> bytes:
    recipients = {r.id: r for r in document.recipients}
    flows = {f.id: f for f in document.flows}
    outcomes: dict[str, list[str]] = {}
    for verdict in document.verdicts:
        outcomes.setdefault(verdict.recipient, []).append(f"{verdict.question} ({verdict.jurisdiction}): {verdict.outcome}")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in document.disclosures:
        who = recipients.get(row.recipient)
        flow = flows.get(row.flow)
        file = row.evidence.input
        cells = (
            row.id, row.kind, kind_title(row.kind), row.value, row.certainty, row.certainty_why, " › ".join(row.form), row.field,
            row.time, row.count, row.protection, recipient_name(who) if who else row.recipient,
            " ".join(a.ip for a in who.addresses) if who else "", country_words(who) if who else "",
            who.organisation.name if who and who.organisation else "", row.flow, flow.app if flow else "",
            document.inputs[file].name if 0 <= file < len(document.inputs) else "",
            wireshark_filter(row.evidence.frames) if row.evidence.frames else "", row.evidence.entry,
            "; ".join(sorted(set(outcomes.get(row.recipient, ())))),
        )  # fmt: skip
        writer.writerow([_cell(c) for c in cells])
    return text.getvalue().encode("utf-8", "replace")


RENDERER = Renderer(
    format="csv",
    file_name="disclosures.csv",
    media_type="text/csv; charset=utf-8",
    says="one row per value that left, for a spreadsheet",
    render=_render,
)
