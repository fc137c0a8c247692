"""The room on the public captures beside the project, and beside tshark's reading of the same ones."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest

from vuoto.errors import InputError
from vuoto.facts.messages import FlowReading, Message
from vuoto.flows import assemble_flows
from vuoto.intake import open_capture
from vuoto.messages import read_conversation

CORPUS = Path(os.environ.get("VUOTO_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus")).resolve()
CAPTURES = sorted(p for folder in ("nDPI", "suricata-verify", "zeek") for p in (CORPUS / folder).glob("*.pcap*"))

pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not CAPTURES, reason="the public captures are not beside the project")]

needs_tshark = [pytest.mark.tshark, pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")]


@cache
def _read(capture: Path) -> list[tuple[FlowReading, list[Message]]]:
    with capture.open("rb") as stream:
        try:
            conversations = assemble_flows(open_capture(stream, capture.name, spool=BytesIO), 0)
        except InputError:
            return []
        return [read_conversation(conversation) for conversation in conversations]


GROUPS = [CAPTURES[at : at + 100] for at in range(0, len(CAPTURES), 100)]


@pytest.mark.parametrize("captures", GROUPS, ids=lambda g: g[0].name.removeprefix("tests__")[:24])
def test_every_capture_is_read_without_a_failure(captures: list[Path]) -> None:
    for capture in captures:
        for reading, messages in _read(capture):
            assert not any("failed" in p.what or "equally" in p.what for p in reading.problems), capture.name
            assert (reading.host is None) == (reading.host_source is None)
            assert reading.host != ""
            assert all(section.offset >= 0 for message in messages for section in message.sections)


@cache
def _tshark(capture: Path, condition: str, *fields: str) -> list[list[str]]:
    arguments = ["tshark", "-n", "-r", str(capture), "-Y", condition, "-T", "fields", "-E", "aggregator=\x1f"]
    for field in fields:
        arguments += ["-e", field]
    told = subprocess.run(arguments, capture_output=True, text=True, errors="replace", check=False).stdout
    return [line.split("\t") for line in told.splitlines()]


def _sections(capture: Path, protocols: tuple[str, ...], label: str) -> set[str]:
    return {
        section.data.decode("utf-8", "replace")
        for _, messages in _read(capture)
        for message in messages
        if message.protocol in protocols
        for section in message.sections
        if section.label == label
    }


def _named(name: str) -> Path:
    found = [p for p in CAPTURES if name in p.name]
    assert len(found) == 1, name
    return found[0]


# Captures in which the device is the client throughout, so that all that tshark lists is what left it.
REQUESTS = [
    "http-evader-274",
    "http-evader-486",
    "http-async-cli",
    "cfgs__default__pcap__1kxun",
    "http__connect-with-smtp",
]
SERVER_NAMES = [
    "tls__tls13-draft28",
    "tls13-draft19",
    "psql-aws-ssl-require.pcap",
    "socks-with-ssl",
    "cfgs__default__pcap__1kxun",
]
QUIC_NAMES = ["cfgs__default__pcap__quic-mvfst-22.", "quic-v2.pcapng", "cfgs__default__pcap__quic_interop_V"]
QUESTIONS = ["cfgs__default__pcap__1kxun", "dns-udp-junkrequest-first", "llmnr-invalid-opcode"]


@pytest.mark.parametrize("name", REQUESTS, ids=str)
@needs_tshark[0]
@needs_tshark[1]
def test_requests_are_those_that_tshark_lists(name: str) -> None:
    capture = _named(name)
    told = _tshark(capture, "http.request && tcp", "http.request.method", "http.request.uri")
    theirs = sorted((row[0], row[1].removesuffix(" /")) for row in told)
    ours = sorted(
        (m.method, m.target.removesuffix(" /"))
        for _, ms in _read(capture)
        for m in ms
        if m.method and m.protocol.startswith("http/")
    )
    assert ours == theirs
    assert ours


@pytest.mark.parametrize("name", SERVER_NAMES, ids=str)
@needs_tshark[0]
@needs_tshark[1]
def test_server_names_are_those_that_tshark_lists(name: str) -> None:
    capture = _named(name)
    field = "tls.handshake.extensions_server_name"
    theirs = {n for row in _tshark(capture, f"{field} && tcp", field) for n in row[0].split("\x1f")}
    assert _sections(capture, ("tls",), "server name") == theirs
    assert theirs


@pytest.mark.parametrize("name", QUIC_NAMES, ids=str)
@needs_tshark[0]
@needs_tshark[1]
def test_quic_server_names_are_those_that_tshark_lists(name: str) -> None:
    capture = _named(name)
    field = "tls.handshake.extensions_server_name"
    theirs = {n for row in _tshark(capture, f"{field} && quic", field) for n in row[0].split("\x1f")}
    assert _sections(capture, ("quic",), "server name") == theirs
    assert theirs


@pytest.mark.parametrize("name", QUESTIONS, ids=str)
@needs_tshark[0]
@needs_tshark[1]
def test_questions_are_those_that_tshark_lists(name: str) -> None:
    capture = _named(name)
    told = _tshark(capture, "(dns || mdns || llmnr) && udp", "dns.qry.name")
    theirs = {n for row in told for n in row[0].split("\x1f")} - {"<Root>", ""}
    assert _sections(capture, ("dns", "mdns", "llmnr"), "query name") - {""} == theirs
    assert theirs
