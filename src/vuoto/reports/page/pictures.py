"""What the two pictures show, as data for the script, and the same as tables for everyone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal

from vuoto.facts.document import AuditDocument
from vuoto.facts.vocabulary import Protection
from vuoto.reports.page.element import Html, h, together, trusted
from vuoto.reports.page.table import table
from vuoto.reports.sentences import Account
from vuoto.reports.showing import counted, country_words, encrypted, kind_title, listed, reading_order, recipient_name

MOST_KINDS: Final = 14
MOST_RECIPIENTS: Final = 14
"""Bands and lanes that can still be told apart; what is over that goes into one band, and the tables hold it."""

MOST_MARKS: Final = 2_000
"""Marks on the timeline; a screen has no more columns of pixels."""

MOST_TABLE_ROWS: Final = 400
"""Rows of the table that says in words what the picture shows."""

Way = Literal["clear", "shut", "unknown"]
WAY_WORDS: Final[dict[Way, str]] = {"clear": "unencrypted", "shut": "encrypted", "unknown": "protection unknown"}


def way(protection: Protection) -> Way:
    """The three ways that a picture tells apart."""
    return "clear" if protection == "none" else "shut" if encrypted(protection) else "unknown"


def island(document: AuditDocument, found: Sequence[Account]) -> Html:
    """The data of the pictures as a JSON block that no parser of HTML can break out of (`<` written as an escape)."""
    import orjson

    data = orjson.dumps({"sankey": _sankey(found), "timeline": _timeline(document, found)}).decode()
    for character in "<>&\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return trusted(f'<script type="application/json" id="pictures">{data}</script>')


def _sankey(found: Sequence[Account]) -> dict[str, Any]:
    """Three columns of nodes, and bands between them by way; a band is as wide as values went, counted each time."""
    amount: defaultdict[str, int] = defaultdict(int)
    for account in found:
        for row in account.rows:
            amount[row.kind] += row.count
    kinds = sorted(sorted(amount, key=lambda k: (-amount[k], reading_order(k)))[:MOST_KINDS], key=reading_order)
    left: defaultdict[tuple[str, str, Way], int] = defaultdict(int)
    right: defaultdict[tuple[str, str, Way], int] = defaultdict(int)
    names: dict[tuple[int, str], str] = {}
    for place, account in enumerate(found):
        who = account.recipient.id if place < MOST_RECIPIENTS else ""
        over = len(found) - MOST_RECIPIENTS
        where = country_words(account.recipient).partition(":")[0]
        for row in account.rows:
            kind = row.kind if row.kind in kinds else ""
            names[0, kind] = kind_title(kind) if kind else counted(len(amount) - len(kinds), "more kind")
            names[1, who] = recipient_name(account.recipient) if who else counted(over, "more recipient")
            names[2, where] = where
            left[kind, who, way(row.protection)] += row.count
            right[who, where, way(row.protection)] += row.count
    order = {
        key: number for number, key in enumerate(sorted(names, key=lambda k: (k[0], not k[1], _place(k, left, right, found))))
    }
    return {
        "nodes": [{"name": names[key], "column": key[0]} for key in order],
        "links": [
            {"source": order[0, kind], "target": order[1, who], "value": number, "way": how}
            for (kind, who, how), number in sorted(left.items(), key=lambda i: (order[0, i[0][0]], order[1, i[0][1]], i[0][2]))
        ]
        + [
            {"source": order[1, who], "target": order[2, where], "value": number, "way": how}
            for (who, where, how), number in sorted(right.items(), key=lambda i: (order[1, i[0][0]], order[2, i[0][1]], i[0][2]))
        ],
    }


def _place(
    key: tuple[int, str],
    left: Mapping[tuple[str, str, Way], int],
    right: Mapping[tuple[str, str, Way], int],
    found: Sequence[Account],
) -> tuple[int, tuple[bool, int, str]]:
    """Sort key in a column: recipients worst first; the rest beside the one it shares most with, so that few bands cross."""
    places = {a.recipient.id: n for n, a in enumerate(found[:MOST_RECIPIENTS])}
    column, name = key
    if column == 1:
        return places.get(name, MOST_RECIPIENTS), (False, 0, name)
    shares = [(n, who) for (kind, who, _), n in left.items() if kind == name] if column == 0 else []
    shares += [(n, who) for (who, where, _), n in right.items() if where == name] if column == 2 else []
    most = min((-n, places.get(who, MOST_RECIPIENTS)) for n, who in shares)[1]
    return most, reading_order(name)


def _milliseconds(time: str | None) -> int | None:
    """Of an RFC 3339 time, since 1970; `None` for none, or for one that cannot be read."""
    if not time:
        return None
    try:
        moment = datetime.fromisoformat(time[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None
    fraction = time[20:].rstrip("Z")[:3]
    return int(moment.timestamp()) * 1000 + (int(fraction.ljust(3, "0")) if fraction.isdigit() else 0)


def _timeline(document: AuditDocument, found: Sequence[Account]) -> dict[str, Any]:
    marks: defaultdict[tuple[int, int, Way], int] = defaultdict(int)
    lanes: list[str] = []
    for account in found[:MOST_RECIPIENTS]:
        for row in account.rows:
            for time in row.times or (row.time,):
                at = _milliseconds(time)
                if at is not None:
                    marks[len(lanes), at, way(row.protection)] += 1
        lanes.append(recipient_name(account.recipient))
    shut: set[int] = set()
    for flow in document.flows:
        if encrypted(flow.protection) and not flow.decrypted and (at := _milliseconds(flow.first)) is not None:
            shut.add(at)
    if shut:
        lanes.append("encrypted, not read")
        for at in shut:
            marks[len(lanes) - 1, at, "shut"] += 1
    kept = sorted(marks.items())[:MOST_MARKS]
    return {"lanes": lanes, "marks": [{"lane": lane, "at": at, "way": how, "count": n} for (lane, at, how), n in kept]}


def ways_table(found: Sequence[Account]) -> Html:
    """Data → recipient → country in words: what the Sankey shows."""
    rows: list[tuple[str, ...]] = []
    for account in found:
        groups: defaultdict[Way, dict[str, int]] = defaultdict(dict)
        for row in account.rows:
            kinds = groups[way(row.protection)]
            kinds[kind_title(row.kind)] = kinds.get(kind_title(row.kind), 0) + row.count
        for how in WAY_WORDS:
            if how in groups:
                what = listed([f"{title} ({number:,})" for title, number in groups[how].items()])
                rows.append((what, recipient_name(account.recipient), country_words(account.recipient), WAY_WORDS[how]))
    return _table(
        "Which data went to whom, in which country", ("Data, and how often", "Recipient", "Country", "On the way"), rows
    )


def times_table(found: Sequence[Account]) -> Html:
    """When each recipient was sent something: what the timeline shows."""
    rows: list[tuple[str, ...]] = []
    for account in found:
        times = sorted({t for row in account.rows for t in row.times or (row.time,) if t})
        most = max(*(row.count for row in account.rows), len(times))
        first, last = (times[0], times[-1]) if times else ("not known", "not known")
        rows.append((recipient_name(account.recipient), f"{most:,}", first, last))
    return _table("When each recipient was sent something (UTC)", ("Recipient", "Times", "First", "Last listed"), rows)


def _table(caption: str, heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Html:
    more = (
        h("p", {"class": "note"}, f"{len(rows) - MOST_TABLE_ROWS:,} more rows: audit.json holds all.")
        if len(rows) > MOST_TABLE_ROWS
        else None
    )
    return together(table(caption, heads, rows[:MOST_TABLE_ROWS], shown=True), more)
