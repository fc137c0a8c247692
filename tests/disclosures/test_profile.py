"""The device profile, and the errors that say what to do."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vuoto.disclosures import normalise, read_profile
from vuoto.disclosures.profile import MOST_MISTAKES
from vuoto.errors import InputError


def test_toml() -> None:
    text = b"""
country = "NO"
addresses = ["192.0.2.7", "2001:db8::7"]
imei = ["350000001234562", "001017001234569"]
"custom:badge" = "K-77"
"""
    made = read_profile(text, "device.toml")
    assert made.values == (("custom:badge", "K-77"), ("imei", "001017001234569"), ("imei", "350000001234562"))
    assert made.addresses == ("192.0.2.7", "2001:db8::7")
    assert made.country == "NO"
    assert made.kinds() == ("custom:badge", "imei")


def test_json_with_trackhar_names() -> None:
    text = json.dumps(
        {
            "advertisingId": "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99",
            "localIp": ["192.168.10.23", "10.0.0.7"],
            "developerScopedId": "0b9c2f61-57d5-4c32-9b1e-6e0e9c1d3a77",
            "latitude": 59.913868,
            "longitude": 10.752245,
            "deviceName": "Karis telefon",
            "isCharging": True,
            "diskFree": 12345678,
            "country": "Norway",
        }
    ).encode()
    assert read_profile(b"\xef\xbb\xbf" + text, "p.json").values == (
        ("advertising_id", "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99"),
        ("coordinates", "59.913868,10.752245"),
        ("custom:country", "Norway"),
        ("custom:deviceName", "Karis telefon"),
        ("custom:diskFree", "12345678"),
        ("local_ip", "10.0.0.7"),
        ("local_ip", "192.168.10.23"),
        ("vendor_id", "0b9c2f61-57d5-4c32-9b1e-6e0e9c1d3a77"),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b'imie = "1"', "`imei`"),
        (b'macAddress = "02:1a:c5:3d:7e:91"', "`mac_address`"),
        (b'"custom:" = "1"', "`custom:`"),
        (b"imei = ", "TOML"),
        (b'{"imei": ', "JSON"),
        (b"[1, 2]", "list"),
        (b"[imei]\nx = 1", "table"),
        (b"imei = 2019-02-20", "date"),
        (b'addresses = ["192.0.2"]', "192.0.2"),
        (b'country = "Norway"', "country"),
        (b"\xff\xfe", "UTF-8"),
        (b'account = "' + b"x" * 600 + b'"', "512"),
    ],
)
def test_mistakes_are_named(text: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_profile(text, "device.toml")
    assert says in str(caught.value)
    assert str(caught.value).startswith("device.toml: ")
    assert caught.value.next_step


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_profile_or_an_error(text: bytes) -> None:
    try:
        made = read_profile(text, "x")
    except InputError:
        return
    assert made == read_profile(text, "x")


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("imei", "35-000000-123456-2", "350000001234562"),
        ("mac_address", "021AC53D7E91", "02:1a:c5:3d:7e:91"),
        ("iccid", "89470000190220123457F", "89470000190220123457"),
        ("email", "Kari@Example.org", "kari@example.org"),
        ("msisdn", "0047 999 99 999", "+4799999999"),
        ("imei", "not one", "not one"),
        ("custom:badge", " K-77 ", "K-77"),
    ],
)
def test_normalise(kind: str, value: str, normal: str) -> None:
    assert normalise(kind, value) == normal


def test_all_mistakes_are_said_at_once() -> None:
    text = b'imie = "490154203237518"\ncountry = "Norway"\naddresses = ["192.0.2.300"]\nimsi = "001010123456789"\n'
    with pytest.raises(InputError) as error:
        read_profile(text, "device.toml")
    said = str(error.value)
    assert said.startswith("device.toml: 3 mistakes\n")
    assert "`imie`" in said
    assert "Did you mean `imei`?" in said
    assert "`country` is not a country" in said
    assert "'192.0.2.300'" in said
    assert "imsi" not in said


def test_mistakes_beyond_a_page_are_counted() -> None:
    text = "".join(f'zzq{number} = "x"\n' for number in range(MOST_MISTAKES + 3)).encode()
    with pytest.raises(InputError, match=r"(?s)23 mistakes.*and 3 more$"):
        read_profile(text, "device.toml")
