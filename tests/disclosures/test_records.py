"""Values that nothing names, beside others of different kinds."""

from __future__ import annotations

from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from disclosures.opened import find, message, told
from vuoto.facts.disclosures import Finding
from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Layer, Opened, Part

IMEI: Final = "350000001234562"
IMSI: Final = "001010123456789"
ICCID: Final = "89470000190220123457"
MAC: Final = "02:1a:c5:3d:7e:91"
ALL: Final = {("imei", IMEI, "likely"), ("imsi", IMSI, "likely"), ("mac_address", MAC, "likely")}


def strings(*values: tuple[int, str]) -> list[Finding]:
    """The findings of a binary message that holds strings at the given places."""
    section = Section("stream", "", b"\x00" * 8_192, 0)
    layer = Layer(section=section, form=(), path="stream", data=section.data)
    parts = [Part(layer, "", f"@{at}", value, "text", at, len(value)) for at, value in values]
    made = Message(flow=0, protocol="bytes", time_ns=0, sections=(section,), target="")
    return find(Opened(message=made, layers=[layer], parts=parts, problems=[]))


def test_strings_of_a_binary_message_near_each_other() -> None:
    assert told(strings((10, IMEI), (28, IMSI), (46, MAC), (70, "Nokia"))) == ALL


def test_strings_of_a_binary_message_far_from_each_other() -> None:
    assert told(strings((10, IMEI), (3_000, IMSI), (6_000, MAC))) == set()


def test_fields_between_blanks_but_no_sentence() -> None:
    assert told(find(message(raw=f"REG {IMEI} {IMSI} {MAC} 1.0".encode()))) == ALL
    assert told(find(message(raw=f"we saw {IMEI} at {MAC} again and again, said the log".encode()))) == set()


def test_lines_of_one_field_each() -> None:
    assert told(find(message(raw=f"{IMEI}\r\n{IMSI}\r\n{MAC}\r\n".encode()))) == ALL


def test_values_joined_by_underscores() -> None:
    assert told(find(message(query={"id": f"{IMEI}_{MAC}_{IMSI}"}))) == ALL


def test_one_kind_alone_is_no_corroboration() -> None:
    assert told(find(message(raw=f"X|{IMEI}|{IMEI}|1".encode()))) == set()
    assert told(find(message(raw=f"X|{MAC}|{IMSI}|1".encode()))) == set()


@given(st.lists(st.integers(10**14, 10**15 - 1), min_size=2, max_size=12))
@settings(max_examples=300, deadline=None)
def test_rows_of_numbers_of_one_first_digit_are_silent(numbers: list[int]) -> None:
    row = [f"7{number % 10**14:014d}" for number in numbers]
    assert told(find(message(raw="|".join(row).encode()))) == set()
