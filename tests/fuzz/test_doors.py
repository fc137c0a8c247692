"""Every door takes any bytes: what the fuzzer does for a minute, done for a moment and without it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doors import DOORS

MAGIC = st.sampled_from(
    [
        b"",
        b"\xd4\xc3\xb2\xa1",
        b"\x0a\x0d\x0d\x0a",
        b"{",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
        b"\x16\x03\x01",
        b"GET / HTTP/1.1\r\n",
        b"\x28\xb5\x2f\xfd",
    ]
)


@pytest.mark.parametrize("door", sorted(DOORS))
@given(head=MAGIC, rest=st.binary(max_size=400))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_takes_any_bytes(door: str, head: bytes, rest: bytes) -> None:
    DOORS[door][0](head + rest)
