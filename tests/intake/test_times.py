from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vuoto.intake.pcapng_blocks import nanoseconds, time_text
from vuoto.intake.times import MAX_SECONDS, Span, parse_iso

EXAMPLES = [
    ("2019-02-20T09:00:00Z", 1_550_653_200_000_000_000, "2019-02-20T09:00:00Z"),
    ("2019-02-20T10:00:00.250+01:00", 1_550_653_200_250_000_000, "2019-02-20T09:00:00.250Z"),
    ("2019-02-20 01:00:00,5-0800", 1_550_653_200_500_000_000, "2019-02-20T09:00:00.5Z"),
    ("2019-02-20t09:00:00.1234567891z", 1_550_653_200_123_456_789, "2019-02-20T09:00:00.1234567891Z"),
    ("2019-02-20T09:00:00", 1_550_653_200_000_000_000, "2019-02-20T09:00:00Z"),
]


@pytest.mark.parametrize(("text", "time_ns", "written"), EXAMPLES)
def test_times_as_writers_give_them(text: str, time_ns: int, written: str) -> None:
    assert parse_iso(text) == (time_ns, written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2019-02-30T09:00:00Z",
        "1969-12-31T23:59:59Z",
        "2019-02-20",
        "2262-05-01T00:00:00Z",
        "2019-02-20T09:00:00Zulu",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert parse_iso(text) is None


@given(
    units=st.integers(0, 2**64 - 1), resolution=st.integers(0, 255), offset=st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9)
)
def test_pcapng_times_are_exact_or_none(units: int, resolution: int, offset: int) -> None:
    power = resolution & 0x7F
    exact = Fraction(units, 2**power if resolution & 0x80 else 10**power) + offset
    found = int(nanoseconds(np.array([units], np.uint64), resolution, np.array([offset], np.int64))[0])
    if not 0 <= exact < MAX_SECONDS + 1:
        assert found == 0
        return
    assert 0 <= exact * 10**9 - found <= 1 + Fraction(1, 16)  # 34 bits of a binary fraction, then cut
    text = time_text(units, resolution, offset)
    whole, _, fraction = text.removesuffix("Z").partition(".")
    assert datetime.fromisoformat(whole + "+00:00") == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(exact))
    assert abs(Fraction(int(fraction or 0), 10 ** len(fraction)) - exact % 1) < Fraction(
        1, 2**power if resolution & 0x80 else 10**power
    )


@given(times=st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=4))
def test_a_span_is_the_earliest_and_latest_time_that_is_one(times: list[list[int]]) -> None:
    span = Span()
    for batch in times:
        span.add(np.array(batch, np.int64), [str(time) for time in batch].__getitem__)
    known = [time for batch in times for time in batch if time]
    assert (span.first, span.last) == ((str(min(known)), str(max(known))) if known else (None, None))
