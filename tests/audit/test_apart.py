"""What was said in clear before a conversation turned to TLS went in clear, whatever the conversation is called afterwards."""

from __future__ import annotations

import random

import packets
from audit.made_captures import IMEI, PHONE, SERVER, T0, http
from audit.test_occurrences import audited
from packets import TcpConversation
from vuoto.facts.document import AuditDocument


def tunnel(header: str) -> AuditDocument:
    """A request that opens a tunnel, and the beginning of TLS in it."""
    rng = random.Random(7)
    talk = TcpConversation((PHONE, 40_000), (SERVER, 3128), T0).open()
    ask = f"CONNECT api.example.test:443 HTTP/1.1\r\nHost: api.example.test:443\r\n{header}\r\n".encode()
    talk = talk.send(ask).receive(b"HTTP/1.1 200 OK\r\n\r\n")
    talk = talk.send(packets.client_hello("api.example.test", rng)).receive(packets.server_hello(rng)).close()
    return audited(packets.pcap(talk.frames))


def test_a_header_before_the_tunnel_is_in_clear() -> None:
    document = tunnel(f"X-Device-Imei: {IMEI}\r\n")
    (row,) = [d for d in document.disclosures if d.kind == "imei"]
    assert document.flows[0].protection == "tls1.3"
    assert row.protection == "none"
    assert [v.outcome for v in document.verdicts if v.question == "security"] == ["unprotected"]


def test_a_tunnel_that_says_nothing_leaves_nothing_in_clear() -> None:
    document = tunnel("")
    assert document.flows[0].protection == "tls1.3"
    assert not [d for d in document.disclosures if d.protection == "none"]


def test_a_conversation_of_one_protocol_is_as_it_was() -> None:
    talk = TcpConversation((PHONE, 40_000), (SERVER, 80), T0).open()
    talk = talk.send(http("GET", f"/?imei={IMEI}", b"")).close()
    document = audited(packets.pcap(talk.frames))
    assert {d.protection for d in document.disclosures} == {document.flows[0].protection} == {"none"}
