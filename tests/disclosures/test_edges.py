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


def test_a_group_names_what_its_slots_hold() -> None:
    subscriptions = {"slot0": "242017654321098", "sim2": "244910001234567"}
    assert sure(body={"imsi": subscriptions}) == {("imsi", value) for value in subscriptions.values()}
    assert sure(body={"order": subscriptions}) == set()
    assert sure(body={"imsi_count": subscriptions}) == set()
    assert sure(body={"account": {"primary": "kari-77"}}) == set()  # without a check, a slot is no name


def test_latitude_past_the_pole_is_only_possible() -> None:
    found = find(message(body={"lat": "113.45678", "lon": "24.93838"}))
    assert {(f.kind, f.certainty) for f in found} == {("coordinates", "possible")}
    assert sure(body={"lat": "24.93838", "lon": "113.45678"}) == {("coordinates", "24.93838,113.45678")}


@pytest.mark.parametrize("name", ["essid", "wlan_ssid"])
def test_names_of_a_network(name: str) -> None:
    assert sure(body={name: "Koti-4980"}) == {("ssid", "Koti-4980")}
    assert sure(body={name: "Koti-4980", "apname": "ap-12"}) == {("ssid", "Koti-4980")}  # the access point's own name


@pytest.mark.parametrize("name", ["szMac", "sz_wifi_mac"])
def test_an_address_without_separators_under_a_hungarian_name(name: str) -> None:
    assert sure(body={name: "021ac53d7e91"}) == {("mac_address", MAC)}
    assert sure(body={"smac": MAC, "szHmac": "021ac53d7e91"}) == {("mac_address", MAC)}


def test_an_imei_behind_its_own_name() -> None:
    assert sure(body={"deviceId": f"imei:{IMEI}"}) == {("imei", IMEI)}
    assert sure(body={"deviceId": f"order:{IMEI}"}) == set()
    assert sure(raw=f"< IMEI(1)={IMEI}, ok".encode()) == {("imei", IMEI)}
    assert sure(raw=f"< ORDER(1)={IMEI}, ok".encode()) == set()


def test_a_value_behind_its_length() -> None:
    stream = f"*4\r\n$5\r\nHMSET\r\n$2\r\nd1\r\n${{}}\r\n{{}}\r\n$15\r\n{IMEI}\r\n"
    assert sure(raw=stream.format(4, "imei").encode()) == {("imei", IMEI)}
    assert sure(raw=stream.format(5, "order").encode()) == set()


def test_an_address_behind_a_name() -> None:
    assert sure(body={"user": "Kari Nordmann <kari@example.org>"}) == {("email", "kari@example.org")}
    assert sure(body={"user": '"Nordmann, K." <kari@example.org>'}) == {("email", "kari@example.org")}
    assert sure(body={"user": "Kari Nordmann <git@example.org>"}) == set()
    (found,) = find(message(body={"email": "Kari <Kari@Example.org>"}))
    assert (found.value, found.certainty) == ("kari@example.org", "validated")


def test_the_telephone_s_own_address_in_its_network() -> None:
    assert sure(body={"network": {"ip": "192.168.52.212"}}) == {("local_ip", "192.168.52.212")}
    assert sure(body={"networks": [{"ip": "192.168.52.0"}], "router": {"ip_address": "192.168.52.1"}}) == set()


def test_two_packages_are_a_list_where_a_name_says_so() -> None:
    two = ["com.example.bank", "org.example.clinic"]
    assert sure(body={"installedApps": two}) == {("installed_apps", ",".join(two))}
    assert sure(body={"appList": [{"packageName": name} for name in two]}) == {("installed_apps", ",".join(two))}
    assert sure(body={"installedApps": ["com.example.bank", "com.example.bank.ui"]}) == set()  # one maker: its own parts
    assert sure(body={"items": [{"packageName": name} for name in two]}) == set()


def test_a_displayed_name_beside_a_person_s_data() -> None:
    assert sure(body={"displayName": "Kari Nordmann", "lastName": "Nordmann"}) == {
        ("person_name", "Kari Nordmann"),
        ("person_name", "Nordmann"),
    }
    assert sure(body={"displayName": "Living room speaker", "volume": "3"}) == set()


@pytest.mark.parametrize(
    ("data", "syntax", "value", "known"),
    [
        (b"x=xJhbMZUGtYlxlla7bJaB%2FHK55B4%3D", "form", "xJhbMZUGtYlxlla7bJaB/HK55B4=", "9ddfb96c0a20e094"),
        (b"<a>+47&#32;900 00 000</a>", "xml", "+47 900 00 000", ""),
    ],
)
def test_known_values_that_an_encoding_of_text_hides(data: bytes, syntax: str, value: str, known: str) -> None:
    made = message(raw=data)
    layer = made.layers[-1]
    made.parts.append(Part(layer, "x", "x", value, syntax, 2, len(data) - 2))
    found = find(made, known={"android_id": known or "9ddfb96c0a20e095"})
    assert [f.kind for f in found if f.certainty == "known"] == (["android_id"] if known else [])


def test_a_printed_imei_has_groups() -> None:
    text = f"{IMEI[:2]} {IMEI[2:8]} {IMEI[8:14]} {{}}"
    assert [f.certainty for f in find(message(body={"x": text.format(IMEI[14])}), known={"imei": IMEI})] == ["known"]
    assert not [
        f for f in find(message(body={"x": text.format(int(IMEI[14]) ^ 1)}), known={"imei": IMEI}) if f.certainty != "possible"
    ]


@pytest.mark.parametrize("text", ["+47 90 00 01 23", "+47-900.00.123", "(0047) 900 00123", "900 00 123"])
def test_a_known_number_in_groups(text: str) -> None:
    found = find(message(body={"x": text}), known={"msisdn": "+4790000123"})
    assert [(f.kind, f.value, f.certainty) for f in found if f.certainty == "known"] == (
        [] if text.startswith("900") else [("msisdn", "+4790000123", "known")]
    )  # eight digits alone are too few
    assert not [f for f in find(message(body={"x": text + "4"}), known={"msisdn": "+4790000123"}) if f.certainty == "known"]


def test_who_sends_a_multimedia_message() -> None:
    assert sure(text={"@18": "+4790000123/TYPE=PLMN"}) == {("phone_number", "+4790000123")}
    assert sure(text={"@18": "+4790000123/TYPE=IPv4"}) == set()


@pytest.mark.parametrize("number", ["001001004399405", "010170012345678"])
def test_a_number_that_lost_its_zeros_as_a_varint(number: str) -> None:
    def found(value: int) -> list[str]:
        data, left = b"\x08\x01\x18", value
        while left > 0x7F:
            data, left = data + bytes([left & 0x7F | 0x80]), left >> 7
        return [f.certainty for f in find(message(raw=data + bytes([left]) + b"\xff"), known={"imei": number})]

    assert found(int(number)) == ["known"]
    assert found(int(number) + 2) == []


def test_the_family_of_a_thing_has_a_name() -> None:
    assert sure(body={"themeFamily": {"name": "Office Theme"}, "fontFamily": {"name": "Noto Sans"}}) == set()
    assert sure(body={"familyName": "Nordmann"}) == {("person_name", "Nordmann")}


@pytest.mark.parametrize("masked", ["xxxx.xxx@xxxxx.com", "xxxxxx@xxxxx.co.uk", "XXXX@XXXX.example.org"])
def test_an_address_that_somebody_made_unreadable(masked: str) -> None:
    assert not find(message(body={"email": masked}))
    assert sure(body={"email": masked.lower().replace("x@", "y@")}) != set()


def test_three_numbers_of_a_place_may_be_of_a_game() -> None:
    found = find(message(body={"location": ["12.3456", "56.7891", "3.0"]}))
    assert {(f.kind, f.certainty) for f in found} == {("coordinates", "possible")}
    assert sure(body={"location": ["59.9139", "10.7522"]}) == {("coordinates", "59.9139,10.7522")}
    assert sure(body={"coordinates": ["10.7522", "59.9139", "12.5"]}) == {("coordinates", "59.9139,10.7522")}  # GeoJSON


def test_the_point_of_a_map_has_its_longitude_first() -> None:
    assert sure(body={"Point": {"coordinates": "10.75220,59.91390,0"}}) == {("coordinates", "59.91390,10.75220")}
    assert sure(body={"user": {"coordinates": "59.91390,10.75220"}}) == {("coordinates", "59.91390,10.75220")}


def test_the_client_s_own_record_of_the_advertising_id() -> None:
    one = "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99"
    assert sure(body={"adInfo": {"id": one, "isLimitAdTrackingEnabled": "false"}}) == {("advertising_id", one)}
    assert ("advertising_id", one) not in sure(body={"adSlot": {"id": one}})
