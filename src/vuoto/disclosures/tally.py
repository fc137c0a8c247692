"""Counts equal findings as one row: same kind, value, field and recipient."""

from __future__ import annotations

import dataclasses
import hashlib
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vuoto.facts.disclosures import Evidence, Finding
from vuoto.facts.vocabulary import CERTAINTIES, Certainty, Protection, mask, weaker

Contact = tuple[str | None, str | None]
"""Host name and address of a remote side, either of them unknown."""

MOST_TIMES: Final = 64
"""Times kept per row; the count goes on. A page that lists more than these helps nobody."""

MOST_PLACED: Final = 16
"""Occurrences per row, the earliest, whose frames are named: enough to look at a repetition, and a list that can be read."""

MOST_FRAMES: Final = 8
"""Frames named of one occurrence: a value lies in one or two, a wrapped blob in hundreds, of which the first ones lead there."""

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
    """The earliest, ascending, at most `MOST_TIMES`."""

    first_ns: int
    """Time of the one that `flow` and `evidence` show: the earliest."""

    order: tuple[int, int]
    """Flow and time of the one that was looked at first."""

    flows: set[int]
    evidence: Evidence | None
    """`None` for a value that is counted and will not be listed (see `MOST_ALIKE`)."""

    placed: list[tuple[int, int, tuple[int, ...]]] = dataclasses.field(default_factory=list)
    """Time, input and frames of the earliest occurrences, ascending, at most `MOST_PLACED`."""

    apart: dict[int, Protection] = dataclasses.field(default_factory=dict)
    """How the value went in a conversation that went on otherwise (in clear before STARTTLS), by flow."""

    def wants_place(self, time_ns: int) -> bool:
        """Whether the frames of an occurrence at `time_ns` would be named."""
        if self.evidence is None:
            return False
        return len(self.placed) < MOST_PLACED or time_ns < self.placed[-1][0]

    def add_place(self, time_ns: int, input_index: int, frames: Sequence[int]) -> None:
        """Name the frames of one occurrence."""
        insort(self.placed, (time_ns, input_index, tuple(frames[:MOST_FRAMES])))
        del self.placed[MOST_PLACED:]

    def evidenced(self) -> Evidence:
        """The evidence of the first, with the frames of the next ones of the same input behind its own."""
        assert self.evidence is not None
        own = self.evidence.frames
        further = {f for _, index, frames in self.placed if index == self.evidence.input for f in frames}
        return replace(self.evidence, frames=(*own, *sorted(further.difference(own))))

    def id(self, flow_id: str) -> str:
        """Stable, from the place of the first one; never from the value, for a hash of an IMEI gives the IMEI away."""
        e = self.evidence
        assert e is not None
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

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def rows(self) -> Iterator[Row]:
        """The rows in the order of their first finding."""
        return iter(self._rows.values())

    def seen(self, finding: Finding, contact: Contact, flow: int, time_ns: int) -> Row | None:
        """Count `finding` on its row; `None` where it has none yet, or is earlier than the row's evidence (then `open_row`)."""
        key = _key(finding.kind, finding.value, finding.field, contact)
        row = self._rows.get(key)
        if row is None or (row.evidence is None and finding.certainty != "possible"):
            return None
        if time_ns < row.first_ns:
            if row.evidence is not None:
                return None
            row.first_ns, row.flow = time_ns, flow
        _count(row, finding, flow, time_ns)
        return row

    def crowded(self, finding: Finding, contact: Contact) -> bool:
        """Whether the field already holds so many look-alikes that another needs no evidence: it will not be listed."""
        if finding.certainty != "possible" or _key(finding.kind, finding.value, finding.field, contact) in self._rows:
            return False
        return self._alike.get((finding.kind, finding.field, contact[0] or contact[1] or ""), 0) >= MOST_ALIKE

    def open_row(
        self,
        finding: Finding,
        contact: Contact,
        flow: int,
        time_ns: int,
        evidence: Evidence | None,
    ) -> None:
        """Begin a row with its first finding, or give one evidence: its first, or an earlier one."""
        key = _key(finding.kind, finding.value, finding.field, contact)
        counted = self._rows.get(key)
        if counted is not None:
            counted.evidence, counted.first_ns, counted.flow, counted.form = evidence, time_ns, flow, finding.form
            _count(counted, finding, flow, time_ns)
            if evidence is not None:
                counted.add_place(time_ns, evidence.input, evidence.frames)
            return
        if len(self._rows) >= MOST_ROWS:
            self.dropped += 1
            return
        if finding.certainty == "possible":
            alike = (key[0], key[2], key[3])
            self._alike[alike] = self._alike.get(alike, 0) + 1
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
            first_ns=time_ns,
            order=(flow, time_ns),
            flows={flow},
            evidence=evidence,
            placed=[] if evidence is None else [(time_ns, evidence.input, evidence.frames[:MOST_FRAMES])],
        )

    def take(self, other: Tally) -> None:
        """Add the rows of another shard."""
        self.dropped += other.dropped
        for row in other.rows():
            key = _key(row.kind, row.value, row.field, row.contact)
            mine = self._rows.get(key)
            self._rows[key] = row if mine is None else join_rows(mine, row)

    def settle(self) -> int:
        """Leave the first look-alikes of each field and take away the others; gives how many findings these were.

        The first of a field are the first of their shard as well, so they have their evidence whatever the number of shards.
        """
        fields: dict[tuple[str, str, str], list[Key]] = {}
        for key, row in self._rows.items():
            if row.certainty == "possible":
                fields.setdefault((key[0], key[2], key[3]), []).append(key)
        taken = 0
        for keys in fields.values():
            keys.sort(key=lambda key: self._rows[key].order)
            for key in keys[MOST_ALIKE:]:
                taken += self._rows.pop(key).count
        return taken


def _count(row: Row, finding: Finding, flow: int, time_ns: int) -> None:
    row.count += 1
    row.flows.add(flow)
    if len(row.times_ns) < MOST_TIMES or time_ns < row.times_ns[-1]:
        insort(row.times_ns, time_ns)
        del row.times_ns[MOST_TIMES:]
    if finding.certainty != row.certainty and CERTAINTIES.index(finding.certainty) < CERTAINTIES.index(row.certainty):
        row.certainty, row.why, row.form = finding.certainty, finding.why, finding.form


def join_rows(a: Row, b: Row) -> Row:
    """One row of two with the same key; the earlier one's evidence stays."""
    first, other = (a, b) if (a.first_ns, a.flow) <= (b.first_ns, b.flow) else (b, a)
    first.order = min(a.order, b.order)
    first.evidence = first.evidence or other.evidence
    if CERTAINTIES.index(other.certainty) < CERTAINTIES.index(first.certainty):
        first.certainty, first.why, first.form = other.certainty, other.why, other.form
    first.count += other.count
    first.times_ns = sorted([*first.times_ns, *other.times_ns])[:MOST_TIMES]
    first.flows |= other.flows
    for flow, protection in other.apart.items():
        first.apart[flow] = weaker(protection, first.apart.get(flow, protection))
    first.placed = sorted([*first.placed, *other.placed])[:MOST_PLACED]
    return first


def without_value(text: str, row: Row) -> str:
    """`text` with the row's value masked where it stands in it (paths hold values: `/imei/4901…`)."""
    for spelling in (row.raw, row.value):
        if len(spelling) >= 4 and spelling in text:  # shorter ones would eat words
            text = text.replace(spelling, mask(row.kind, spelling))
    return text
