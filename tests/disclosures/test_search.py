"""How judgements are weighed against each other, and where findings say that they stand."""

from __future__ import annotations

from typing import Final

import pytest

from disclosures.opened import find, message, told
from vuoto.disclosures.search import identifiers
from vuoto.facts.messages import Section
from vuoto.facts.parts import Layer, Part

IMEI: Final = "350000001234562"
MAC: Final = "02:1a:c5:3d:7e:91"
EMAIL: Final = "kari@example.org"


def test_form_is_the_layers_the_syntax_and_the_digest() -> None:
    one = message(body={"imei": IMEI, "gaid_md5": "0123456789abcdeffedcba9876543210"}, wrapped=("gzip", "base64"))
    assert {(f.field, f.form) for f in find(one)} == {
        ("request body › gzip › base64 › /imei", ("gzip", "base64", "json")),
        ("request body › gzip › base64 › /gaid_md5", ("gzip", "base64", "json", "md5")),
    }


def test_a_header_is_no_unwrapping() -> None:
    (finding,) = find(message(headers={"X-Imei": IMEI}))
    assert finding.form == ()
    assert finding.field == "request header X-Imei"
    assert (finding.offset, finding.length) == (0, 15)


def test_place_within_a_value() -> None:
    agent = "Dalvik/2.1.0 (Linux; U; Android 8.1.0; Nokia 7 plus Build/OPR1.170623.026)"
    findings = {f.kind: f for f in find(message(headers={"User-Agent": agent}))}
    for kind, text in (("device_model", b"Nokia 7 plus"), ("os_build", b"OPR1.170623.026")):
        finding = findings[kind]
        assert finding.layer.data[finding.offset : finding.offset + finding.length] == text


def test_possible_adds_nothing_to_what_is_sure() -> None:
    findings = find(message(body={"imei": IMEI, "copy": IMEI}))
    assert [(f.field, f.certainty) for f in findings] == [("request body › /imei", "validated")]


def test_possible_alone_is_told() -> None:
    assert [(f.kind, f.certainty) for f in find(message(body={"copy": IMEI}))] == [("imei", "possible")]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ({"IMEI": IMEI}, {("imei", IMEI, "validated")}),
        ({"Serial Number": "B2NGAA8862304137"}, set()),
        (
            {"IMEI": IMEI, "Serial Number": "B2NGAA8862304137", "E-mail": EMAIL},
            {("imei", IMEI, "validated"), ("serial_number", "B2NGAA8862304137", "likely"), ("email", EMAIL, "validated")},
        ),
        ({"E-mail": EMAIL}, set()),
        ({"Password": "at least eight"}, set()),
    ],
)
def test_a_label_in_running_text_needs_something_certain_beside_it(text: dict[str, str], sure: set[tuple[str, str, str]]) -> None:
    assert told(find(message(text=text))) == sure


def test_an_equals_sign_is_no_running_text() -> None:
    data = f"REG;email={EMAIL};end".encode()
    one = message(raw=data)
    layer = one.layers[-1]
    one.parts.append(Part(layer, "email", "email", EMAIL, "text", data.index(EMAIL.encode()), len(EMAIL)))
    assert told(find(one)) == {("email", EMAIL, "validated")}


@pytest.mark.parametrize(
    "raw", [f"IMEI: {IMEI}", f"imei={IMEI};x", f'{{"imei":"{IMEI}", broken', f"imei => '{IMEI}'", f"IMEI1 = {IMEI}\r\n"]
)
def test_a_label_right_before_a_shape_in_bytes_that_nobody_parsed(raw: str) -> None:
    (finding,) = find(message(raw=raw.encode()))
    assert (finding.kind, finding.certainty, finding.part) == ("imei", "validated", None)
    assert finding.layer.data[finding.offset : finding.offset + finding.length] == IMEI.encode()


@pytest.mark.parametrize("raw", [f"x {IMEI}", f"order: {IMEI}", f"imei then {IMEI}", f"{MAC} joined", f"from {EMAIL} to"])
def test_no_label_no_certainty(raw: str) -> None:
    assert [f.certainty for f in find(message(raw=raw.encode()))] == ["possible"]


def test_a_whole_field_that_is_an_address_is_likely() -> None:
    assert told(find(message(form={"u": EMAIL}))) == {("email", EMAIL, "likely")}
    assert told(find(message(form={"u": f"write to {EMAIL}"}))) == set()


def test_company_counts_in_the_same_layer_only() -> None:
    one = message(query={"cid": "48211"}, body={"mcc": 242, "mnc": 1})
    assert told(find(one)) == set()
    assert told(find(message(body={"cid": "48211", "mcc": 242}))) == {("cell_id", "48211", "likely")}


def test_two_fields_of_the_same_name_are_no_company() -> None:
    assert told(find(message(body=[{"cell_id": "3120"}, {"cell_id": "3121"}]))) == set()


def test_pairs_stay_in_their_group() -> None:
    body = {"a": {"lat": 59.913868, "lon": 10.752245}, "b": {"lat": 60.169857, "lon": 24.938379}}
    assert {f.value for f in find(message(body=body))} == {"59.913868,10.752245", "60.169857,24.938379"}
    assert find(message(body={"a": {"lat": 59.913868}, "b": {"lon": 10.752245}})) == []


def test_a_layer_with_parts_is_not_searched_again() -> None:
    one = message(body={"order": IMEI})
    assert len(find(one)) == 1


def test_binary_layers_are_not_searched_for_shapes() -> None:
    noise = bytes(range(128, 256)) * 2
    assert find(message(raw=noise + f" {EMAIL} ".encode() + noise)) == []


def test_a_scalar_layer_keeps_the_name_of_what_was_wrapped() -> None:
    """`imei=<base64 of it>`: the letter opener names the inner value after the outer field."""
    one = message(form={"imei": "MzUwMDAwMDAxMjM0NTYy"})
    outer = one.layers[-1]
    layer = Layer(
        section=Section("request body", "", outer.data, 0),
        form=("form", "base64"),
        path="request body › imei › base64",
        data=IMEI.encode(),
        parent=outer,
        offset=5,
        length=20,
        name="imei",
    )
    one.layers.append(layer)
    one.parts.append(Part(layer, "imei", "", IMEI, "text", 0, 15))
    assert [(f.kind, f.certainty, f.field, f.form) for f in find(one)] == [
        ("imei", "validated", "request body › imei › base64", ("form", "base64"))
    ]


def test_every_identifier_says_what_it_rests_on() -> None:
    for identifier in identifiers():
        assert identifier.clause
        assert identifier.reasoning.endswith(".")
        assert identifier.limitations.endswith(".")
        assert identifier.read("") is None
        assert identifier.read("0") is None
        assert identifier.read("null") is None
        identifier.read("\x00" * 100_000)
        identifier.read("1" * 100_000)
        identifier.read("a." * 50_000)


@pytest.mark.parametrize(("held_by", "kinds"), [("user_details", {"person_name"}), ("details", set()), ("", set())])
def test_a_document_in_a_field_stands_in_the_group_of_its_name(held_by: str, kinds: set[str]) -> None:
    """`user_details={"name": …}` says as much as `{"user_details": {"name": …}}`."""
    section = Section("request body", "", b"x", 0)
    layer = Layer(section=section, form=("form",), path="request body", data=b'{"name":"Kari Lie"}', name=held_by)
    opened = message()
    opened.layers.append(layer)
    opened.parts.append(Part(layer, "name", "/name", "Kari Lie", "json", -1, -1))
    assert {kind for kind, _, _ in told(find(opened))} == kinds


@pytest.mark.parametrize(("pointer", "certainty"), [("0/ssid", "likely"), ("ssid", "possible"), ("row/ssid", "possible")])
def test_the_labels_of_a_table_are_no_running_text(pointer: str, certainty: str) -> None:
    """`ssid` above a column is a name; the word in a line of text may be one of a sentence."""
    opened = message(raw=b"ssid;rssi\nHome;-51\n")
    layer = opened.layers[-1]
    opened.parts.append(Part(layer, "ssid", pointer, "Home 5G", "text", 10, 7))
    assert {(f.kind, f.certainty) for f in find(opened)} == {("ssid", certainty)}
