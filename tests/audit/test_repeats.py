"""Passing over headers that were looked at before changes no outcome."""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from typing import BinaryIO, cast

import pytest

import packets
from audit.made_captures import ANDROID_ID, PHONE, SERVER, T0, http
from packets import Frame, TcpConversation, pcap
from vuoto.audit import Question, Source, audit
from vuoto.audit.repeats import Repeats
from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Opened
from vuoto.recipients import load_registers


def spool() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def rows(data: bytes) -> list[tuple[str, str, str, int]]:
    talk = TcpConversation((PHONE, 40_000), (SERVER, 80), T0).open().send(data).close()
    question = Question(registers=load_registers(), spool=spool, reveal=True)
    document = audit([Source("capture", io.BytesIO(pcap(talk.frames)))], question)
    return sorted((d.kind, d.value, d.field, d.count) for d in document.disclosures)


HEADERS = (
    "Accept: */*",
    "X-Trace: 4bf92f3577b34da6",
    f"X-Android-Id: {ANDROID_ID}",
    "User-Agent: Dalvik/2.1.0 (Linux; U; Android 8.1.0; Nokia 7 plus Build/OPR1.170623.026)",
)


def test_what_a_header_holds_is_counted_every_time() -> None:
    found = {(kind, count) for kind, _, _, count in rows(http("GET", "/", headers=HEADERS) * 9)}
    assert {("android_id", 9), ("device_model", 9), ("os_build", 9)} <= found


def test_nothing_is_lost_against_a_memory_that_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [f'{{"trace":"4bf92f3577b34da6","n":{n}}}'.encode() for n in range(9)]
    data = b"".join(http("POST", "/", body, headers=HEADERS) for body in bodies)
    with_memory = rows(data)
    monkeypatch.setattr(Repeats, "without", lambda _self, message, _host: message)
    assert rows(data) == with_memory


def test_a_repeated_empty_header_is_left_out_and_a_new_one_is_not() -> None:
    def message(accept: bytes) -> Message:
        section = Section(label="request header Accept", name="Accept", data=accept, offset=0)
        return Message(flow=0, protocol="http/1.1", time_ns=0, sections=(section,))

    memory = Repeats()
    for _ in range(2):
        memory.learn(Opened(message=message(b"*/*"), layers=[], parts=[], problems=[]), "a.example", ())
    assert memory.without(message(b"*/*"), "a.example").sections == ()
    assert memory.without(message(b"*/*"), "b.example").sections
    assert memory.without(message(b"text/html"), "a.example").sections
    assert not memory.silent(message(b"text/html"), "a.example")
    body = replace(message(b"*/*"), sections=(Section("request body", "", b"*/*", 0),))
    assert memory.without(body, "a.example").sections


def asked(*names: str) -> list[tuple[str, str, int]]:
    """What is found where a phone asks for these names, each from a port of its own."""
    frames = [
        Frame(T0 + n, packets.ethernet(packets.udp_packet(PHONE, 40_000 + n, SERVER, 53, packets.dns_query(n, name))))
        for n, name in enumerate(names)
    ]
    question = Question(registers=load_registers(), spool=spool, reveal=True)
    document = audit([Source("capture", io.BytesIO(pcap(frames)))], question)
    return sorted((d.kind, d.value, d.count) for d in document.disclosures)


def test_a_name_that_holds_something_is_counted_every_time_and_others_are_passed_over() -> None:
    asks = ["www.example", "imei.490154203237518.t.example", "mail.example"] * 5
    assert asked(*asks) == [("imei", "490154203237518", 5)]


def test_a_message_is_passed_over_only_where_all_of_it_came_before() -> None:
    section = Section(label="query name", name="", data=b"www.example", offset=13)
    message = Message(flow=0, protocol="dns", time_ns=0, sections=(section,))
    memory = Repeats()
    assert not memory.silent(message, None)
    memory.learn(Opened(message=message, layers=[], parts=[], problems=[]), None, ())
    later = replace(message, flow=3, time_ns=9, sections=(section._replace(offset=99),))
    assert memory.silent(later, None)
    for other in (
        replace(message, protocol="mdns"),
        replace(message, target="/imei"),
        replace(message, sections=(section, section)),
        replace(message, sections=(section._replace(label="text"),)),
        replace(message, sections=(section._replace(name="imei"),)),
        replace(message, sections=(section._replace(data=b"ww2.example"),)),
        replace(message, sections=(section._replace(hint="gzip"),)),
    ):
        assert not memory.silent(other, None)
    assert not memory.silent(later, "a.example")
