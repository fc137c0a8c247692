"""What a careful examiner's captures got wrong once: each value with the look-alike next to it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from disclosures.opened import find, message
from vuoto.facts.parts import Part

IMEI: Final = "001017001234569"
MAC: Final = "02:1a:c5:3d:7e:91"


def sure(**given: Any) -> set[tuple[str, str]]:
    return {(f.kind, f.value) for f in find(message(**given)) if f.certainty != "possible"}


@pytest.mark.parametrize(
    "text",
    [
        f"IMEI: {IMEI}. Thanks",  # the full stop of a sentence
        f"imei-{IMEI}.reg.example.com",
    ],
)
def test_a_number_ends_at_a_full_stop(text: str) -> None:
    assert sure(raw=text.encode()) == {("imei", IMEI)}


@pytest.mark.parametrize("text", [f"imei 7-{IMEI}", f"imei {IMEI}.5", f"imei {IMEI}-1", f"sn-{IMEI}"])
def test_a_piece_of_something_longer_is_none(text: str) -> None:
    assert sure(raw=text.encode()) == set()


def test_an_imei_as_a_urn() -> None:
    assert sure(body={"+sip.instance": "<urn:gsma:imei:00101700-123456-9>"}) == {("imei", IMEI)}
    assert sure(body={"+sip.instance": "<urn:uuid:3f2c1f8e-0d4b-4c7a-9d55-6b1b2f1f0a11>"}) == set()


def test_a_number_loses_its_leading_zero() -> None:
    assert sure(body={"imei": int("013327002623900")}) == {("imei", "013327002623900")}
    assert sure(body={"order": int("013327002623900")}) == set()


def test_plurals_name_the_members_of_a_list() -> None:
    assert sure(body={"imeis": [IMEI], "wifiMacs": [MAC]}) == {("imei", IMEI), ("mac_address", MAC)}
    assert sure(body={"emails": 12, "phones": "12345678", "passwords": "changed"}) == set()


def test_a_list_of_a_word_and_its_value() -> None:
    assert sure(body=[["model", "TA-1046"], ["imei", IMEI]]) == {("imei", IMEI)}
    assert sure(body={"columns": ["password", "username"], "sizes": ["imei", "352099001761480"]}) == set()


def test_texts_of_a_program_are_no_values() -> None:
    labels = {"password": "Passord", "username": "Brukernavn", "firstName": "Fornavn", "ssid": "Nett"}
    assert sure(body={"labels": labels}) == set()
    assert sure(body={"firstName": "First name", "password": "Password", "userName": "User name:"}) == set()
    assert sure(body={"firstName": "Kari"}) == {("person_name", "Kari")}


@pytest.mark.parametrize("code", ["getPassword()", "$PASSWORD", "${db.password}", "{{password}}", "os.environ.get('P')", "%s"])
def test_source_code_names_passwords(code: str) -> None:
    assert sure(body={"password": code}) == set()
    assert sure(body={"password": "hemmelig(1"}) == {("credential", "hemmelig(1")}


def test_an_account_in_a_path_is_no_person() -> None:
    assert sure(path=[("account", "9f86d081")]) == set()
    assert sure(query={"account": "9f86d081"}) == {("account", "9f86d081")}


def test_basic_is_a_user_and_a_password() -> None:
    (found,) = find(message(headers={"Authorization": "Basic b2xhOmhlbW1lbGlnMQ=="}))
    assert (found.kind, found.value, found.form) == ("credential", "ola:hemmelig1", ("base64",))
    assert not find(message(headers={"Authorization": "Basic V3JpdGVLZXk6"}))  # a key without a password


def test_a_geo_uri_says_what_it_is() -> None:
    assert sure(body={"share": "geo:59.91387,10.75225?z=15"}) == {("coordinates", "59.91387,10.75225")}
    assert sure(body={"share": "map:59.91387,10.75225"}) == set()


@pytest.mark.parametrize(
    ("data", "offset", "length", "syntax"),
    [
        (bytes.fromhex("08c9fdb3ffb68750"), 1, 7, "protobuf"),  # the number 352099001761481 as a varint
        (b'{"q":"' + "".join(f"\\u{ord(c):04x}" for c in "352099001761481").encode() + b'"}', -1, -1, "json"),
    ],
)
def test_known_values_that_do_not_stand_in_the_bytes(data: bytes, offset: int, length: int, syntax: str) -> None:
    made = message(raw=data)
    layer = made.layers[-1]
    made.parts.append(Part(layer, "q", "/q", "352099001761481", syntax, offset, length))
    (finding,) = find(made, known={"imei": "352099001761481"})
    assert (finding.certainty, finding.part, finding.offset, finding.length) == ("known", made.parts[0], offset, length)
    assert all(f.certainty == "possible" for f in find(made, known={"imei": "352099001761499"}))


def test_a_printed_iccid_has_groups_of_four() -> None:
    found = find(message(body={"note": "8947 0000 1902 2012 3457"}), known={"iccid": "89470000190220123457"})
    assert [(f.kind, f.certainty) for f in found] == [("iccid", "known")]


def test_a_value_that_says_its_own_kind_is_no_installation_id() -> None:
    assert sure(body={"udid": "ifa:7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99"}) == set()


def test_the_kind_of_an_account_is_nobody() -> None:
    assert sure(body={"account": "premium", "login": "google", "password": "hemmelig1", "first_name": "string"}) == {
        ("credential", "hemmelig1")
    }
    assert sure(body={"account": "kari-77"}) == {("account", "kari-77")}


@pytest.mark.parametrize("name", ["imeiOne", "imei_two", "tm_imei", "k_imei", "IMEI号"])
def test_words_around_a_name(name: str) -> None:
    assert sure(body={name: IMEI}) == {("imei", IMEI)}
