"""Known recipients' formats: on top of everything else, never instead of it, and the check decides."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import pytest

from disclosures.opened import find, message, told
from vuoto.disclosures.known_formats import shipped_formats
from vuoto.disclosures.search import identifiers
from vuoto.facts.vocabulary import KINDS

IMEI: Final = "350000001234562"
MAC: Final = "02:1a:c5:3d:7e:91"
UUID: Final = "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99"
DUID: Final = ("android_id", "a3f19c0e5b7d2846", "validated")
IOAM: Final = ("installation_id", "ab9930d110c818f66934e6d39e4e7", "likely")


def test_every_format_has_a_source_a_day_and_known_kinds() -> None:
    formats = shipped_formats()
    assert len(formats) >= 20
    for form in formats:
        assert form.recipient
        assert form.source
        assert date.fromisoformat(form.date)
        assert form.hosts or form.structure
        assert all(re.fullmatch(r"(\*\.)?[a-z0-9.-]+\.[a-z]+", host) for host in form.hosts)
        assert form.fields
        assert {kind for _, kinds in form.fields for kind in kinds} <= set(KINDS)


def test_a_host_matches_its_labels_only() -> None:
    kxun = next(f for f in shipped_formats() if f.recipient == "1kxun")
    assert kxun.covers("ws.1kxun.mobi")
    assert not kxun.covers("1kxun.mobi.example.com")
    assert not kxun.covers("not1kxun.mobi")


@pytest.mark.parametrize(
    ("host", "fields", "sure"),
    [
        ("ws.1kxun.mobi", {"_aid": UUID}, {("advertising_id", UUID, "validated")}),
        ("alog.umeng.com", {"device_id": IMEI}, {("imei", IMEI, "validated")}),
        ("graph.facebook.com", {"anon_id": f"XZ{UUID}"}, {("installation_id", f"XZ{UUID}", "likely")}),
        ("api2.branch.io", {"hardware_id": UUID}, {("installation_id", UUID, "validated")}),
        ("api2.branch.io", {"hardware_id": "a3f19c0e5b7d2846"}, {("android_id", "a3f19c0e5b7d2846", "validated")}),
        ("api2.branch.io", {"unlisted": UUID}, set()),
        ("sdk.xinxiansk.com", {"device_id": "860000000000123"}, set()),
        ("example.com", {"device_id": IMEI}, {("imei", IMEI, "likely")}),
        ("api.vk.com", {"device_id": "a3f19c0e5b7d2846:0"}, {("android_id", "a3f19c0e5b7d2846", "validated")}),
        ("api.vk.com", {"token": "a3f19c0e5b7d2846:0"}, set()),
        ("nativesdks.mparticle.com", {"duid": "a3f19c0e5b7d2846", "das": UUID}, {DUID, ("installation_id", UUID, "validated")}),
        ("control.kochava.com", {"kochava_device_id": UUID}, {("installation_id", UUID, "validated")}),
        ("analytics.rayjump.com", {"idfv": UUID}, {("vendor_id", UUID, "validated")}),
        ("config.ioam.de", {"advertisingIdentifier": "ab9930d110c818f66934e6d39e4e7"}, {IOAM}),
        ("api.airbridge.io", {"deviceUUID": UUID}, {("installation_id", UUID, "validated")}),
        ("eu1.clevertap-prod.com", {"GoogleAdID": UUID, "GoogleAdIDLimit": "false"}, {("advertising_id", UUID, "validated")}),
        ("device-api.urbanairship.com", {"channel_id": UUID}, {("installation_id", UUID, "validated")}),
        ("api.leanplum.com", {"deviceId": "a3f19c0e5b7d2846"}, {DUID}),
        ("device-api.urbanairship.com", {"named_user_id": "kari@example.org"}, {("email", "kari@example.org", "validated")}),
        ("device-api.urbanairship.com", {"named_user_id": "kari77"}, {("account", "kari77", "likely")}),
        ("api.leanplum.com", {"unlisted": "a3f19c0e5b7d2846"}, set()),
        (
            "ws.1kxun.mobi",
            {"udid": "d23e52e897bd4f389dd0c7432c861851"},
            {("installation_id", "d23e52e897bd4f389dd0c7432c861851", "likely")},
        ),
    ],
)
def test_a_host_gives_its_fields_a_meaning(host: str, fields: dict[str, str], sure: set[tuple[str, str, str]]) -> None:
    assert told(find(message(form=fields), host=host)) == sure


def test_what_is_not_in_the_format_is_found_as_anywhere() -> None:
    findings = find(message(form={"hardware_id": UUID, "imei": IMEI}), host="api2.branch.io")
    assert {f.kind for f in findings} == {"installation_id", "imei"}


def test_a_field_with_a_name_of_its_own_keeps_it() -> None:
    """The incident's MEID: named by itself a MEID, said by the format to be either, and the check holds for an IMEI."""
    body = {"REGVER": "1.0", "MEID": IMEI, "MODEL": "Nokia 7 plus", "REGDATE": "2019-02-20 07:31:04"}
    assert ("imei", IMEI, "validated") in told(find(message(body=body), host="other.example.com"))
    assert ("imei", IMEI, "likely") in told(find(message(body={"MEID": IMEI}), host="other.example.com"))


def test_the_path_counts() -> None:
    numbered = {"1": IMEI, "9": "021ac53d7e91", "12": "Europe/Oslo"}
    at = find(message(protobuf=numbered, target="/checkin"), host="android.clients.google.com")
    assert told(at) == {
        ("imei", IMEI, "validated"),
        ("mac_address", "02:1a:c5:3d:7e:91", "likely"),
        ("locale_timezone", "Europe/Oslo", "validated"),
    }
    assert told(find(message(protobuf=numbered, target="/other"), host="android.clients.google.com")) == set()


def test_a_structure_is_known_at_any_host() -> None:
    body = [{"distinct_id": "a3f19c0e5b7d2846", "lib": {"$lib": "Android"}, "properties": {"$device_id": "a3f19c0e5b7d2846"}}]
    findings = [f for f in find(message(body=body), host="collector.example.org") if f.certainty == "validated"]
    assert {(f.kind, f.field) for f in findings} == {
        ("android_id", "request body › /0/distinct_id"),
        ("android_id", "request body › /0/properties/$device_id"),
    }


@pytest.mark.parametrize(
    ("fields", "sure"),
    [
        (
            {"ap": "02-5a-11-22-33-44", "id": MAC, "t": "1550750400", "ssid": "Hotel", "url": "http://example.com/"},
            {("bssid", "02:5a:11:22:33:44", "validated"), ("mac_address", MAC, "validated"), ("ssid", "Hotel", "likely")},
        ),
        ({"ap": "02-5a-11-22-33-44", "id": MAC, "url": "http://example.com/"}, set()),
        (
            {"id": IMEI, "timestamp": "1550750400", "lat": "59.91301", "lon": "10.73892"},
            {("imei", IMEI, "validated"), ("coordinates", "59.91301,10.73892", "validated")},
        ),
        ({"id": IMEI, "timestamp": "1550750400"}, set()),
        (
            {"address": "+4797003344", "body": "See you at seven", "date": "1550750400123", "type": "1"},
            {("phone_number", "+4797003344", "validated"), ("message_content", "See you at seven", "likely")},
        ),
        ({"address": "Storgata 1", "body": "See you at seven", "subject": "Hi"}, set()),
        (
            {"product": "rk3288", "version": "1.0.3", "sn": "RKC7A3B01234", "language": "nb"},
            {("serial_number", "RKC7A3B01234", "likely")},
        ),
        ({"product": "shirt", "sn": "20190221123456"}, set()),
        ({"$token": "36ada5b10da39a13", "$distinct_id": "user 7", "$name": "Kari Lie"}, {("person_name", "Kari Lie", "likely")}),
        ({"$name": "Kari Lie"}, set()),
        (
            {"number": "+4740112233", "duration": "61", "type": "2", "name": "Mother"},
            {("phone_number", "+4740112233", "validated"), ("contact", "Mother", "likely")},
        ),
        ({"number": "+4740112233", "name": "Mother"}, set()),
    ],
)
def test_fields_together_tell_a_format(fields: dict[str, str], sure: set[tuple[str, str, str]]) -> None:
    """And without one of them nobody says what the others are."""
    assert told(find(message(query=fields), host="collector.example.org")) == sure


def test_kinds_of_formats_have_identifiers() -> None:
    kinds = {i.kind for i in identifiers()}
    assert all(set(k) <= kinds for f in shipped_formats() for _, k in f.fields)
