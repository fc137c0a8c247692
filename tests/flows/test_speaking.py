"""Who the client is where no beginning was captured: the bytes say more than the ports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import packets
from flows.captures import MemoryCapture, assemble, eth, only
from packets import ACK, SYN
from vuoto.flows import assemble_flows
from vuoto.flows.speaking import FEW, HEAD, asks, who_asks

LOW, HIGH = ("192.168.10.23", 40_000), ("192.168.10.40", 50_000)
"""The side with the lower port is taken for the server, unless the bytes say otherwise."""

HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
SERVER_HELLO = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"


def between(a: tuple[str, int], b: tuple[str, int], data: bytes, sequence: int = 1) -> bytes:
    return eth(packets.tcp_packet(*a, *b, sequence, 1, ACK, data))


@pytest.mark.parametrize(
    ("payload", "asked"),
    [
        (b"GET /index HTTP/1.1\r\n", True),
        (b"POST http://192.0.2.7:9999/ HTTP/1.1\r\n", True),
        (b"OPTIONS rtsp://192.168.10.9/live RTSP/1.0\r\n", True),
        (b"REGISTER sip:example.org SIP/2.0\r\n", True),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", True),
        (HELLO, True),
        (b"\x10\x1a\x00\x04MQTT\x04\x02\x00\x3c\x00\x0e", True),
        (b"EHLO example.org\r\n", True),
        (b"HTTP/1.1 200 OK\r\n", False),
        (b"RTSP/1.0 200 OK\r\n", False),
        (b"SIP/2.0 100 Trying\r\n", False),
        (SERVER_HELLO, False),
        (b"\x20\x02\x00\x00", False),
        (b"220 mail.example.org ESMTP\r\n", False),
        (b"GET lost\r\n", None),
        (b"HTTP/1.1 is a protocol", None),
        (b"POSTED /x", None),
        (b"\x16\x03\x03\x00\x28\x00\x00\x00\x00", None),
        (b"\x17\x03\x03\x01\x00\x01\x00", None),
        (b"", None),
    ],
)
def test_what_a_payload_says(payload: bytes, asked: bool | None) -> None:
    assert asks(payload) is asked


@pytest.mark.parametrize(
    ("frames", "client"),
    [
        pytest.param([between(LOW, HIGH, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")], LOW, id="who sends a request"),
        pytest.param([between(HIGH, LOW, b"HTTP/1.1 200 OK\r\n\r\n")], LOW, id="who is answered"),
        pytest.param([between(LOW, HIGH, HELLO)], LOW, id="who says hello"),
        pytest.param([between(HIGH, LOW, HELLO)], HIGH, id="who says hello from the higher port"),
        pytest.param([between(LOW, HIGH, b"tail of a body"), between(LOW, HIGH, b"GET / HTTP/1.1\r\n\r\n", 15)], LOW, id="later"),
        pytest.param([between(LOW, HIGH, b"nothing known")], HIGH, id="who has the higher port, where the bytes do not say"),
        pytest.param(
            [between(LOW, HIGH, b"INVITE sip:a@b SIP/2.0\r\n"), between(HIGH, LOW, b"INVITE sip:b@a SIP/2.0\r\n")],
            HIGH,
            id="who has the higher port, where both ask",
        ),
    ],
)
def test_the_client_without_a_beginning(frames: list[bytes], client: tuple[str, int]) -> None:
    conversation = only(frames)
    assert conversation.client_address == client
    assert not conversation.started()


def test_a_beginning_decides_alone() -> None:
    syn = eth(packets.tcp_packet(*HIGH, *LOW, 0, 0, SYN, b""))
    assert only([syn, between(LOW, HIGH, b"GET / HTTP/1.1\r\n\r\n")]).client_address == HIGH


def test_what_leaves_the_device_is_the_answer_of_its_server() -> None:
    phone, other = ("192.168.10.23", 50_000), ("192.168.10.40", 40_000)
    frames = [
        between(other, phone, b"GET /id HTTP/1.1\r\n\r\n"),
        between(phone, other, b"HTTP/1.1 200 OK\r\nX-Imei: 350000001234562\r\n\r\n"),
        between(("192.168.10.23", 40_001), ("198.51.100.7", 443), HELLO),
    ]
    found = assemble(frames)
    first = next(iter(found))
    assert found.device_addresses == ("192.168.10.23",)
    assert (first.client_address, first.flow.device_side) == (other, "server")
    assert first.out(99).data.startswith(b"HTTP/1.1 200 OK")


def test_only_guesses_cost_a_look() -> None:
    capture = MemoryCapture([between(LOW, ("198.51.100.7", 443), HELLO), between(LOW, HIGH, b"x" * 900)])
    assemble_flows(capture, 0)
    assert [size for _, size in capture.reads] == [HEAD]


@given(st.tuples(*[st.lists(st.binary(max_size=HEAD), max_size=FEW)] * 2))
def test_any_bytes(sides: tuple[list[bytes], list[bytes]]) -> None:
    assert who_asks(sides) in (0, 1, None)
