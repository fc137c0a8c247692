from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from messages.conversations import udp
from messages.quic_packets import RFC_9001_CRYPTO, RFC_9001_ID, crypto_frame, seal
from vuoto.facts.messages import FlowReading
from vuoto.messages import read_conversation
from vuoto.messages.quic_initial import V1, V2, Crypto, client_keys, read_datagram

HELLO = RFC_9001_CRYPTO[4:]


def _read(*datagrams: bytes, back: tuple[bytes, ...] = ()) -> FlowReading:
    return read_conversation(udp(*datagrams, back=back, port=443))[0]


def test_keys_are_those_of_rfc_9001_appendix_a1() -> None:
    assert client_keys(V1, RFC_9001_ID) == (
        bytes.fromhex("1f369613dd76d5467730efcbe3b1a22d"),
        bytes.fromhex("fa044b2f42a3fd3b46fb255c"),
        bytes.fromhex("9f50449e04a0e810283a1e9933adedd2"),
    )


def test_keys_are_those_of_rfc_9369_appendix_a1() -> None:
    assert client_keys(V2, RFC_9001_ID) == (
        bytes.fromhex("8b1a0bc121284290a29e0971b5cd045d"),
        bytes.fromhex("91f73e2351d8fa91660e909f"),
        bytes.fromhex("45b95e15235d6f45a6b19cbcb0294ba9"),
    )


def test_the_client_initial_of_rfc_9001_appendix_a2_is_read() -> None:
    packet = seal(RFC_9001_CRYPTO.ljust(1162, b"\0"))
    assert len(packet) == 1200
    assert packet.startswith(
        bytes.fromhex("c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec356c")
    )
    assert packet.endswith(bytes.fromhex("e221af44860018ab0856972e194cd934"))
    reading = _read(packet)
    assert (reading.protocols, reading.protection) == (("quic",), "quic")
    assert (reading.host, reading.host_source) == ("example.com", "quic-sni")
    assert dict(reading.details)["version"] == "1"
    assert dict(reading.details)["ja4"].startswith("q13d0211an_")
    assert reading.why_not_decrypted == "QUIC version 1; no key log was given"


def test_the_server_name_is_a_message() -> None:
    _, messages = read_conversation(udp(seal(RFC_9001_CRYPTO), port=443))
    assert [(m.protocol, [(s.label, s.data) for s in m.sections]) for m in messages] == [
        ("quic", [("server name", b"example.com")])
    ]


def test_version_2_is_read() -> None:
    reading = _read(seal(RFC_9001_CRYPTO, version=V2))
    assert reading.host == "example.com"
    assert dict(reading.details)["version"] == "2"


def test_draft_29_is_read() -> None:
    reading = _read(seal(RFC_9001_CRYPTO, version=0xFF00001D))
    assert reading.host == "example.com"
    assert dict(reading.details)["version"] == "draft-29"


def test_a_hello_over_several_packets_out_of_order_is_joined() -> None:
    pieces = [seal(crypto_frame(at, HELLO[at : at + 90]), number=at) for at in range(0, len(HELLO), 90)]
    assert len(pieces) == 3
    assert _read(pieces[2], pieces[0] + pieces[1]).host == "example.com"


def test_a_hello_with_a_hole_names_nobody() -> None:
    pieces = [seal(crypto_frame(at, HELLO[at : at + 90]), number=at) for at in (90, 180)]
    reading = _read(*pieces)
    assert reading.host is None
    assert reading.protection == "quic"
    assert (
        reading.why_not_decrypted
        == "QUIC; its first packets are incomplete, broken or from before the capture, so no ClientHello was read"
    )


def test_after_a_retry_the_keys_follow_from_the_new_id() -> None:
    first = seal(crypto_frame(0, HELLO[:100]))
    second = seal(crypto_frame(0, HELLO), destination=b"retried!")
    assert _read(first, second).host == "example.com"


def test_after_the_server_answered_the_keys_stay() -> None:
    first = seal(crypto_frame(0, HELLO[:100]))
    second = seal(crypto_frame(100, HELLO[100:]), destination=b"chosen by server", keys_of=RFC_9001_ID)
    assert _read(first, second).host == "example.com"


def test_acknowledgements_before_the_crypto_frame_are_stepped_over() -> None:
    ack = bytes.fromhex("0205000100")[:5] + b"\0\0"
    ecn = bytes.fromhex("03050000000102030000")[:8]
    assert _read(seal(ack + b"\x01\0\0" + RFC_9001_CRYPTO)).host == "example.com"
    assert _read(seal(ecn + RFC_9001_CRYPTO)).host == "example.com"


def test_a_damaged_packet_is_not_read() -> None:
    packet = bytearray(seal(RFC_9001_CRYPTO))
    packet[-1] ^= 1
    assert _read(bytes(packet)).host is None


def test_an_unknown_version_is_quic_only_where_it_says_so() -> None:
    refused = bytes.fromhex("c00a1a2a3a08") + RFC_9001_ID + b"\0" + bytes(1185)
    reading = _read(refused)
    assert (reading.protocols, reading.protection) == (("quic",), "quic")
    assert reading.why_not_decrypted == "QUIC version 0x0a1a2a3a, which is not known; nothing was read"
    assert _read(bytes.fromhex("c012345678")).protocols == ()


def test_version_negotiation_names_a_known_version() -> None:
    offer = bytes.fromhex("8000000000") + b"\x04abcd\x04efgh"
    known = _read(back=(offer + bytes.fromhex("00000001"),))
    assert known.protocols == ("quic",)
    assert _read(back=(offer + bytes.fromhex("12345678"),)).protocols == ()


def test_google_quic_is_looked_through() -> None:
    hello = b"\x0d" + b"connid00" + b"Q043" + b"\x01" + bytes(12) + b"\xa0\x01\0\0CHLO" + b"SNI\0\x0c\0\0\0www.example."
    reading, messages = read_conversation(udp(hello, port=443))
    assert reading.why_not_decrypted == "Google QUIC Q043; that version's encryption is not read"
    assert [m.sections[0].data for m in messages] == [hello]


def test_short_headers_alone_prove_nothing() -> None:
    reading = _read(b"\x40" + bytes(30), back=(b"\x41" + bytes(30),))
    assert (reading.protocols, reading.protection) == (("quic",), "unknown")
    assert read_conversation(udp(b"\x40" + bytes(30), port=444))[0].protocols == ()


@given(st.binary(max_size=300), st.integers(0, 1200), st.integers(0, 1200))
def test_garbage_in_packets_and_frames_is_harmless(junk: bytes, cut: int, at: int) -> None:
    for datagram in (junk, seal(RFC_9001_CRYPTO)[:cut] + junk, seal(junk.ljust(20, b"\0"), number=at)):
        crypto = Crypto()
        read_datagram(datagram, crypto)
        assert len(crypto.joined()) <= 32 * 1024
