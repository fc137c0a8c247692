"""Counting does not depend on the order in which findings, or shards, come."""

from __future__ import annotations

import random

from vuoto.disclosures.tally import MOST_ALIKE, MOST_FRAMES, MOST_PLACED, MOST_TIMES, Row, Tally
from vuoto.facts.disclosures import Evidence, Finding
from vuoto.facts.messages import Section
from vuoto.facts.parts import Layer
from vuoto.facts.vocabulary import Certainty

LAYER = Layer(section=Section(label="request body", name="", data=b"", offset=0), form=(), path="request body", data=b"")
CONTACT = ("api.example.com", "198.51.100.7")


def finding(value: str, certainty: Certainty = "validated") -> Finding:
    return Finding(
        kind="imei",
        value=value,
        certainty=certainty,
        why="",
        layer=LAYER,
        part=None,
        offset=0,
        length=0,
        form=(),
        field="/a",
        message=0,
    )


def evidence(flow: int, time_ns: int) -> Evidence:
    return Evidence(input=0, frames=(flow,), stream_offset=time_ns, length=15)


def count(tally: Tally, found: Finding, flow: int, time_ns: int, contact: tuple[str | None, str | None] = CONTACT) -> None:
    """As the staircase does it."""
    row = tally.seen(found, contact, flow, time_ns)
    if row is not None:
        if row.wants_place(time_ns):
            row.add_place(time_ns, 0, (flow,))
        return
    tally.open_row(found, contact, flow, time_ns, None if tally.crowded(found, contact) else evidence(flow, time_ns))


def only(tally: Tally) -> Row:
    (row,) = tally.rows()
    return row


def test_a_row_shows_the_earliest_and_keeps_the_earliest_times() -> None:
    tally = Tally()
    times = list(range(200))
    random.Random(3).shuffle(times)
    for time_ns in times:
        count(tally, finding("1"), 7, time_ns)
    row = only(tally)
    assert (row.count, row.first_ns, row.times_ns) == (200, 0, list(range(MOST_TIMES)))
    assert row.evidence == evidence(7, 0)


def test_the_frames_of_the_earliest_occurrences_are_named() -> None:
    """Those of the evidence first, whatever comes later; of one occurrence a few, and of another input none."""
    tally = Tally()
    times = list(range(1, 200))
    random.Random(5).shuffle(times)
    for time_ns in times:
        count(tally, finding("1"), 500 - time_ns, time_ns)
    row = only(tally)
    assert row.evidenced().frames == (499, *range(500 - MOST_PLACED, 499))
    row.placed.clear()
    row.add_place(1, 0, range(100))
    row.add_place(2, 1, (7_000,))
    assert row.evidenced().frames == (499, *range(MOST_FRAMES))


def test_a_look_alike_without_evidence_wants_no_place() -> None:
    tally = Tally()
    for n in range(MOST_ALIKE + 1):
        count(tally, finding(str(n), "possible"), n, n)
    assert [row.wants_place(99) for row in tally.rows()] == [True] * MOST_ALIKE + [False]


def test_shards_join_to_the_same_rows() -> None:
    said = [(n % 5, n % 40, n) for n in range(400)]
    whole = Tally()
    shards = [Tally(), Tally()]
    for value, flow, time_ns in sorted(said, key=lambda s: (s[1], s[2])):
        for tally in (whole, shards[flow % 2]):
            count(tally, finding(f"v{value}"), flow, time_ns)
            count(tally, finding(f"p{time_ns % 30}", "possible"), flow, time_ns)
    shards[0].take(shards[1])
    assert whole.settle() == shards[0].settle()
    assert {row.value: row for row in whole.rows()} == {row.value: row for row in shards[0].rows()}
    assert sum(row.certainty == "possible" for row in whole.rows()) == MOST_ALIKE
    assert all(row.evidence is not None for row in whole.rows())


def test_a_host_is_one_recipient_whatever_its_addresses() -> None:
    tally = Tally()
    count(tally, finding("1"), 1, 1, ("api.example.com", "198.51.100.7"))
    count(tally, finding("1"), 2, 2, ("api.example.com", "198.51.100.8"))
    assert only(tally).count == 2
    count(tally, finding("1"), 3, 3, (None, "198.51.100.9"))
    assert len(tally) == 2


def test_certainty_only_grows_and_a_look_alike_that_is_proved_gets_its_evidence() -> None:
    tally = Tally()
    for n in range(MOST_ALIKE + 3):
        count(tally, finding(str(n), "possible"), n, n)
    late = str(MOST_ALIKE + 2)
    count(tally, finding(late, "known"), 50, 50)
    count(tally, finding(late, "likely"), 51, 51)
    row = next(r for r in tally.rows() if r.value == late)
    assert (row.certainty, row.count) == ("known", 3)
    assert row.evidence is not None
    assert tally.settle() == 2


def test_the_id_tells_the_place_and_not_the_value() -> None:
    one, other = Tally(), Tally()
    count(one, finding("001017001234569"), 1, 1)
    count(other, finding("001017001234577"), 1, 1)
    assert only(one).id("f-1") == only(other).id("f-1")
    assert only(one).id("f-1") != only(one).id("f-2")
