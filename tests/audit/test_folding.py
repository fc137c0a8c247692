"""What joins the rows of several conversations and inputs."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from typing import Any

import pytest

from audit.made_captures import IMEI
from audit.test_scenarios import registers, spool
from vuoto.audit import Question, Source, audit
from vuoto.audit.folding import name_flows
from vuoto.audit.looking import Harvest, Look
from vuoto.audit.repeats import Repeats
from vuoto.facts.flows import Flow
from vuoto.facts.frames import Input
from vuoto.facts.messages import FlowReading, Message, Section
from vuoto.facts.parts import Opened


def entry(scheme: str) -> dict[str, object]:
    request = {"method": "GET", "url": f"{scheme}://api.example.com/t?imei={IMEI}", "headers": [], "httpVersion": "HTTP/1.1"}
    return {"startedDateTime": "2019-02-20T09:00:00Z", "request": request, "response": {}}


@pytest.mark.parametrize("schemes", [("https", "http"), ("http", "https")])
def test_a_row_shows_the_weakest_protection_of_those_counted(schemes: tuple[str, ...]) -> None:
    har = json.dumps({"log": {"version": "1.2", "entries": [entry(scheme) for scheme in schemes]}}).encode()
    document = audit([Source("two.har", io.BytesIO(har))], Question(registers=registers(), spool=spool))
    (row,) = (d for d in document.disclosures if d.kind == "imei")
    assert (row.count, row.protection) == (2, "none")


def test_two_inputs_count_on_one_row() -> None:
    har = json.dumps({"log": {"version": "1.2", "entries": [entry("http")]}}).encode()
    sources = [Source(name, io.BytesIO(har)) for name in ("a.har", "b.har")]
    document = audit(sources, Question(registers=registers(), spool=spool))
    (row,) = (d for d in document.disclosures if d.kind == "imei")
    assert row.count == 2
    assert [i.name for i in document.inputs] == ["a.har", "b.har"]


def test_naming_a_flow_keeps_all_else() -> None:
    """`name_flows` and `Repeats.without` write facts out field by field: a field that is added must not be forgotten there."""
    full: dict[str, Any] = {field.name: f"a {field.name}" for field in fields(Flow)} | {"details": (("tls", "1.2"),)}
    flow = Flow(**full)
    reading = FlowReading(flow=0, protection="tls1.2", host="h.example", host_source="tls-sni", protocols=("tls",))
    told = Input(name="a", sha256="", size=0, format="pcap", frames=0, first=None, last=None)
    look = Look(told, [flow], Harvest(readings=[reading]))
    named: dict[str, Any] = {
        "host": "h.example",
        "host_source": "tls-sni",
        "protocols": ("tls",),
        "protection": "tls1.2",
        "why_not_decrypted": None,
    }
    assert name_flows(look) == [replace(flow, **named)]


def test_leaving_out_a_header_keeps_all_else() -> None:
    header, body = Section("request header X-A", "X-A", b"x", 0), Section("request body", "", b"y", 9)
    full: dict[str, Any] = {field.name: f"a {field.name}" for field in fields(Message)} | {"sections": (header, body)}
    message = Message(**full)
    repeats = Repeats()
    for _ in range(2):
        repeats.learn(Opened(message=message, layers=[], parts=[], problems=[]), "h.example", ())
    assert repeats.without(message, "h.example") == replace(message, sections=(body,))
