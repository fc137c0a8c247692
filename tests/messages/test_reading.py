from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.conversations import tcp, udp
from vuoto.facts.flows import Conversation
from vuoto.facts.messages import FlowReading, Message
from vuoto.messages import read_conversation, reading
from vuoto.messages.host_names import host_name
from vuoto.messages.protocol import GATHER_LIMIT, Heads, Protocol, Read
from vuoto.messages.unknown import BINARY_LIMIT, entropy, is_text

NOISE = bytes((i * 167 + i * i % 251) % 256 for i in range(4096))


def _plugin(name: str, confidence: int) -> Protocol:
    def read(_conversation: Conversation, _heads: Heads) -> Read:
        if name == "broken":
            raise IndexError
        return Read(protocols=(name,), protection="none")

    return Protocol(name=name, transports=("tcp", "udp"), recognise=lambda _: confidence, read=read)


def _with(monkeypatch: pytest.MonkeyPatch, *protocols: Protocol) -> tuple[FlowReading, list[Message]]:
    monkeypatch.setattr(reading, "_protocols", lambda _: protocols)
    return read_conversation(tcp(b"abc"))


def test_the_surest_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = _with(monkeypatch, _plugin("a", 10), _plugin("b", 20), _plugin("c", 0))
    assert (told.protocols, told.problems) == (("b",), ())


def test_a_tie_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = _with(monkeypatch, _plugin("a", 10), _plugin("b", 20), _plugin("c", 20))
    assert told.protocols == ("b",)
    assert [p.what for p in told.problems] == ["several protocols fit equally well: b, c; it was read as b"]


def test_a_reader_that_raises_loses_no_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    told, messages = _with(monkeypatch, _plugin("broken", 10))
    assert [m.sections[0].data for m in messages] == [b"abc"]
    assert told.problems[0].what == "the reader of broken failed (IndexError); the bytes were looked through as they are"
    assert told.problems[0].where == "flow f1"


def test_home_made_clear_text_is_unprotected_and_whole() -> None:
    told, messages = read_conversation(tcp(b"REG|imei=352099001761481|v=1\n", b"more", port=9999))
    assert (told.protocols, told.protection, told.why_not_decrypted) == ((), "none", None)
    assert [(m.protocol, m.sections) for m in messages] == [
        ("bytes", (("stream", "", b"REG|imei=352099001761481|v=1\n", 0, (), ""),)),
        ("bytes", (("stream", "", b"more", 29, (), ""),)),
    ]


def test_datagrams_stay_apart() -> None:
    told, messages = read_conversation(udp(b"one=1", b"two=2", port=9999))
    assert told.protection == "none"
    assert [(m.sections[0].label, m.sections[0].data, m.sections[0].offset) for m in messages] == [
        ("datagram", b"one=1", 0),
        ("datagram", b"two=2", 5),
    ]


def test_binary_says_how_much_was_looked_through() -> None:
    told, messages = read_conversation(tcp(NOISE, port=9999))
    assert told.protection == "unknown"
    assert (
        told.why_not_decrypted
        == f"not recognised; looked through as plain bytes; 4096 bytes of entropy {entropy(NOISE):.1f} bits per byte"
    )
    assert messages[0].sections[0].data == NOISE


def test_a_silent_device() -> None:
    told, messages = read_conversation(tcp(back=b"hello", port=9999))
    assert (told.why_not_decrypted, messages) == ("nothing left the device", [])


@pytest.mark.parametrize(("byte", "limit"), [(b"\xf3", BINARY_LIMIT), (b"a", GATHER_LIMIT)])
def test_large_streams_are_bounded(byte: bytes, limit: int) -> None:
    told, messages = read_conversation(tcp(byte * (limit + 1), port=9999))
    assert sum(len(m.sections[0].data) for m in messages) == limit
    assert [p.what for p in told.problems] == [f"more than {limit >> 20} MiB left in one stream; the rest of it was not read"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", True),
        ("小佛專機 имя".encode(), True),
        ("小佛專機".encode()[:-1], True),
        (b"\0\x05hello\0\x05world" + b"a" * 20, True),
        (NOISE, False),
        (b"\x08\x96\x01\x12\x04\0\0\0", False),
        (b"\xe9" * 20, False),
        (b"", False),
    ],
)
def test_what_counts_as_text(data: bytes, text: bool) -> None:
    assert is_text(data) is text


def test_entropy() -> None:
    assert [entropy(d) for d in (b"", b"aaaa", b"abab", bytes(range(256)))] == [0.0, 0.0, 1.0, 8.0]


@pytest.mark.parametrize(
    ("conversation", "name", "protection"),
    [
        (tcp(b"SSH-2.0-OpenSSH_9.2\r\n", port=2222), "ssh", "unknown"),
        (tcp(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "http/2", "none"),
        (tcp(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04abcd", port=1883), "mqtt", "none"),
        (tcp(b"EHLO phone.example\r\n", port=25), "smtp", "none"),
        (tcp(b"USER a\r\n", back=b"220 ready\r\n", port=21), "ftp", "none"),
        (tcp(b"a1 LOGIN user pass\r\n", port=143), "imap", "none"),
        (tcp(b"USER a\r\n", back=b"+OK\r\n", port=110), "pop3", "none"),
        (tcp(b"NICK a\r\nUSER a 0 * :a\r\n", port=6667), "irc", "none"),
        (tcp(b"<?xml version='1.0'?><stream:stream to='x.example'>", port=5222), "xmpp", "none"),
        (udp(b"\x23" + bytes(47), port=123), "ntp", "none"),
        (udp(b"\1\1\6\0" + bytes(232) + b"\x63\x82\x53\x63", port=67), "dhcp", "none"),
        (udp(b"<13>Jan  1 00:00:00 phone app: x", port=514), "syslog", "none"),
        (udp(b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12), port=3478), "stun", "none"),
        (udp(b"\x40\x02\0\1\xb2nb", port=5683), "coap", "none"),
        (udp(b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n", port=1900), "ssdp", "none"),
        (udp(b"REGISTER sip:x.example SIP/2.0\r\nUser-Agent: a\r\n\r\n", port=5060), "sip", "none"),
        (tcp(b"OPTIONS rtsp://x.example/a RTSP/1.0\r\nCSeq: 1\r\n\r\n", port=554), "rtsp", "none"),
        (udp(b"\1\0\0\0" + bytes(144), port=51820), "wireguard", "unknown"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_well_known_protocols_have_a_name(conversation: Conversation, name: str, protection: str) -> None:
    told, messages = read_conversation(conversation)
    assert (told.protocols, told.protection) == ((name,), protection)
    assert messages


@pytest.mark.parametrize(
    "conversation",
    [
        tcp(b"USER a\r\n", port=9000),
        tcp(b"220 ready\r\n", port=9000),
        udp(b"\x23" + bytes(47), port=1123),
        udp(b"\1\1\6\0" + bytes(236), port=67),
        tcp(b"SSH is nice\r\n", port=22),
        udp(b"\0\1\0\0\x21\x12\xa4\x43" + bytes(12), port=3478),
        tcp(b"\x10\x10\x00\x04MQTX\x04\x02\x00\x3c", port=1883),
    ],
)
def test_look_alikes_have_none(conversation: Conversation) -> None:
    assert read_conversation(conversation)[0].protocols == ()


def test_text_messages_over_datagrams_end_with_each() -> None:
    ask = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nUSN: uuid:1\r\n\r\n"
    told, messages = read_conversation(udp(ask, ask, b"junk", port=1900))
    assert [(m.method, m.protocol) for m in messages] == [("NOTIFY", "ssdp"), ("NOTIFY", "ssdp"), ("", "bytes")]
    assert messages[1].sections[1].offset == len(ask) + 25
    assert told.host is None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"A.example", "a.example"),
        (b"a.example:80", "a.example"),
        (b"u:p@a.example:80", "a.example"),
        (b"a_b.example.", "a_b.example"),
        (b"192.0.2.1:80", "192.0.2.1"),
        (b"[2001:db8::1]:80", "2001:db8::1"),
        (b"2001:db8::1", "2001:db8::1"),
        (b"[fe80::1", "fe80::1"),
        (b"", None),
        (b":80", None),
        (b".", None),
        (b"a..b", None),
        (b"a b", None),
        (b"<script>", None),
        (b"a\0b", None),
        (b"\xff\xfe", None),
        (b"[zz]", None),
        (b"a:b:c", None),
        (b"a" * 256, None),
        (b"a" * 100_000, None),
    ],
)
def test_host_names(value: bytes, name: str | None) -> None:
    assert host_name(value) == name


@given(st.binary(max_size=60))
def test_host_names_of_any_bytes(value: bytes) -> None:
    name = host_name(value)
    assert name is None or (name and name == name.lower() and name.isascii() and name.isprintable() and " " not in name)


@given(
    st.lists(st.binary(max_size=120), max_size=4),
    st.lists(st.binary(max_size=120), max_size=3),
    st.sampled_from([21, 25, 53, 80, 123, 443, 1900, 5060, 5353, 9999]),
)
def test_any_conversation(out: list[bytes], back: list[bytes], port: int) -> None:
    for conversation in (tcp(*out, back=b"".join(back), port=port), udp(*out, back=back, port=port)):
        told, messages = read_conversation(conversation)
        size = sum(map(len, out))
        assert all(0 <= s.offset <= size for m in messages for s in m.sections)
        assert not any("failed" in p.what for p in told.problems)
        assert told.host is None or told.host_source is not None
