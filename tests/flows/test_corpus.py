"""Public captures: nothing raises, and streams are those that tshark reassembles."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

import pytest

from vuoto.errors import InputError
from vuoto.flows import Conversation, FlowConversations, assemble_flows
from vuoto.intake import open_capture

CORPUS: Final = Path(os.environ.get("VUOTO_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
EVERYTHING: Final = 1 << 30

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the public captures (VUOTO_CORPUS) are not on this machine"),
]
needs_tshark = [
    pytest.mark.tshark,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark, the oracle of this test, is not installed"),
]

CLEAN: Final = (
    "nDPI/tests__cfgs__default__pcap__1kxun.pcap",
    "nDPI/tests__cfgs__default__pcap__tumblr.pcap",
    "nDPI/tests__cfgs__default__pcap__whatsapp_login_call.pcap",
    "suricata-verify/tests__http2-keywords__input.pcap",
    "zeek/testing__btest__Traces__http__206_example_a.pcap",
    "zeek/testing__btest__Traces__http__http-post-large.pcap",
    "zeek/testing__btest__Traces__wikipedia.pcap",
)
"""Captures of several kinds; of each, streams without loss or contradiction are compared byte for byte."""

TUNNELLED: Final = ("zeek/testing__btest__Traces__tunnels__gtp__gtp6_gtp_0x32.pcap",)
"""tshark counts the outside of a tunnel as a conversation too."""

STREAMS_EACH: Final = 4


@contextmanager
def conversations_of(path: Path) -> Iterator[FlowConversations | None]:
    """The conversations of a capture while it is open, or `None` where the front door turns it away."""
    with path.open("rb") as stream, TemporaryFile() as spool:
        try:
            capture = open_capture(stream, path.name, spool=lambda: spool)
            found = assemble_flows(capture, 0)
        except InputError:
            found = None
        yield found


@pytest.mark.parametrize("folder", ["ReportHAR", "mitmproxy", "nDPI", "suricata-verify", "zeek"])
def test_every_capture_is_read_and_what_is_given_holds_together(folder: str) -> None:
    count = 0
    for path in sorted((CORPUS / folder).iterdir()):
        with conversations_of(path) as found:
            if found is None:
                continue
            count += 1
            ids = [c.flow.id for c in found]
            assert len(set(ids)) == len(ids), path.name
            for conversation in found:
                holds_together(conversation, path.name)
    assert count


def holds_together(conversation: Conversation, name: str) -> None:
    flow = conversation.flow
    assert flow.community_id is not None
    assert flow.gaps >= 0
    for ask, captured in ((conversation.out, flow.bytes_out), (conversation.back, flow.bytes_in)):
        whole = ask(EVERYTHING)
        assert len(whole.data) <= captured, name
        assert bool(whole.data) == bool(captured) or flow.transport == "tcp", name
        assert list(whole.starts) == sorted(set(whole.starts)), name
        assert list(whole.starts[:1]) == [0][: len(whole.data)], name
        assert all(start < len(whole.data) for start in whole.starts), name
        assert not whole.truncated
        head = ask(100)
        assert head.data == whole.data[:100], name
        assert head.truncated == (len(whole.data) > 100), name
        if whole.data:
            frames = whole.frames(0, len(whole.data))
            assert frames[0] >= 1, name
            assert {*whole.frames(0, 1), *whole.frames(len(whole.data) - 1, 1)} <= set(frames), name


def tshark(path: Path, *arguments: str) -> list[str]:
    run = subprocess.run(["tshark", "-n", "-r", str(path), *arguments], capture_output=True, text=True, check=False, timeout=120)
    return run.stdout.splitlines()


class TestAgainstTshark:
    pytestmark = needs_tshark

    @pytest.mark.parametrize("name", CLEAN)
    def test_there_are_as_many_conversations(self, name: str) -> None:
        lines = tshark(CORPUS / name, "-T", "fields", "-E", "occurrence=l", "-e", "tcp.stream", "-e", "udp.stream")
        rows = [line.split("\t") for line in lines]
        want = tuple(len({row[column] for row in rows if row[column]}) for column in (0, 1))
        with conversations_of(CORPUS / name) as found:
            assert found is not None
            transports = [c.flow.transport for c in found]
        assert (transports.count("tcp"), transports.count("udp")) == want

    @pytest.mark.parametrize("name", CLEAN + TUNNELLED)
    def test_clean_streams_are_the_same_bytes(self, name: str) -> None:
        compared = 0
        with conversations_of(CORPUS / name) as found:
            assert found is not None
            numbers = stream_numbers(CORPUS / name)
            for conversation in found:
                flow = conversation.flow
                out, back = conversation.out(EVERYTHING), conversation.back(EVERYTHING)
                number = numbers.get(frozenset((flow.client, flow.server)))
                if number is None or flow.gaps or not conversation.started() or not out.data or not back.data:
                    continue
                want = follow(CORPUS / name, number)
                side, other = (flow.server, flow.client) if flow.device_side == "server" else (flow.client, flow.server)
                assert out.data == want[str(side)]
                assert back.data == want[str(other)]
                compared += 1
                if compared == STREAMS_EACH:
                    break
        assert compared


def stream_numbers(path: Path) -> dict[frozenset[str | None], str]:
    """tshark's number of the only stream between each two ends."""
    fields = ("tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport")
    arguments = [part for field in fields for part in ("-e", field)]
    numbers: dict[frozenset[str | None], set[str]] = {}
    for line in tshark(path, "-Y", "tcp", "-T", "fields", "-E", "occurrence=l", *arguments):
        number, source, source6, source_port, destination, destination6, destination_port = line.split("\t")
        ends = (shown(source, source6, source_port), shown(destination, destination6, destination_port))
        numbers.setdefault(frozenset(ends), set()).add(number)
    return {ends: next(iter(found)) for ends, found in numbers.items() if len(found) == 1}


def shown(v4: str, v6: str, port: str) -> str:
    return f"{v4}:{port}" if v4 else f"[{v6}]:{port}"


def follow(path: Path, number: str) -> dict[str, bytes]:
    """The bytes that each end of a stream sent, as tshark follows it."""
    nodes: list[str] = []
    sent = [bytearray(), bytearray()]
    for line in tshark(path, "-q", "-z", f"follow,tcp,raw,{number}"):
        if line.startswith("Node "):
            nodes.append(line.split(": ", 1)[1])
        elif len(nodes) == 2 and not line.startswith("="):
            sent[line.startswith("\t")] += bytes.fromhex(line.strip())
    return {node: bytes(data) for node, data in zip(nodes, sent, strict=True)}
