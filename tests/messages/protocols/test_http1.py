# ruff: noqa: E501 - a case stands on one line, so that its bytes can be read
from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.conversations import tcp
from vuoto.facts.messages import FlowReading, Message, Section
from vuoto.messages import read_conversation


def _read(*out: bytes, back: bytes = b"", side: str = "client") -> tuple[FlowReading, list[Message]]:
    reading, messages = read_conversation(tcp(*out, back=back, side=side))
    whole = b"".join(out)
    for message in messages:
        for section in message.sections:
            _stands_where_it_says(section, whole)
    return reading, messages


def _stands_where_it_says(section: Section, whole: bytes) -> None:
    if section.spans:
        assert section.offset == section.spans[0][1]
        assert b"".join(whole[at : at + n] for _, at, n in section.spans) == section.data
        assert [at for at, _, _ in section.spans] == [sum(n for _, _, n in section.spans[:i]) for i in range(len(section.spans))]
    else:
        there = whole[section.offset : section.offset + len(section.data)]
        assert there.replace(b"\r", b" ").replace(b"\n", b" ") == section.data.replace(b"\r", b" ").replace(b"\n", b" ")


def _told(messages: Sequence[Message]) -> list[tuple[str, str, bytes]]:
    """Method, target and body of each."""
    return [(m.method or m.protocol, m.target, _body(m)) for m in messages]


def _body(message: Message) -> bytes:
    return b"".join(s.data for s in message.sections if s.label in ("request body", "response body", "stream"))


def _problems(reading: FlowReading) -> list[str]:
    return [p.what for p in reading.problems]


POST = b"POST /a HTTP/1.1\r\nHost: h.example\r\n"


def test_a_request_in_sections() -> None:
    reading, messages = _read(
        b"POST /a?id=1 HTTP/1.1\r\nHost: API.Example.org:8080\r\nContent-Type: Application/JSON; charset=UTF-8\r\n"
        b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert (reading.protocols, reading.protection, reading.host, reading.host_source) == (
        ("http/1.1",), "none", "api.example.org", "http",
    )  # fmt: skip
    assert (messages[0].protocol, messages[0].method, messages[0].target, messages[0].host) == (
        "http/1.1", "POST", "/a?id=1", "api.example.org",
    )  # fmt: skip
    assert [(s.label, s.name, s.data, s.hint) for s in messages[0].sections] == [
        ("request line", "", b"/a?id=1", ""),
        ("request header Host", "Host", b"API.Example.org:8080", ""),
        ("request header Content-Type", "Content-Type", b"Application/JSON; charset=UTF-8", ""),
        ("request header Content-Encoding", "Content-Encoding", b"gzip", ""),
        ("request header Content-Length", "Content-Length", b"2", ""),
        ("request body", "", b"{}", "application/json; charset=utf-8;gzip"),
    ]
    assert _problems(reading) == []


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        pytest.param(
            b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", [("GET", "/1", b""), ("GET", "/2", b"")], id="pipelined"
        ),
        pytest.param(POST + b"Content-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\n\r\n", [("POST", "/a", b"abc"), ("GET", "/2", b"")], id="body-then-request"),
        pytest.param(POST + b"Content-Length: 3\r\n\r\nabc\r\nGET /2 HTTP/1.1\r\n\r\n", [("POST", "/a", b"abc"), ("GET", "/2", b"")], id="empty-line-behind-body"),
        pytest.param(b"\r\n\r\nGET /1 HTTP/1.0\r\n\r\n", [("GET", "/1", b"")], id="leading-empty-lines"),
        pytest.param(b"GET /1 HTTP/1.1\nhost: a\n\nGET /2 HTTP/1.1\n\n", [("GET", "/1", b""), ("GET", "/2", b"")], id="line-feeds-only"),
        pytest.param(b"GET /1 HTTP/1.1\r\nhost: a\n\r\nGET /2 HTTP/1.1\r\n\r\n", [("GET", "/1", b""), ("GET", "/2", b"")], id="mixed-line-ends"),
        pytest.param(b"post /1 http/1.1\r\ncontent-length: 1\r\n\r\nx", [("POST", "/1", b"x")], id="lower-case"),
        pytest.param(b"FROBNICATE /1 HTTP/1.1\r\n\r\n", [("FROBNICATE", "/1", b"")], id="unknown-method"),
        pytest.param(b"M-SEARCH /1 HTTP/1.1\r\n\r\n", [("M-SEARCH", "/1", b"")], id="method-with-hyphen"),
        pytest.param(b"GET   /a b \t HTTP/1.1\r\n\r\n", [("GET", "/a b", b"")], id="spaces-in-target"),
        pytest.param(b"GET /1\r\n", [("GET", "/1", b"")], id="simple-request"),
        pytest.param(b"GET /1\r\nGET /2\r\n", [("GET", "/1", b""), ("GET", "/2", b"")], id="simple-requests"),
        pytest.param(b"GET /1\r\nHost: a\r\n\r\n", [("GET", "/1", b"")], id="no-version-but-fields"),
        pytest.param(b"GET /1 HTTP/9.7\r\n\r\n", [("GET", "/1", b"")], id="odd-version"),
        pytest.param(b"GET http://x.example/1 HTTP/1.1\r\n\r\n", [("GET", "http://x.example/1", b"")], id="absolute-target"),
        pytest.param(b"OPTIONS * HTTP/1.1\r\n\r\n", [("OPTIONS", "*", b"")], id="asterisk"),
        pytest.param(b"GET /\xc3\xa9\x00 HTTP/1.1\r\nX: \x00\xff\r\n\r\n", [("GET", "/\xc3\xa9\x00", b"")], id="high-bytes-and-nul"),
        pytest.param(b"GET /HTTP/1.1/x HTTP/1.1\r\n\r\n", [("GET", "/HTTP/1.1/x", b"")], id="version-in-target"),
    ],
)  # fmt: skip
def test_framing_without_trouble(stream: bytes, told: list[tuple[str, str, bytes]]) -> None:
    reading, messages = _read(stream)
    assert _told(messages) == told
    assert _problems(reading) == []


CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET /2 HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize(
    ("chunks", "body"),
    [
        pytest.param(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde", id="two"),
        pytest.param(b'3;x="y"\r\nabc\r\n000\r\n\r\n', b"abc", id="extension-and-long-zero"),
        pytest.param(b"3 \r\nabc\r\n0 \r\n\r\n", b"abc", id="space-behind-size"),
        pytest.param(b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789", id="upper-case"),
        pytest.param(b"3\nabc\n0\n\n", b"abc", id="line-feeds-only"),
        pytest.param(b"0\r\n\r\n", b"", id="none"),
        pytest.param(b"3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n", b"abc", id="trailer"),
        pytest.param(b"3\r\nabc\r\n0\r\n", b"abc", id="no-last-line"),
    ],
)
def test_chunks_are_joined(chunks: bytes, body: bytes) -> None:
    reading, messages = _read(CHUNKED + chunks + NEXT)
    assert _told(messages) == [("POST", "/a", body), ("GET", "/2", b"")]
    assert _problems(reading) == []


def test_a_folded_transfer_encoding_counts() -> None:
    reading, messages = _read(POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + NEXT)
    assert _told(messages) == [("POST", "/a", b"abc"), ("GET", "/2", b"")]
    assert _problems(reading) == []


def test_fields_folded_without_end_cost_no_square() -> None:
    _, messages = _read(b"GET / HTTP/1.1\r\nA: b\r\n" + b" c\r\n" * 60_000 + b"\r\n")
    assert len(messages[0].sections) == 2


def test_a_trailer_is_a_section() -> None:
    _, messages = _read(CHUNKED + b"1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n")
    assert messages[0].sections[-1][:3] == ("request trailer X-Sum", "X-Sum", b"1")


@pytest.mark.parametrize(
    ("chunks", "body", "problem"),
    [
        (
            b"3\r\nabc\r\nzz\r\nrest",
            b"abczz\r\nrest",
            "a chunk size is not a hexadecimal number; what follows was read as it stands",
        ),
        (b"-3\r\nabc\r\n", b"-3\r\nabc\r\n", "a chunk size is not a hexadecimal number; what follows was read as it stands"),
        (b"0x3\r\nabc\r\n", b"0x3\r\nabc\r\n", "a chunk size is not a hexadecimal number; what follows was read as it stands"),
        (b'{"imei":1}', b'{"imei":1}', "a chunk size is not a hexadecimal number; what follows was read as it stands"),
        (b"3\r\nabc2\r\nde\r\n0\r\n\r\n", b"abcde", "a chunk is not followed by a line end"),
    ],
)
def test_chunks_that_lie_are_read_as_they_stand(chunks: bytes, body: bytes, problem: str) -> None:
    for tail in (b"", NEXT):
        reading, messages = _read(CHUNKED + chunks + tail)
        assert _told(messages) == [("POST", "/a", body)] + ([("GET", "/2", b"")] if tail else [])
        assert _problems(reading) == [problem]


def test_a_chunk_that_is_longer_than_the_stream() -> None:
    reading, messages = _read(CHUNKED + b"ffffffffffffffff\r\nabc")
    assert _told(messages) == [("POST", "/a", b"abc")]
    assert _problems(reading) == ["a chunked body ends before it is complete"]


@pytest.mark.parametrize(
    ("fields", "after", "body", "problems"),
    [
        (b"Content-Length: 3\r\nContent-Length: 3\r\n", b"abc", b"abc", []),
        (b"Content-Length: 3\r\nContent-Length: 9\r\n", b"abc", b"abc", ["a message has contradictory Content-Lengths; the first was followed"]),
        (b"Content-Length: 3, 3\r\n", b"abc", b"abc", []),
        (b"Content-Length: +3\r\n", b"abc", b"abc", ["a Content-Length is not a number alone"]),
        (b"Content-Length: 3 bytes\r\n", b"abc", b"abc", ["a Content-Length is not a number alone"]),
        (b"Content-Length: -1\r\n", b"abc", b"abc",
         ["a Content-Length is not a number alone", "bytes follow a message that declares no body; they were read as its body"]),
        (b"Content-Length: 1\r\n", b"abc", b"abc", ["a body is longer than its Content-Length says; it was read on to the next message"]),
        (b"Content-Length: 0\r\n", b"abc", b"abc", ["bytes follow a message that declares no body; they were read as its body"]),
        (b"", b"abc", b"abc", ["bytes follow a message that declares no body; they were read as its body"]),
        (b"Content-Length: 99999\r\n", b"abc", b"abc", ["a body is shorter than its Content-Length says; the next message begins within it"]),
        (b"Content-Length: 99999999999999999999999\r\n", b"abc", b"abc",
         ["bytes follow a message that declares no body; they were read as its body"]),
        (b"Content-Length:\r\n", b"abc", b"abc", ["bytes follow a message that declares no body; they were read as its body"]),
    ],
)  # fmt: skip
def test_lengths_that_lie_lose_nothing(fields: bytes, after: bytes, body: bytes, problems: list[str]) -> None:
    reading, messages = _read(POST + fields + b"\r\n" + after + NEXT)
    assert _told(messages) == [("POST", "/a", body), ("GET", "/2", b"")]
    assert _problems(reading) == problems


def test_a_body_cut_by_the_end_of_the_capture() -> None:
    reading, messages = _read(POST + b"Content-Length: 10\r\n\r\nabc")
    assert _told(messages) == [("POST", "/a", b"abc")]
    assert _problems(reading) == ["a body ends before it is complete"]


def test_a_gap_cuts_a_body_and_nothing_is_glued_over_it() -> None:
    reading, messages = _read(POST + b"Content-Length: 99\r\n\r\nbefore", b"behind" + NEXT)
    assert _told(messages) == [("POST", "/a", b"before"), ("bytes", "", b"behind"), ("GET", "/2", b"")]
    assert "a body is cut by a gap in the capture" in _problems(reading)


def test_a_gap_in_a_head() -> None:
    reading, messages = _read(POST + b"X-Long: abc", b"def\r\n\r\n" + NEXT)
    assert [m.protocol for m in messages] == ["http/1.1", "bytes", "http/1.1"]
    assert messages[0].sections[-1].data == b"abc"
    assert "a head is cut by a gap in the capture" in _problems(reading)


def test_a_capture_that_begins_within_a_body() -> None:
    reading, messages = _read(b'"imei":"1"}\r\n' + NEXT, back=b"HTTP/1.1 200 OK\r\n\r\n")
    assert _told(messages) == [("bytes", "", b'"imei":"1"}\r\n'), ("GET", "/2", b"")]
    assert _problems(reading) == ["bytes between two messages belong to neither; they were read as they are"]


def test_a_request_glued_to_what_stands_before_it() -> None:
    _, messages = _read(POST + b"Content-Length: 1\r\n\r\nabcdefPOST /b HTTP/1.1\r\n\r\n")
    assert _told(messages) == [("POST", "/a", b"abcdef"), ("POST", "/b", b"")]


def test_text_that_mentions_a_version_is_no_request() -> None:
    _, messages = _read(POST + b"\r\nwe speak HTTP/1.1 here\r\nand HTTP/1.1\r\n")
    assert len(messages) == 1


def test_odd_fields() -> None:
    _, messages = _read(
        b"GET / HTTP/1.1\r\n first: 1\r\nno colon\r\nA : b\r\n: nameless\r\nX: one\r\n\ttwo\r\nY:\x00\xff\r\n\r\n"
    )
    assert [(s.label, s.name, s.data) for s in messages[0].sections[1:]] == [
        ("request header first", "first", b"1"),
        ("request header", "", b"no colon"),
        ("request header A", "A", b"b"),
        ("request header ", "", b"nameless"),
        ("request header X", "X", b"one  \ttwo"),
        ("request header Y", "Y", b"\x00\xff"),
    ]


@pytest.mark.parametrize(
    ("head", "host"),
    [
        (b"GET / HTTP/1.1\r\nHost: A.example.\r\n\r\n", "a.example"),
        (b"GET http://B.example:81/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "b.example"),
        (b"GET http://u:p@b.example/ HTTP/1.1\r\n\r\n", "b.example"),
        (b"GET / HTTP/1.1\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: a b\x1b[31m\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: 192.0.2.1:9999\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: b\xc3\xbccher.example\r\n\r\n", "xn--bcher-kva.example"),
    ],
)
def test_the_host_of_the_flow_is_a_name(head: bytes, host: str | None) -> None:
    reading, _ = _read(head)
    assert (reading.host, reading.host_source) == (host, "http" if host else None)


def test_an_address_is_still_who_the_message_is_for() -> None:
    assert _read(b"GET / HTTP/1.1\r\nHost: 192.0.2.1:9999\r\n\r\n")[1][0].host == "192.0.2.1"
    assert _read(b"GET / HTTP/1.1\r\nHost: [2001:DB8::1]:80\r\n\r\n")[1][0].host == "2001:db8::1"


def test_expect_100_continue_is_one_stream() -> None:
    reading, messages = _read(
        POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", back=b"HTTP/1.1 100 Continue\r\n\r\n"
    )
    assert (_told(messages), _problems(reading)) == ([("POST", "/a", b"abc")], [])


def test_a_tunnel_to_anything_is_read_as_bytes() -> None:
    reading, messages = _read(b"CONNECT t.example:1 HTTP/1.1\r\n\r\nimei=1&x=2\n", back=b"HTTP/1.1 200 OK\r\n\r\n")
    assert _told(messages) == [("CONNECT", "t.example:1", b""), ("bytes", "", b"imei=1&x=2\n")]
    assert (reading.host, reading.protection) == ("t.example", "none")


def test_a_tunnel_that_was_refused_and_asked_for_again() -> None:
    ask = b"CONNECT t.example:1 HTTP/1.1\r\n\r\n"
    assert [m.method for m in _read(ask + ask, back=b"HTTP/1.1 407 No\r\n\r\n")[1]] == ["CONNECT", "CONNECT"]


def test_tunnels_in_tunnels_end() -> None:
    reading, messages = _read(b"".join(b"CONNECT t.example:1 HTTP/1.1\r\n\r\n\x00" for _ in range(50)))
    assert len(reading.protocols) <= 4
    assert b"".join(_body(m) for m in messages).count(b"CONNECT") >= 40


def test_websocket_frames_are_named_and_handed_on() -> None:
    ask = b"GET /ws HTTP/1.1\r\nHost: w.example\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n"
    reading, messages = _read(ask + b"\x81\x85\1\2\3\4abcde", back=b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    assert reading.protocols == ("http/1.1", "websocket")
    assert reading.why_not_decrypted is not None
    assert "masked" in reading.why_not_decrypted
    assert messages[1].sections[0].data == b"\x81\x85\1\2\3\4abcde"


def test_an_upgrade_that_did_not_happen_goes_on() -> None:
    ask = b"GET /ws HTTP/1.1\r\nUpgrade: h2c\r\n\r\n"
    assert [m.method for m in _read(ask + NEXT)[1]] == ["GET", "GET"]


def test_the_device_as_server_sends_answers() -> None:
    out = (
        b"HTTP/1.1 200 OK\r\nServer: phone\r\nContent-Length: 3\r\n\r\nabc"
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        b"HTTP/1.0 200 OK\r\n\r\nuntil the end"
    )
    reading, messages = _read(out, back=b"GET / HTTP/1.1\r\n\r\n", side="server")
    assert [_body(m) for m in messages] == [b"abc", b"", b"", b"until the end"]
    assert [m.method for m in messages] == [""] * 4
    assert messages[0].sections[0][:3] == ("status line", "", b"200 OK")
    assert messages[0].sections[1].label == "response header Server"
    assert (_problems(reading), reading.host) == ([], None)


def test_a_head_bomb_is_bounded() -> None:
    reading, messages = _read(b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 100_000 + b"\r\n" + NEXT)
    assert len(messages[0].sections) <= 256 * 1024 // 4 + 2
    assert any("256 KiB" in p for p in _problems(reading))
    assert messages[-1].target == "/2"


def test_one_line_of_versions_costs_no_square() -> None:
    _, messages = _read(POST + b"\r\n" + b" HTTP/1.1\r" * 400_000)
    assert len(messages) == 1


def test_small_messages_without_crlf_cost_no_square() -> None:
    _, messages = _read(b"GET /1 HTTP/1.1\nA: b\n\n" * 30_000)
    assert len(messages) == 30_000


MIXED = (
    POST + b"Content-Length: 3\r\n\r\nabc" + CHUNKED + b"3\r\nabc\r\n0\r\nX: y\r\n\r\n" + b"get /lf http/1.0\nhost: l.example\n\n"
    + b"junk\x00\xff\r\n" + NEXT + POST + b"Content-Length: 1\r\n\r\n" + json.dumps({"imei": "1"}).encode() + NEXT
)  # fmt: skip


def test_the_messages_of_a_prefix_are_a_prefix() -> None:
    whole = read_conversation(tcp(MIXED))[1]
    for cut in range(len(MIXED)):
        part = read_conversation(tcp(MIXED[:cut]))[1]
        assert [(m.method, m.sections) for m in part[:-2]] == [(m.method, m.sections) for m in whole[: len(part[:-2])]]


@given(st.binary(max_size=300), st.integers(0, len(MIXED)), st.integers(0, len(MIXED)))
def test_every_byte_is_in_one_section_or_framing(junk: bytes, at: int, skip: int) -> None:
    _read(MIXED[:at] + junk + MIXED[at + skip :])
    _read(MIXED[:at], junk + MIXED[at:], back=junk)
    _read(b"HTTP/1.1 200 OK\r\n" + junk + MIXED[at:], side="server")


@given(st.lists(st.sampled_from([b"GET ", b"/", b" HTTP/1.1", b"\r\n", b"\n", b"Content-Length: ", b"5", b"chunked", b"Transfer-Encoding: ",
                                 b":", b" ", b"abc", b"0\r\n", b"CONNECT ", b"Upgrade: x", b"\x16\x03\x01\x00\x05\x01", b"HTTP/1.1 200"]), max_size=40))  # fmt: skip
def test_any_mixture_of_its_words(words: list[bytes]) -> None:
    _read(b"GET / HTTP/1.1\r\n" + b"".join(words))
