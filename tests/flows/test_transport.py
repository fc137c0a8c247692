"""Headers of TCP that say more than was sent."""

from __future__ import annotations

import pytest

from flows.captures import LIMIT, Tcp, only
from packets import ACK, FIN, PSH


@pytest.mark.parametrize("flags", [ACK, FIN | ACK])
def test_padding_that_the_ip_length_counts_is_no_payload(flags: int) -> None:
    # As in nDPI's heuristic_tcp_ack_payload.pcap: six zeros with the number of the request that follows.
    tcp = Tcp()
    conversation = only(
        [*tcp.handshake(), tcp.segment(0, bytes(6), flags=flags), tcp.segment(0, b"GET / HTTP/1.1", flags=PSH | ACK)]
    )
    assert conversation.out(LIMIT).data == b"GET / HTTP/1.1"
    assert conversation.problems() == ()
    assert conversation.flow.gaps == 0


@pytest.mark.parametrize(
    ("data", "flags"),
    [(bytes(5), ACK), (bytes(7), ACK), (bytes(6), PSH | ACK), (b"\0\0\0\0\0\x01", ACK)],
    ids=["shorter than the padding", "longer than the padding", "pushed", "not all zeros"],
)
def test_zeros_that_are_no_padding_are_payload(data: bytes, flags: int) -> None:
    tcp = Tcp()
    conversation = only([*tcp.handshake(), tcp.segment(0, data, flags=flags), tcp.segment(len(data), b"more", flags=PSH | ACK)])
    assert conversation.out(LIMIT).data == data + b"more"
