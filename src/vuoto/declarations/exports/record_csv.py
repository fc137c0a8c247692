"""The record of processing activities (GDPR art. 30(1)) as CSV (RFC 4180), one line per purpose and recipient."""

from __future__ import annotations

import csv
from io import StringIO

from vuoto.declarations.form import Export
from vuoto.declarations.record import record
from vuoto.facts.declarations import Declaration

_COLUMNS = (
    "controller",
    "controller_country",
    "contact",
    "lead_authority",
    "declaration_version",
    "activity",
    "title",
    "purpose",
    "legal_basis",
    "data_subjects",
    "data",
    "recipient",
    "recipient_role",
    "recipient_country",
    "recipient_hosts",
    "transfer_tool",
    "transfer_reference",
    "transfer_since",
    "transfer_until",
    "retention",
    "opt_out",
    "events",
)

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠|")
"""A cell that begins so (or so after blanks) is run as a formula by some spreadsheet (OWASP: CSV injection)."""


def safe_cell(text: str) -> str:
    """`text` as a spreadsheet will show it and not run it."""
    return "'" + text if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text


def _render(declaration: Declaration) -> bytes:
    whole = record(declaration)
    out = StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    controller = whole["controller"]
    for activity in whole["activities"]:
        titles = activity["title"]
        for recipient in activity["recipients"] or [{}]:
            transfer = recipient.get("transfer") or {}
            row = (
                controller["name"],
                controller["country"],
                controller["contact"],
                controller["lead_authority"],
                whole["version"],
                activity["key"],
                " / ".join(f"{language}: {title}" for language, title in titles.items()),
                activity["purpose"],
                activity["legal_basis"],
                activity["data_subjects"],
                ", ".join(activity["data"]),
                recipient.get("name"),
                recipient.get("role"),
                recipient.get("country"),
                ", ".join(recipient.get("hosts", ())),
                transfer.get("tool"),
                transfer.get("reference"),
                transfer.get("since"),
                transfer.get("until"),
                activity["retention"],
                "yes" if activity["opt_out"] else "no",
                ", ".join(activity["events"]),
            )
            writer.writerow([safe_cell("" if cell is None else str(cell)) for cell in row])
    return out.getvalue().encode()


EXPORT = Export(
    name="record-csv",
    title="Record of processing activities, art. 30(1), as CSV",
    suffix=".csv",
    media_type="text/csv; charset=utf-8; header=present",
    render=_render,
)
