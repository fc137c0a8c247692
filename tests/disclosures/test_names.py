"""Names as sequences of words."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vuoto.disclosures.name_sense import NOTHING
from vuoto.disclosures.name_words import split_name
from vuoto.disclosures.names import NameBook
from vuoto.disclosures.search import identifiers

BOOK: Final = NameBook(identifiers())


def means(name: str, pointer: str = "") -> set[str]:
    return {i.kind for i in BOOK.sense(name, pointer).strong}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IMEI1", ("imei", "1")),
        ("deviceImei", ("device", "imei")),
        ("X-Device-Imei", ("x", "device", "imei")),
        ("SIM2LTEIMSI", ("sim", "2", "lteimsi")),
        ("$device_id", ("device", "id")),
        ("wifiMACAddress", ("wifi", "mac", "address")),
        ("ro.serialno", ("ro", "serialno")),
        ("", ()),
    ],
)
def test_split(name: str, words: tuple[str, ...]) -> None:
    assert split_name(name) == words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("imei", "imei"), ("IMEI1", "imei"), ("deviceImei", "imei"), ("X-Device-Imei", "imei"), ("imei_md5", "imei"),
        ("phoneImei", "imei"), ("deviceimei", "imei"), ("imei_sha256", "imei"), ("SIM2LTEIMSI", "imsi"), ("SIM1CDMAIMSI", "imsi"),
        ("SIM1ICCID", "iccid"), ("simSerialNumber", "iccid"), ("MACID", "mac_address"), ("wlan0_mac", "mac_address"),
        ("WiFiMacAddress", "mac_address"), ("mac", "mac_address"), ("bt_mac", "bluetooth_address"), ("BSSID", "bssid"),
        ("_android_id", "android_id"), ("androidId", "android_id"), ("gaid", "advertising_id"), ("google_adid", "advertising_id"),
        ("google_advertising_id", "advertising_id"), ("idfv", "vendor_id"), ("firstName", "person_name"), ("userEmail", "email"),
        ("e-mail", "email"), ("phone_number", "phone_number"), ("MODELSMS", "device_model"), ("deviceModel", "device_model"),
        ("SWVER", "os_build"), ("os_version", "os_build"), ("simOperatorName", "carrier"), ("timeZone", "locale_timezone"),
        ("msisdn", "msisdn"), ("local_ip", "local_ip"), ("ssid", "ssid"),
    ],
)  # fmt: skip
def test_means(name: str, kind: str) -> None:
    assert means(name) == {kind}


@pytest.mark.parametrize(
    "name",
    [
        "immediate", "timeline", "mac_os", "machine", "command", "simple", "latency", "latest", "along", "model_version", "hmac",
        "imei_count", "hasImei", "isImeiAvailable", "emailVerified", "phone_verified", "email_template", "macro", "address",
        "client_version", "idfactory", "estimate", "similar", "assid", "timei", "format", "username_length", "mailing",
        "platform", "translation", "colon", "geometry", "1", "", "имя", "x" * 400,
    ],
)  # fmt: skip
def test_means_nothing(name: str) -> None:
    sense = BOOK.sense(name, "")
    assert sense.strong == ()
    assert sense.half is None


@pytest.mark.parametrize(
    ("name", "pointer", "kind"),
    [
        ("address", "/bluetooth/address", "bluetooth_address"),
        ("mac", "/router/mac", "bssid"),
        ("macAddress", "/wifiAccessPoints/0/macAddress", "bssid"),
        ("name", "/contacts/3/name", "contact"),
        ("serial", "/sim/0/serial", "iccid"),
        ("url", "/history/2/url", "browsing_history"),
        ("model", "/device/model", "device_model"),
        ("id", "/user/id", "account"),
    ],
)
def test_the_group_gives_a_meaning(name: str, pointer: str, kind: str) -> None:
    assert means(name, pointer) == {kind}


@pytest.mark.parametrize(
    ("name", "pointer"), [("name", "/file/name"), ("id", "/event/id"), ("address", "/shop/address"), ("id", "/id")]
)
def test_another_group_gives_none(name: str, pointer: str) -> None:
    assert means(name, pointer) == set()


def test_a_group_alone_needs_the_company_that_a_short_name_needs() -> None:
    """`/cell/id` may be a table's cell."""
    sense = BOOK.sense("id", "/cell/id")
    assert sense.strong == ()
    assert [i.kind for i in sense.shy] == ["cell_id"]


def test_most_names_are_nothing_and_stay_so() -> None:
    assert BOOK.sense("zzz_unheard_of", "/a/zzz_unheard_of") is NOTHING


@given(st.text(max_size=300), st.text(max_size=100))
@settings(max_examples=300, deadline=None)
def test_any_name_has_a_sense(name: str, pointer: str) -> None:
    first = BOOK.sense(name, pointer)
    assert BOOK.sense(name, pointer) == first == NameBook(identifiers()).sense(name, pointer)


def test_every_phrase_is_lower_case_words() -> None:
    for identifier in identifiers():
        lines = [
            identifier.names,
            identifier.hints,
            identifier.vague,
            identifier.shy,
            identifier.company,
            *(identifier.halves or ()),
        ]
        for phrase in (phrase for line in lines for phrase in line):
            assert phrase == " ".join(phrase.lower().split())
            assert phrase
