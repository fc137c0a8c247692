"""A profile that was mistyped says so, and never repeats a value."""

from __future__ import annotations

import pytest

from vuoto.disclosures import doubt_profile
from vuoto.disclosures.doubts import MOST_CHECKED
from vuoto.facts.device import DeviceProfile


def said(*values: tuple[str, str]) -> list[tuple[str, str]]:
    return [(p.where, p.what) for p in doubt_profile(DeviceProfile(values=tuple(sorted(values))))]


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("imei", "490154203237519", "a value given as IMEI cannot be one: 15 digits, but the Luhn check digit does not hold"),
        ("imei", "…", "a value given as IMEI does not look like one (1 character)"),
        ("imei", "49015420323751", None),  # without its check digit
        ("imei", "49-015420-323751-8", None),
        ("iccid", "8947000019022012345", "cannot be one"),
        ("mac_address", "02:1a:c5:3d:7e", "does not look like one"),
        ("mac_address", "02-1A-C5-3D-7E-91", None),
        ("advertising_id", "38400000-8cf0-11bd-b23e-10b96e40000d", None),
        ("email", "anna", "does not look like one"),
        ("email", "anna@example.com", None),
        ("person_name", "…", None),  # a name may be anything
        ("custom:badge", "7", None),
    ],
)
def test_what_cannot_be_one(kind: str, value: str, says: str | None) -> None:
    found = said((kind, value))
    assert [where for where, _ in found] == ([f"--device, `{kind}`"] if says else [])
    assert not says or says in found[0][1]
    assert len(value) < 4 or value not in str(found)


def test_equal_doubts_are_counted() -> None:
    ((_, what),) = said(("imei", "490154203237519"), ("imei", "490154203237517"), ("imei", "490154203237518"))
    assert what.startswith("2 values given as IMEI cannot be one")


@pytest.mark.parametrize(("before", "doubted"), [(MOST_CHECKED - 1, 1), (MOST_CHECKED, 0)])
def test_a_list_that_nobody_typed_is_not_read_through(before: int, doubted: int) -> None:
    assert len(said(*(("email", f"a{n}@example.com") for n in range(before)), ("imei", "49"))) == doubted
