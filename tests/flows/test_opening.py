"""A reused pair of ports begins a new connection: the columns say what a walk over all rows says."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from vuoto.flows.opening import LATE_SYN, split_reused
from vuoto.flows.transport import ACK, FIN, PSH, RST, SYN
from vuoto.flows.window import Columns

Row = tuple[int, bool, int, int, int]
"""Five-tuple, whether the higher end sends, flags, sequence number, bytes."""

ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from((SYN, SYN | ACK, ACK, PSH | ACK, FIN | ACK, RST)),
        st.sampled_from((7, 8, 9, 7 + LATE_SYN, (1 << 32) - 5)),
        st.sampled_from((0, 0, 1, 900)),
    ),
    max_size=40,
)


def columns(rows: list[Row]) -> Columns:
    tuples, reverse, flags, sequence, size = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    count = len(rows)
    return Columns(
        conversation=np.array(tuples, np.uint32),
        reverse=np.array(reverse, np.bool_),
        frame=np.arange(1, count + 1, dtype=np.uint32),
        time_ns=np.zeros(count, np.int64),
        sequence=np.array(sequence, np.uint32),
        flags=np.array(flags, np.uint8),
        at=np.zeros(count, np.int64),
        captured=np.array(size, np.uint32),
        wire=np.array(size, np.uint32),
        tcp=np.ones(count, np.bool_),
        source_port=np.zeros(count, np.uint16),
        destination_port=np.zeros(count, np.uint16),
    )


def walked(rows: list[Row]) -> list[tuple[int, int]]:
    """For each row its five-tuple and how many connections came before its own on it."""
    state: dict[int, tuple[int, bool, bool, list[int], list[int]]] = {}
    found = []
    for tuple_, reverse, flags, sequence, size in rows:
        repeat, alive, asked, isn, spoke = state.get(tuple_, (0, False, False, [-1, -1], [-1, -1]))
        if flags & SYN:
            late = spoke[reverse] >= 0 and (spoke[reverse] - sequence) % (1 << 32) < LATE_SYN
            answers = bool(flags & ACK) and asked
            if alive and sequence != isn[reverse] and not answers and not (isn[reverse] < 0 and late):
                repeat, alive, isn, spoke = repeat + 1, False, [-1, -1], [-1, -1]
            isn[reverse] = sequence
            asked = not flags & ACK
        elif size or flags & (FIN | RST):
            alive = True
        if size and spoke[reverse] < 0:
            spoke[reverse] = sequence
        state[tuple_] = (repeat, alive, asked, isn, spoke)
        found.append((tuple_, repeat))
    return found


@given(ROWS)
@example([(0, False, SYN | ACK, 7, 0), (0, False, ACK, 7, 1), (0, True, SYN, 7, 0)])
@example([(0, False, SYN, 7, 0), (0, False, SYN, 7, 1), (0, False, ACK, 7, 1), (0, True, SYN, 7, 0)])
def test_every_row_belongs_to_the_connection_that_a_walk_over_all_rows_gives_it(rows: list[Row]) -> None:
    if not rows:
        return
    number, repeats = split_reused(columns(rows))
    expected = walked(rows)
    told = [int(repeats[n]) if len(repeats) else 0 for n in number]
    assert told == [repeat for _, repeat in expected]
    groups: dict[int, set[tuple[int, int]]] = {}
    for n, connection in zip(number.tolist(), expected, strict=True):
        groups.setdefault(n, set()).add(connection)
    assert all(len(connections) == 1 for connections in groups.values())
    assert len(groups) == len(set(expected))


def test_a_million_rows_between_two_openings_are_no_rows_to_walk() -> None:
    opening: list[Row] = [(0, False, SYN, 100, 0), (0, True, SYN | ACK, 500, 0)]
    talk: list[Row] = [(0, n % 3 == 0, ACK, 101 + n, n % 2) for n in range(2_000)]
    again: list[Row] = [(0, False, SYN, 9_000_000, 0), (0, False, ACK, 9_000_001, 5)]
    number, repeats = split_reused(columns([*opening, *talk, *again]))
    assert number.tolist() == [0] * 2_002 + [1] * 2
    assert repeats.tolist() == [0, 1]
