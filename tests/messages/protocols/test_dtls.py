from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from messages.conversations import udp
from messages.hellos import client_hello, dtls_record, server_hello, server_name
from vuoto.messages import read_conversation

HELLO = dtls_record(1, client_hello(server_name(b"turn.example"), version=0xFEFD, dtls=True))


def test_a_client_hello_names_the_server() -> None:
    reading, messages = read_conversation(udp(HELLO, back=(dtls_record(2, server_hello(version=0xFEFD)),), port=4433))
    assert (reading.protocols, reading.protection, reading.host) == (("dtls",), "dtls", "turn.example")
    assert reading.why_not_decrypted == "DTLS 1.2; no key log was given"
    assert dict(reading.details)["ja4"].startswith("dd2d0201")
    section = messages[0].sections[0]
    assert HELLO[section.offset : section.offset + len(section.data)] == b"turn.example"


def test_application_data_alone_is_dtls_begun_before() -> None:
    reading, messages = read_conversation(udp(b"\x17\xfe\xfd" + bytes(8) + b"\0\x20" + bytes(32), port=4433))
    assert (reading.protection, messages) == ("dtls", [])
    assert reading.why_not_decrypted == "DTLS 1.2, begun before the capture; no key log was given"


def test_a_record_longer_than_its_datagram_is_none() -> None:
    assert read_conversation(udp(b"\x17\xfe\xfd" + bytes(8) + b"\0\x21" + bytes(32), port=4433))[0].protocols == ()


def test_a_fragmented_hello_names_nobody() -> None:
    fragment = bytearray(HELLO)
    fragment[21] = 1
    assert read_conversation(udp(bytes(fragment), port=4433))[0].host is None


@given(st.binary(max_size=100))
def test_garbage_in_a_record(junk: bytes) -> None:
    read_conversation(udp(HELLO[:13] + junk, b"\x16\xfe\xfd" + junk, port=4433))
