"""The writer of `tools/mmdb.py` and the joining of `tools/build_networks.py`, on tables small enough to check by eye."""

from __future__ import annotations

import io
from ipaddress import IPv6Address
from itertools import pairwise

import maxminddb
import pytest
from hypothesis import given
from hypothesis import strategies as st

import build_networks
from mmdb import Range, write_mmdb
from recipients.given import mmdb

Records = list[dict[str, str | int]]


def opened(content: bytes) -> maxminddb.reader.Reader:
    return maxminddb.open_database(io.BytesIO(content), maxminddb.MODE_FD)


def test_a_tiny_table_is_read_back() -> None:
    content = mmdb(("192.0.2.0/24", {"asn": 64_496, "as_name": "Example AS"}), ("2001:db8::/32", {"registry_country": "FI"}))
    reader = opened(content)
    assert reader.get("192.0.2.255") == {"asn": 64_496, "as_name": "Example AS"}
    assert reader.get("2001:db8:ffff::1") == {"registry_country": "FI"}
    for outside in ("192.0.3.0", "192.0.1.255", "2001:db9::1", "::1"):
        assert reader.get(outside) is None
    metadata = reader.metadata()
    assert (metadata.database_type, metadata.build_epoch, metadata.record_size) == ("Test", 1_700_000_000, 24)


def test_the_c_reader_reads_it_too(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "tiny.mmdb"
    path.write_bytes(mmdb(("192.0.2.0/24", {"asn": 64_496})))
    with maxminddb.open_database(path, maxminddb.MODE_AUTO) as reader:
        assert reader.get("192.0.2.1") == {"asn": 64_496}
        assert reader.get("192.0.3.1") is None


def test_the_same_table_gives_the_same_bytes() -> None:
    record: dict[str, str | int] = {"asn": 64_496, "as_name": "Example AS"}
    table = ("192.0.2.0/24", record)
    assert mmdb(table) == mmdb(table)
    assert mmdb(table) != mmdb(table, built=1_700_000_001)


@pytest.mark.parametrize("ranges", [[(0, 9, 0), (5, 12, 0)], [(10, 12, 0), (0, 5, 0)], [(5, 4, 0)]])
def test_overlapping_ranges_are_refused(ranges: list[Range]) -> None:
    with pytest.raises(ValueError, match="overlap"):
        write_mmdb(ranges, [{}], database_type="T", description="", build_epoch=0)


cuts = st.lists(st.integers(0, 1 << 128), min_size=1, max_size=12, unique=True).map(sorted)


@given(cuts, st.lists(st.integers(-1, 3), min_size=12, max_size=12))
def test_any_ranges_are_read_back(points: list[int], which: list[int]) -> None:
    records: Records = [{"asn": 7}, {"as_name": "x" * 400}, {"as_name": "ä" * 20, "registry_country": "FI"}, {"asn": 1 << 31}]
    edges = [*points, 1 << 128]
    ranges = [(a, b - 1, which[i]) for i, (a, b) in enumerate(pairwise(edges)) if which[i] >= 0 and a < b]
    reader = opened(write_mmdb(ranges, records, database_type="T", description="", build_epoch=0))
    for first, last, index in ranges:
        for number in {first, last, (first + last) // 2}:
            assert reader.get(IPv6Address(number)) == records[index]
    inside = [number for number in (p - 1 for p in points if p) if not any(a <= number <= b for a, b, _ in ranges)]
    for number in inside:
        assert reader.get(IPv6Address(number)) is None


def test_wide_records_are_read_back() -> None:
    """A data section of 16 MB no longer fits into 24-bit records."""
    records: Records = [{"as_name": f"{i:05}" + "x" * 60_000} for i in range(290)]
    ranges = [(i << 8, (i << 8) + 255, i) for i in range(290)]
    reader = opened(write_mmdb(ranges, records, database_type="T", description="", build_epoch=0))
    assert reader.metadata().record_size == 28
    assert reader.get("0.1.33.5") == records[289]
    assert reader.get("0.0.0.5") == records[0]


def test_the_narrowest_of_overlapping_rows_speaks() -> None:
    assert build_networks.flatten([(0, 99, "DE"), (10, 19, "BE"), (15, 15, "FI")]) == [
        (0, 9, "DE"),
        (10, 14, "BE"),
        (15, 15, "FI"),
        (16, 19, "BE"),
        (20, 99, "DE"),
    ]
    assert build_networks.flatten([(0, 4, "DE"), (5, 9, "DE"), (11, 12, "DE")]) == [(0, 9, "DE"), (11, 12, "DE")]


small = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 20), st.sampled_from("abc")).map(lambda r: (r[0], r[0] + r[1], r[2])), max_size=8
)


@given(small)
def test_flatten_says_for_each_address_what_the_narrowest_row_says(rows: list[tuple[int, int, str]]) -> None:
    flat = build_networks.flatten(rows)
    assert all(a[1] < b[0] for a, b in pairwise(flat))
    for number in range(62):
        over = sorted((last - first, word) for first, last, word in rows if first <= number <= last)
        found = [word for first, last, word in flat if first <= number <= last]
        assert found == ([over[0][1]] if over else [])


@given(small.map(build_networks.flatten), small.map(build_networks.flatten))
def test_join_keeps_every_word(left: list[tuple[int, int, str]], right: list[tuple[int, int, str]]) -> None:
    joined = build_networks.join((left, right))
    for number in range(62):
        words = tuple("".join(w for a, b, w in rows if a <= number <= b) for rows in (left, right))
        assert [w for a, b, w in joined if a <= number <= b] == ([words] if any(words) else [])


def test_a_registrys_own_country_yields_to_delegations_and_others_do_not() -> None:
    delegated = [(10, 19, "JP"), (20, 29, "KR"), (40, 49, "US")]
    assert build_networks.prefer_delegations([(0, 99, "AU")], delegated) == [
        (0, 9, "AU"),
        (10, 19, "JP"),
        (20, 29, "KR"),
        (30, 39, "AU"),
        (40, 49, "US"),
        (50, 99, "AU"),
    ]
    assert build_networks.prefer_delegations([(0, 99, "DE")], delegated) == [(0, 99, "DE")]
    assert build_networks.prefer_delegations([(40, 49, "AU")], delegated) == [(40, 49, "AU")]
    assert build_networks.prefer_delegations([(12, 14, "AU")], delegated) == [(12, 14, "AU")]


def test_a_system_has_the_country_of_its_larger_share() -> None:
    four: build_networks.Joined = [
        (0, 99, ("", "7", "US")),
        (100, 109, ("", "7", "IE")),
        (200, 201, ("", "8", "FI")),
        (300, 301, ("", "", "DE")),
    ]
    six: build_networks.Joined = [(0, (1 << 90) - 1, ("", "7", "IE")), (1 << 91, (1 << 91) + 5, ("", "9", "NO"))]
    assert build_networks.as_countries([(four, 0), (six, 80)]) == {"7": "US", "8": "FI", "9": "NO"}


@pytest.mark.parametrize(
    ("name", "trimmed"),
    [
        ("Example  AS\x00", "Example AS"),
        ("x" * 70, "x" * 59 + "…"),
        (
            "Example Telecommunications Company of the Northern Islands, Limited Liability",
            "Example Telecommunications Company of the Northern…",
        ),
    ],
)
def test_names_are_trimmed_between_words(name: str, trimmed: str) -> None:
    assert build_networks.trim_name(name) == trimmed
    assert len(trimmed) <= build_networks.LONGEST_NAME
