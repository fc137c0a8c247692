from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.conversations import tcp, udp
from vuoto.facts.messages import FlowReading, Message
from vuoto.messages import read_conversation
from vuoto.messages.dns_message import addresses, client_subnet, parse, read_name


def name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def record(owner: bytes, kind: int, rdata: bytes) -> bytes:
    return owner + kind.to_bytes(2, "big") + b"\0\1" + bytes(4) + len(rdata).to_bytes(2, "big") + rdata


def dns(
    *questions: bytes, answers: Sequence[bytes] = (), extra: Sequence[bytes] = (), response: bool = False, number: int = 0xABCD
) -> bytes:
    counts = (len(questions), len(answers), 0, len(extra))
    head = number.to_bytes(2, "big") + (b"\x81\x80" if response else b"\1\0") + b"".join(n.to_bytes(2, "big") for n in counts)
    return head + b"".join(questions) + b"".join(answers) + b"".join(extra)


def question(text: str) -> bytes:
    return name(text) + b"\0\1\0\1"


QUERY = dns(question("API.Example.org"))
POINTER = b"\xc0\x0c"
ANSWER = dns(
    question("api.example.org"),
    answers=[record(POINTER, 5, name("edge.example.net")), record(name("EDGE.example.net"), 1, bytes([192, 0, 2, 5]))],
    response=True,
)


def _read(*out: bytes, back: Sequence[bytes] = (), port: int = 53) -> tuple[FlowReading, list[Message]]:
    return read_conversation(udp(*out, back=back, port=port))


def _told(messages: Sequence[Message]) -> list[tuple[str, str, bytes]]:
    return [(s.label, s.name, s.data) for m in messages for s in m.sections]


def test_a_query_and_the_answer_it_got() -> None:
    reading, messages = _read(QUERY, back=(ANSWER,))
    assert (reading.protocols, reading.protection, reading.host) == (("dns",), "none", None)
    assert reading.names == (("192.0.2.5", "api.example.org"),)
    assert _told(messages) == [("query name", "", b"API.Example.org")]
    assert messages[0].protocol == "dns"


def test_each_query_is_a_message_with_its_time_and_place() -> None:
    _, messages = _read(QUERY, dns(question("b.example")), QUERY)
    assert [m.time_ns for m in messages] == [1_000_000_000, 2_000_000_000, 3_000_000_000]
    assert [m.sections[0].offset for m in messages] == [12, 12 + len(QUERY), 12 + len(QUERY) + len(dns(question("b.example")))]


@pytest.mark.parametrize(("port", "protocol"), [(53, "dns"), (5353, "mdns"), (5355, "llmnr"), (5300, "dns")])
def test_the_port_names_the_dialect(port: int, protocol: str) -> None:
    reading, messages = _read(QUERY, port=port)
    assert (reading.protocols, messages[0].protocol) == ((protocol,), protocol)


def test_on_another_port_only_a_whole_query_is_believed() -> None:
    assert _read(QUERY + b"x", port=5300)[0].protocols == ()
    assert _read(ANSWER, port=5300)[0].protocols == ()


def test_over_tcp() -> None:
    framed = [len(m).to_bytes(2, "big") + m for m in (QUERY, dns(question("b.example")), ANSWER)]
    reading, messages = read_conversation(tcp(framed[0] + framed[1], back=framed[2], port=53))
    assert [d for _, _, d in _told(messages)] == [b"API.Example.org", b"b.example"]
    assert reading.names == (("192.0.2.5", "api.example.org"),)


def test_over_tcp_cut_short() -> None:
    reading, messages = read_conversation(tcp(b"\xff\xff" + QUERY, port=53))
    assert [d for _, _, d in _told(messages)] == [b"API.Example.org"]
    assert [p.what for p in reading.problems] == ["a message over TCP ends before it is complete"]


def test_mdns_texts_that_the_device_publishes() -> None:
    texts = b"\x0edeviceid=A1:B2" + b"\x07flag on" + b"\0"
    service = name("Phone of A._airplay._tcp.local")
    out = dns(answers=[record(service, 16, texts), record(name("phone.local"), 1, bytes([192, 0, 2, 7]))], response=True)
    reading, messages = _read(out, port=5353)
    assert ("record TXT", "deviceid", b"A1:B2") in _told(messages)
    assert ("record TXT", "Phone of A._airplay._tcp.local", b"flag on") in _told(messages)
    assert ("record name", "", b"phone.local") in _told(messages)
    assert b"192.0.2.7" not in [d for _, _, d in _told(messages)]
    assert reading.names == ()
    for section in messages[0].sections:
        if section.label == "record TXT":
            assert out[section.offset :].startswith(section.data)


def test_names_that_mdns_answers_give() -> None:
    back = dns(answers=[record(name("printer.local"), 1, bytes([192, 0, 2, 9]))], response=True)
    assert _read(dns(question("printer.local")), back=(back,), port=5353)[0].names == (("192.0.2.9", "printer.local"),)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (b"\0\x08\0\x07\0\1\x18\0\xc6\x33\x64", ("EDNS client subnet", "client subnet", b"198.51.100.0/24")),
        (b"\xfd\xe9\0\x06\x02\x11\x22\x33\x44\x55", ("EDNS option 65001", "mac", b"02:11:22:33:44:55")),
        (b"\xfd\xf0\0\x03abc", ("EDNS option 65008", "", b"abc")),
    ],
)
def test_options_that_single_the_device_out(option: bytes, told: tuple[str, str, bytes]) -> None:
    opt = b"\0" + b"\0\x29\x10\0" + bytes(4) + len(option).to_bytes(2, "big") + option
    assert _told(_read(dns(question("a.example"), extra=[opt]))[1])[1:] == [told]


def test_an_answer_to_somebody_elses_alias_names_nobody() -> None:
    stray = dns(question("a.example"), answers=[record(name("b.example"), 1, bytes([192, 0, 2, 1]))], response=True)
    assert _read(QUERY, back=(stray,))[0].names == ()


def test_an_alias_that_leads_to_itself_ends() -> None:
    looped = [record(POINTER, 5, POINTER)] * 50 + [record(POINTER, 28, bytes(15) + b"\1")]
    message = dns(question("a.example"), answers=looped, response=True)
    parsed = parse(message)
    assert parsed is not None
    assert addresses(message, parsed) == [("::1", "a.example")]


@pytest.mark.parametrize(
    "data", [b"\xc0\0", b"\1a\xc0\0", b"\1a\xc0\x05\0", b"\x40a", b"\x3fa", b"\xc0", b"\1", b"", b"\x3f" + b"a" * 63 + b"\xc0\0"]
)
def test_names_that_never_end_are_none(data: bytes) -> None:
    assert read_name(data, 0) is None


def test_a_name_of_pointers_alone_is_bounded() -> None:
    chain = b"\0" + b"".join((0xC000 | max(0, 2 * i - 1)).to_bytes(2, "big") for i in range(200))
    assert read_name(chain, len(chain) - 2) is None


@pytest.mark.parametrize(
    ("value", "subnet"),
    [
        (b"\0\2\x38\0\x20\x01\x0d\xb8\0\0\0", "2001:db8::/56"),
        (b"\0\3\x18\0\xc6", None),
        (b"\0\1\x28\0\xc6", None),
        (b"\0\1\x18\0\1\2\3\4\5", None),
        (b"\0\1", None),
    ],
)
def test_client_subnets(value: bytes, subnet: str | None) -> None:
    assert client_subnet(value) == subnet


def test_junk_in_front_and_between_is_bytes() -> None:
    junk = b"\xff" * 20
    reading, messages = _read(junk, QUERY, junk, back=(ANSWER,))
    assert [m.protocol for m in messages] == ["bytes", "dns", "bytes"]
    assert [p.what for p in reading.problems] == [
        "a message is not DNS, or broken before its first name; it was read as bytes (2 times)"
    ]
    assert _read(junk)[0].protocols == ()


def test_bytes_behind_a_query_are_kept() -> None:
    assert _told(_read(QUERY + b"imei=1")[1])[-1] == ("bytes behind the message", "", b"imei=1")
    assert len(_told(_read(QUERY + bytes(8))[1])) == 1


def test_netbios_names_are_another_coding() -> None:
    assert _read(dns(question("EJFDEBFEEBFACACACACACACACACACAAA")), port=137)[0].protocols == ("netbios-ns",)


@given(st.binary(max_size=80), st.integers(0, len(ANSWER)))
def test_any_bytes_and_any_cut(junk: bytes, cut: int) -> None:
    for payload in (junk, ANSWER[:cut] + junk, QUERY[:12] + junk):
        _read(payload, payload, back=(payload,))
        read_conversation(tcp(payload, back=payload, port=53))
        parsed = parse(payload)
        if parsed is not None:
            addresses(payload, parsed)


def test_what_a_prefix_of_datagrams_tells_is_a_prefix() -> None:
    datagrams = [QUERY, b"junk that is no query", dns(question("b.example"), number=1), dns(question("c.example"))]
    whole = _told(_read(*datagrams)[1])
    for count in range(1, len(datagrams)):
        part = _told(_read(*datagrams[:count])[1])
        assert part == whole[: len(part)]
