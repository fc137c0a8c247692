from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.conversations import FakeConversation, FakeStream, tcp
from messages.hellos import alpn, client_hello, handshake, records, server_hello, server_name, supported_versions
from vuoto.facts.flows import Stream
from vuoto.facts.messages import FlowReading, Message
from vuoto.messages import read_conversation

BOTH = supported_versions(0x0304, 0x0303)
HELLO = records(handshake(1, client_hello(server_name(b"API.Example.org"), alpn(b"h2", b"http/1.1"), BOTH)))
DATA = records(bytes(64), kind=23, version=0x0303)


def _read(out: bytes, back: bytes = b"", port: int = 443) -> FlowReading:
    return read_conversation(tcp(out, back=back, port=port))[0]


@pytest.mark.parametrize(
    ("answer", "protection", "name"),
    [
        (server_hello((43, b"\x03\x04")), "tls1.3", "TLS 1.3"),
        (server_hello(), "tls1.2", "TLS 1.2"),
        (server_hello(version=0x0302), "tls1.1", "TLS 1.1"),
        (server_hello(version=0x0301), "tls1.0", "TLS 1.0"),
        (server_hello(version=0x0300), "unknown", "SSL 3.0"),
    ],
)
def test_the_version_is_the_servers_choice(answer: bytes, protection: str, name: str) -> None:
    reading = _read(HELLO + DATA, records(handshake(2, answer)))
    assert (reading.protocols, reading.protection) == (("tls",), protection)
    assert reading.why_not_decrypted == f"{name}; no key log was given"
    assert (reading.host, reading.host_source) == ("api.example.org", "tls-sni")
    assert dict(reading.details)["alpn_offered"] == "h2,http/1.1"


def test_the_alpn_that_was_chosen() -> None:
    assert ("alpn", "http/1.1") in _read(HELLO, records(handshake(2, server_hello(alpn(b"http/1.1"))))).details


def test_without_an_answer_the_version_is_not_known() -> None:
    reading = _read(HELLO)
    assert reading.protection == "unknown"
    assert reading.why_not_decrypted == "TLS, version not known because no ServerHello was captured; no key log was given"
    assert ("record_version", "TLS 1.0") in reading.details


def test_a_client_that_offers_one_version_leaves_no_choice() -> None:
    assert _read(records(handshake(1, client_hello(supported_versions(0x0A0A, 0x0304))))).protection == "tls1.3"


def test_a_refused_handshake_says_so() -> None:
    reading = _read(HELLO, b"\x15\x03\x03\x00\x02\x02\x28")
    assert reading.why_not_decrypted == "the server refused the handshake (fatal handshake_failure)"


def test_the_server_name_is_a_section_with_its_place() -> None:
    message = read_conversation(tcp(HELLO))[1][0]
    section = message.sections[0]
    assert (section.label, section.data) == ("server name", b"API.Example.org")
    assert HELLO[section.offset :].startswith(b"API.Example.org")


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_hello_over_many_records_is_joined(size: int) -> None:
    out = records(handshake(1, client_hello(BOTH, server_name(b"example.org"))), size)
    reading, messages = read_conversation(tcp(out))
    assert reading.host == "example.org"
    assert any(name == "ja4" for name, _ in reading.details)
    assert out[messages[0].sections[0].offset :].startswith(b"e")


def test_a_hello_longer_than_the_peek_is_read_further() -> None:
    long = records(handshake(1, client_hello((21, bytes(9000)), server_name(b"example.org"), BOTH)))
    assert _read(long).host == "example.org"


def test_bodies_are_never_gathered() -> None:
    class Watched(FakeConversation):
        most = 0

        def out(self, limit: int) -> Stream:
            self.most = max(self.most, limit)
            return FakeStream([HELLO, DATA * 1000], limit)

    watched = Watched(back=(records(handshake(2, server_hello())),), port=443)
    read_conversation(watched)
    assert watched.most <= 32 * 1024


def test_an_address_as_server_name_names_nobody_but_is_scanned() -> None:
    reading, messages = read_conversation(tcp(records(handshake(1, client_hello(server_name(b"192.0.2.9"))))))
    assert (reading.host, reading.host_source) == (None, None)
    assert messages[0].sections[0].data == b"192.0.2.9"


def test_begun_before_the_capture() -> None:
    reading, messages = read_conversation(tcp(DATA * 3, port=443))
    assert (reading.protocols, reading.protection, messages) == (("tls",), "unknown", [])
    assert ("record_version", "TLS 1.2") in reading.details


def test_ssl_2_is_recognised() -> None:
    hello = b"\x80\x1f\x01\x00\x02\x00\x06\x00\x00\x00\x10" + b"\x07\x00\xc0\x03\x00\x80" + bytes(16)
    reading = _read(hello)
    assert (reading.protocols, reading.protection) == (("tls",), "unknown")


def test_an_encrypted_client_hello_is_said() -> None:
    details = dict(_read(records(handshake(1, client_hello((0xFE0D, bytes(8)), server_name(b"public.example"))))).details)
    assert details["encrypted_client_hello"].startswith("offered")


def test_a_server_that_is_the_device_sends_no_client_hello() -> None:
    reading, messages = read_conversation(tcp(records(handshake(2, server_hello())), back=HELLO, side="server"))
    assert (reading.protection, messages) == ("tls1.2", [])


def test_binary_that_begins_like_a_record_by_chance_is_bytes() -> None:
    assert _read(b"\x17\x03\x07\x00\x10" + bytes(16), port=9000).protocols == ()


def test_connect_hands_on_and_names_the_target() -> None:
    head = b"CONNECT Target.example:443 HTTP/1.1\r\nHost: proxy.example\r\nX-Imei: 1\r\n\r\n"
    answer = b"HTTP/1.1 200 Connection established\r\n\r\n"
    reading, messages = read_conversation(tcp(head + HELLO, back=answer + records(handshake(2, server_hello())), port=8080))
    assert (reading.protocols, reading.protection) == (("http/1.1", "tls"), "tls1.2")
    assert (reading.host, reading.host_source) == ("target.example", "http")
    assert _places(messages, head + HELLO) == [b"Target.example:443", b"API.Example.org"]


def test_starttls_is_clear_text_and_then_tls() -> None:
    before = b"EHLO phone.example\r\nSTARTTLS\r\n"
    after = b"220 hello\r\n250 STARTTLS\r\n220 go\r\n" + records(handshake(2, server_hello()))
    reading, messages = read_conversation(tcp(before + HELLO, back=after, port=587))
    assert (reading.protocols, reading.protection, reading.host) == (("smtp", "tls"), "tls1.2", "api.example.org")
    assert _places(messages, before + HELLO) == [before, b"API.Example.org"]


def _places(messages: list[Message], stream: bytes) -> list[bytes]:
    """The first section of each message, read back from the stream at its offset."""
    found = [m.sections[0] for m in messages]
    for section in found:
        assert stream[section.offset : section.offset + len(section.data)] == section.data
    return [s.data for s in found]


@given(st.integers(0, len(HELLO)), st.binary(max_size=64))
def test_a_stream_cut_anywhere_or_followed_by_anything(cut: int, junk: bytes) -> None:
    for out in (HELLO[:cut], HELLO[:cut] + junk, HELLO + junk):
        reading, _ = read_conversation(tcp(out, back=junk))
        assert reading.host in (None, "api.example.org") or not out.startswith(HELLO)
    assert _read(HELLO + junk).host == "api.example.org"


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_garbage_in_records(first: bytes, second: bytes) -> None:
    read_conversation(tcp(b"\x16\x03\x01" + first, back=b"\x16\x03\x03" + second))
