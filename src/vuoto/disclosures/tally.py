"""Counts equal findings as one row: same kind, value, field and recipient."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vuoto.facts.disclosures import Evidence, Finding
from vuoto.facts.vocabulary import CERTAINTIES, Certainty, mask

Contact = tuple[str | None, str | None]
"""Host name and address of a remote side, either of them unknown."""

MOST_TIMES: Final = 64
"""Times kept per row; the count goes on. A page that lists more than these helps nobody."""

MOST_ROWS: Final = 200_000
"""Rows kept per input. Hostile traffic could make each request a row of its own; beyond this the staircase says so."""


@dataclass(slots=True)
class Row:
    """One row while it is counted. `flow` and `contact` are those of the first."""

    kind: str
    value: str
    raw: str
    field: str
    contact: Contact
    flow: int
    certainty: Certainty
    why: str
    form: tuple[str, ...]
    count: int
    times_ns: list[int]
    flows: set[int]
    evidence: Evidence

    def id(self, flow_id: str) -> str:
        """Stable, from the place of the first one; never from the value, for a hash of an IMEI gives the IMEI away."""
        e = self.evidence
        place = f"{flow_id}|{e.stream_offset}|{e.length}|{e.entry}|{self.field}|{self.kind}|{'>'.join(self.form)}"
        return "d-" + hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:16]


MOST_ALIKE: Final = 8
"""Different values in one field that only look like a kind. A field with more of them holds order numbers, not identifiers."""

Key = tuple[str, str, str, str]


def _key(kind: str, value: str, field: str, contact: Contact) -> Key:
    """What makes a row: a recipient is its host, whatever its addresses; an address where nothing names it."""
    return kind, value, field, contact[0] or contact[1] or ""


class Tally:
    """The rows of one input, or of a shard of it."""

    def __init__(self) -> None:
        self._rows: dict[Key, Row] = {}
        self._alike: dict[tuple[str, str, str], int] = {}
        self.dropped = 0
        """Rows that were not opened, because there were too many of them."""

        self.alike = 0
        """Findings that only look like a kind, beyond those that are listed of their field."""

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def rows(self) -> Iterator[Row]:
        """The rows in the order of their first finding."""
        return iter(self._rows.values())

    def seen(self, finding: Finding, contact: Contact, flow: int, time_ns: int) -> bool:
        """Count `finding` on its row; `False` where it has no row yet, and should have one (then `open_row`)."""
        key = _key(finding.kind, finding.value, finding.field, contact)
        row = self._rows.get(key)
        if row is None:
            if finding.certainty == "possible" and self._alike.get((key[0], key[2], key[3]), 0) >= MOST_ALIKE:
                self.alike += 1
                return True
            return False
        row.count += 1
        row.flows.add(flow)
        if len(row.times_ns) < MOST_TIMES:
            row.times_ns.append(time_ns)
        if CERTAINTIES.index(finding.certainty) < CERTAINTIES.index(row.certainty):
            row.certainty, row.why, row.form = finding.certainty, finding.why, finding.form
        return True

    def open_row(
        self,
        finding: Finding,
        contact: Contact,
        flow: int,
        time_ns: int,
        evidence: Evidence,
    ) -> None:
        """Begin a row with its first finding."""
        if len(self._rows) >= MOST_ROWS:
            self.dropped += 1
            return
        key = _key(finding.kind, finding.value, finding.field, contact)
        if finding.certainty == "possible":
            field = (key[0], key[2], key[3])
            self._alike[field] = self._alike.get(field, 0) + 1
        self._rows[key] = Row(
            kind=finding.kind,
            value=finding.value,
            raw=finding.part.value if finding.part is not None else finding.value,
            field=finding.field,
            contact=contact,
            flow=flow,
            certainty=finding.certainty,
            why=finding.why,
            form=finding.form,
            count=1,
            times_ns=[time_ns],
            flows={flow},
            evidence=evidence,
        )

    def take(self, other: Tally) -> None:
        """Add the rows of another shard."""
        self.dropped += other.dropped
        self.alike += other.alike
        for row in other.rows():
            key = _key(row.kind, row.value, row.field, row.contact)
            mine = self._rows.get(key)
            self._rows[key] = row if mine is None else join_rows(mine, row)


def join_rows(a: Row, b: Row) -> Row:
    """One row of two with the same key; the earlier one's evidence stays."""
    first, other = (a, b) if (a.times_ns[0], a.flow) <= (b.times_ns[0], b.flow) else (b, a)
    if CERTAINTIES.index(other.certainty) < CERTAINTIES.index(first.certainty):
        first.certainty, first.why, first.form = other.certainty, other.why, other.form
    first.count += other.count
    first.times_ns = sorted([*first.times_ns, *other.times_ns])[:MOST_TIMES]
    first.flows |= other.flows
    return first


def without_value(text: str, row: Row) -> str:
    """`text` with the row's value masked where it stands in it (paths hold values: `/imei/4901…`)."""
    for spelling in (row.raw, row.value):
        if len(spelling) >= 4 and spelling in text:  # shorter ones would eat words
            text = text.replace(spelling, mask(row.kind, spelling))
    return text
