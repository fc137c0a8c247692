"""The table of everything that left: it filters, and each row opens to its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vuoto.facts.disclosures import Disclosure
from vuoto.facts.document import AuditDocument
from vuoto.facts.flows import Flow
from vuoto.facts.recipients import Recipient
from vuoto.facts.vocabulary import CERTAINTIES
from vuoto.reports.page.bytes_view import bytes_view
from vuoto.reports.page.element import Html, h
from vuoto.reports.page.pictures import way
from vuoto.reports.showing import (
    PROTECTION_WORDS,
    counted,
    country_words,
    kind_title,
    reading_order,
    recipient_name,
    times_words,
    wireshark_filter,
)

MOST_ROWS: Final = 2_000
"""Rows of the page; a browser lays out that many at once, and `audit.json` holds all."""

MOST_FRAMES: Final = 40
"""Frames in one filter; a value seldom takes more than three."""

_HEADS: Final = ("Data", "Recipient", "On the way", "Certainty", "Times", "First, UTC")


def findings(document: AuditDocument, order: Mapping[str, int]) -> Html:
    """The section. `order`: recipient id → place, worst first."""
    rows = sorted(
        document.disclosures,
        key=lambda d: (d.certainty == "possible", order.get(d.recipient, len(order)), reading_order(d.kind), d.field, d.id),
    )
    shown = rows[:MOST_ROWS]
    if not shown:
        return h("section", {"id": "findings"}, h("h2", None, "What left, value by value"), h("p", None, "Nothing was found."))
    recipients = {r.id: r for r in document.recipients}
    flows = {f.id: f for f in document.flows}
    more = (
        h("p", {"class": "note"}, f"The page shows the first {MOST_ROWS:,} of {len(rows):,} rows; audit.json holds all.")
        if len(rows) > MOST_ROWS
        else None
    )
    return h(
        "section",
        {"id": "findings"},
        h("h2", None, "What left, value by value"),
        h(
            "p",
            {"class": "note"},
            "Each row opens to the bytes that were sent. A masked value has • for its characters and 2a (*) for its bytes.",
        ),
        more,
        _filters(shown),
        h(
            "table",
            {"class": "findings", "role": "table", "aria-label": "Values that left the device"},
            h("thead", {"role": "rowgroup"}, h("tr", {"role": "row"}, [_head(name) for name in _HEADS])),
            h(
                "tbody",
                {"role": "rowgroup"},
                [_row(d, n, recipients.get(d.recipient), flows.get(d.flow)) for n, d in enumerate(shown)],
            ),
        ),
    )


def _head(name: str) -> Html:
    return h("th", {"scope": "col", "role": "columnheader"}, name)


def _filters(rows: Sequence[Disclosure]) -> Html:
    """The form; the style sheet hides it where no script runs, since it would do nothing."""
    kinds = sorted({d.kind for d in rows}, key=reading_order)
    certainties = [c for c in CERTAINTIES if any(d.certainty == c for d in rows)]
    protections = sorted({d.protection for d in rows}, key=list(PROTECTION_WORDS).index)
    return h(
        "form",
        {"class": "filters", "role": "search", "aria-label": "Filter the rows"},
        h(
            "label",
            None,
            "Search ",
            h("input", {"type": "search", "id": "filter-text", "autocomplete": "off", "spellcheck": "false"}),
        ),
        _select("kind", "Data", [(k, kind_title(k)) for k in kinds]),
        _select("certainty", "Certainty", [(c, c) for c in certainties]),
        _select("protection", "On the way", [(p, PROTECTION_WORDS[p]) for p in protections]),
        h("button", {"type": "button", "id": "open-all", "aria-pressed": "false"}, "Open all rows"),
        h("p", {"role": "status", "id": "filter-status"}, counted(len(rows), "row")),
    )


def _select(name: str, title: str, options: Sequence[tuple[str, str]]) -> Html:
    choices = [h("option", {"value": ""}, "all"), *(h("option", {"value": value}, words) for value, words in options)]
    return h("label", None, f"{title} ", h("select", {"id": f"filter-{name}", "data-filter": name}, choices))


def _cell(head: str, *children: str | Html | None) -> Html:
    return h("td", {"role": "cell", "data-head": head}, *children)


def _row(row: Disclosure, number: int, who: Recipient | None, flow: Flow | None) -> Html:
    title = kind_title(row.kind)
    marks = {
        "id": f"row-{number}",
        "class": "row",
        "role": "row",
        "data-kind": row.kind,
        "data-certainty": row.certainty,
        "data-protection": row.protection,
    }
    button = h(
        "button",
        {"type": "button", "class": "opener", "aria-expanded": "true", "aria-controls": f"bytes-{number}"},
        h("span", {"class": "kind"}, title),
        " ",
        h("code", {"class": "value"}, row.value),
    )
    return Html(
        h(
            "tr",
            marks,
            _cell(_HEADS[0], button, h("span", {"class": "field"}, row.field)),
            _cell(
                _HEADS[1],
                h("span", {"class": "who"}, recipient_name(who) if who else row.recipient),
                h("span", {"class": "field"}, country_words(who)) if who else None,
            ),
            _cell(_HEADS[2], h("span", {"class": f"way {way(row.protection)}"}, PROTECTION_WORDS[row.protection])),
            _cell(_HEADS[3], row.certainty),
            _cell(_HEADS[4], f"{row.count:,}"),
            _cell(_HEADS[5], _moment(row.time)),
        )
        + h(
            "tr",
            {"id": f"bytes-{number}", "class": "bytes", "role": "row"},
            h("td", {"colspan": str(len(_HEADS)), "role": "cell"}, _detail(row, who, flow), bytes_view(row.evidence)),
        )
    )


def _moment(time: str | None) -> str | Html:
    """To the second in the table; the full precision stands in the opened row."""
    return h("time", {"datetime": time}, time[:19].replace("T", " ")) if time else "not known"


def _detail(row: Disclosure, who: Recipient | None, flow: Flow | None) -> Html:
    evidence = row.evidence
    frames = wireshark_filter(evidence.frames[:MOST_FRAMES]) if evidence.frames else None
    over = f" and {counted(len(evidence.frames) - MOST_FRAMES, 'more frame')}" if len(evidence.frames) > MOST_FRAMES else ""
    seen = f"{row.time} and {counted(len(row.times) - 1, 'more time')}" if row.time and len(row.times) > 1 else row.time
    facts: list[tuple[str, str | Html | None]] = [
        (f"Why {row.certainty}", row.certainty_why),
        ("Wrapped as", _chain(row.form)),
        ("Found in", row.field),
        ("Sent", f"{times_words(row.count)}, first {seen}" if seen else times_words(row.count)),
        (
            "To",
            f"{recipient_name(who)}, {', '.join(a.ip for a in who.addresses) or 'address not known'}" if who else row.recipient,
        ),
        ("Wireshark filter", h("span", None, h("code", None, frames), over) if frames else None),
        ("Entry of the archive", str(evidence.entry) if evidence.entry is not None else None),
        (
            "Place in the stream",
            f"offset {evidence.stream_offset:,}, {counted(evidence.length, 'byte')}"
            if evidence.stream_offset is not None
            else None,
        ),
        ("Community ID", h("code", None, flow.community_id) if flow and flow.community_id else None),
        ("App named by the capture", flow.app if flow else None),
    ]
    return h("dl", {"class": "facts"}, [Html(h("dt", None, name) + h("dd", None, value)) for name, value in facts if value])


def _chain(form: Sequence[str]) -> Html | str:
    if not form:
        return "nothing: it stood there plainly"
    return h("ol", {"class": "chain"}, [h("li", None, step) for step in form])
