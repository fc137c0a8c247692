"""What one value is taken for, at the edges of what each kind reads: the value, and the one next to it that is none."""

from __future__ import annotations

import hashlib
from typing import Final

import pytest

from disclosures.opened import find, message
from vuoto.disclosures.identifier import Reading
from vuoto.disclosures.search import identifiers

IMEI: Final = "001017001234569"
READERS: Final = {identifier.kind: identifier.read for identifier in identifiers()}


def read(kind: str, value: str) -> Reading | None:
    return READERS[kind](value)


def check(kind: str, value: str) -> str | None:
    reading = read(kind, value)
    return reading.check if reading is not None else None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "a" * 64 + "@" + ("b" * 59 + ".") * 3 + "example"),
        ("installed_apps", "org.maps, org.mail, org.notes"),
        ("cell_id", "0x1"),
        ("ssid", "Kahvila Pohjoinen 20"),
        ("serial_number", "EMU1ATOR30X1"),
        ("local_ip", "10.0.0.7"),
        ("imsi", "1001010123456789"),
    ],
)
def test_is_one(kind: str, value: str) -> None:
    assert read(kind, value) is not None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "a" * 64 + "@" + ("b" * 60 + ".") * 3 + "example"),  # RFC 5321 §4.5.3.1.3: 255 characters
        ("installed_apps", "maps.png, mail.css, notes.html"),
        ("cell_id", "0x0"),
        ("serial_number", "EMULATOR30X1X0"),
        ("local_ip", "198.51.100.7"),
        ("imsi", "2001010123456789"),
    ],
)
def test_is_none(kind: str, value: str) -> None:
    assert read(kind, value) is None


@pytest.mark.parametrize(("value", "says"), [("0x1ff", "none"), ("0xff", "fails"), ("0x10000", "fits"), ("0xffff", None)])
def test_a_cell_tells_one_from_others_by_its_size(value: str, says: str | None) -> None:
    assert check("cell_id", value) == says


@pytest.mark.parametrize(("length", "says"), [(19, "none"), (20, "fails")])
def test_a_name_of_a_network_is_not_twenty_letters_of_chance(length: int, says: str) -> None:
    assert check("ssid", "q7Xk2Zp9Lw4Rt8Vb3NmY"[:length]) == says


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256", "sha512"])
def test_a_digest_under_a_name_that_says_so(digest: str) -> None:
    hashed = hashlib.new(digest, IMEI.encode(), usedforsecurity=False).hexdigest()
    (found,) = find(message(body={"imei_hash": hashed}))
    assert (found.kind, found.value, found.certainty, found.form) == ("imei", hashed, "likely", ("json", digest))
    assert not find(message(body={"imei_hash": hashed[:-1]}))
