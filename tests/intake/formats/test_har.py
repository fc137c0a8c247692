from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.makers import opened, told
from vuoto.intake.formats import har

NAMES = [
    "startedDateTime",
    "request",
    "url",
    "method",
    "httpVersion",
    "headers",
    "name",
    "value",
    "postData",
    "text",
    "mimeType",
    "params",
    "encoding",
    "cookies",
    "queryString",
    "response",
    "content",
    "size",
    "serverIPAddress",
    "connection",
    "_fromCache",
    "bodySize",
    "headersSize",
    "_webSocketMessages",
    "type",
    "data",
    "opcode",
    "time",
    "_securityDetails",
    "protocol",
    "_content",
    "fileName",
]
VALUES = st.sampled_from(
    ["", "base64", "AAE=", "http://[::1]:0/a?b#c", "https://u:p@h.example./", "multipart/form-data", "send", "\ud800"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)
REQUESTS = st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=8).map(lambda rest: {"url": "https://h.example/", **rest})
ENTRIES = st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=8)


def made(entries: list[Any]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


@settings(max_examples=300, deadline=None)
@given(
    entries=st.lists(st.builds(lambda entry, request: {**entry, "request": request}, ENTRIES, REQUESTS) | ANYTHING, max_size=5)
)
def test_any_entries_give_messages_or_problems(entries: list[Any]) -> None:
    found = told(made(entries))
    assert found["frames"] == len(entries)
    told_of = {message["entry"] for message in found.get("messages", [])}
    silent = set(range(len(entries))) - told_of - {int(p.split()[2].rstrip(":")) for p in found["problems"] if ", entry" in p}
    assert not silent or any("never left the device" in problem for problem in found["problems"])


def test_a_header_and_its_value_stay_together() -> None:
    headers = [{"name": "X-Device-Imei", "value": "é"}, {"value": "nameless"}, "no header", {"name": "Accept"}]
    found = told(made([{"request": {"url": "http://h.example/", "headers": headers}}]))
    assert found["messages"][0]["sections"][1:] == [
        ["request header X-Device-Imei", "X-Device-Imei", "é".encode().decode("latin-1"), ""],
        ["request header ", "", "nameless", ""],
        ["request header Accept", "Accept", "", ""],
    ]


@pytest.mark.parametrize(
    ("url", "host", "server", "target"),
    [
        ("http://H.Example.:81/a?b=c#d", "h.example", "192.0.2.1:81", "/a?b=c"),
        ("https://user:pw@h.example", "h.example", "192.0.2.1:443", "/"),
        ("HTTP://[2001:DB8::1]?x", "2001:db8::1", "192.0.2.1:80", "/?x"),
    ],
)
def test_addresses(url: str, host: str, server: str, target: str) -> None:
    found = told(made([{"request": {"url": url}, "serverIPAddress": "192.0.2.1"}]))
    assert (found["flows"][0]["host"], found["flows"][0]["server"], found["messages"][0]["target"]) == (host, server, target)


def test_an_ipv6_server_is_bracketed_and_a_made_up_one_is_none() -> None:
    url = {"url": "https://h.example/"}
    found = told(made([{"request": url, "serverIPAddress": "[2001:db8::1]"}, {"request": url, "serverIPAddress": "1.2.3"}]))
    assert [flow.get("server") for flow in found["flows"]] == ["[2001:db8::1]:443", None]


def test_entries_of_one_connection_are_one_flow_with_an_id_from_content() -> None:
    entries = [{"request": {"url": f"https://h.example/{n}"}, "connection": str(n // 2)} for n in range(4)]
    first, again, other = opened(made(entries)), opened(made(entries)), opened(made(entries[:3]))
    assert [message.flow for message in first.messages()] == [0, 0, 1, 1]
    assert first.flows() == again.flows()
    assert not {flow.id for flow in first.flows()} & {flow.id for flow in other.flows()}


def test_problems_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "MAX_PROBLEMS", 2)
    problems = told(made([None] * 5))["problems"]
    assert len(problems) == 3
    assert "3 more entries" in problems[-1]


def test_the_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "MAX_BYTES", 10)
    assert "larger than" in told(made([]))["error"]


def test_a_number_without_end_is_an_input_error() -> None:
    assert "not valid JSON" in told(b'{"log": {"entries": [' + b"9" * 5000 + b"]}}")["error"]


def test_json_of_another_kind_is_no_har() -> None:
    for text in (b"[]", b'{"logs": {}}', b'{"log": []}', b"{}"):
        assert "not a HAR" in told(text)["error"]
