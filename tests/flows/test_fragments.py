"""Fragments of IPv4 (RFC 791 section 3.2) and IPv6 (RFC 8200 section 4.5)."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import packets
from flows.captures import (
    CLIENT,
    LIMIT,
    SERVER,
    START,
    MemoryCapture,
    assemble,
    eth,
    fragments4,
    fragments6,
    only,
    sentences,
    udp,
)
from vuoto.flows import assemble_flows

DATA = bytes(range(32, 127)) * 4
"""380 bytes, so a datagram of 388."""


def in_pieces(*sizes: int, v6: bool, ident: int = 77, data: bytes = DATA) -> list[bytes]:
    return (fragments6 if v6 else fragments4)(udp(data, v6=v6), sizes, ident=ident)


@pytest.mark.parametrize("v6", [False, True])
@pytest.mark.parametrize("per_window", [1, 2, 99])
def test_in_any_order_they_give_the_datagram(v6: bool, per_window: int) -> None:
    pieces = in_pieces(160, 80, 8, v6=v6)
    for order in itertools.permutations(range(4)):
        conversation = only([pieces[n] for n in order], per_window=per_window)
        out = conversation.out(LIMIT)
        assert out.data == DATA
        assert list(out.starts) == [0]
        assert conversation.flow.bytes_out == len(DATA)
        assert conversation.flow.gaps == 0
        assert conversation.problems() == ()
        # The first fragment holds eight bytes of UDP header and 152 of payload.
        assert order.index(0) + 1 in out.frames(0, 1)
        assert order.index(1) + 1 in out.frames(152, 1)
        assert out.frames(0, len(DATA)) == (1, 2, 3, 4)


@pytest.mark.parametrize("v6", [False, True])
def test_pieces_of_two_datagrams_are_told_by_their_number(v6: bool) -> None:
    first, second = in_pieces(160, v6=v6), in_pieces(80, v6=v6, ident=78, data=b"x" * 100)
    conversation = only([first[0], second[0], second[1], first[1]])
    out = conversation.out(LIMIT)
    assert sorted([out.data[: out.starts[1]], out.data[out.starts[1] :]]) == sorted([DATA, b"x" * 100])


def test_the_datagram_has_the_time_of_the_frame_that_made_it_whole() -> None:
    conversation = only(in_pieces(160, 80, v6=False), times=[START, START + 5, START + 9])
    assert conversation.out(LIMIT).time_ns(0) in (START, START + 9)
    assert conversation.flow.last == "2019-02-12T19:33:20.000000009Z"


@pytest.mark.parametrize("v6", [False, True])
def test_a_repeat_with_other_bytes_is_a_problem_and_the_first_is_read(v6: bool) -> None:
    pieces = in_pieces(160, 80, v6=v6)
    lie = in_pieces(160, 80, v6=v6, data=DATA[:152] + b"!" * 80 + DATA[232:])[1]
    found = assemble([pieces[0], pieces[1], lie, pieces[2]])
    (conversation,) = found
    assert conversation.out(LIMIT).data == DATA
    assert sentences(found).startswith("frame 3: ")
    assert "first copy" in sentences(found)


@pytest.mark.parametrize("v6", [False, True])
def test_a_repeat_with_the_same_bytes_is_none(v6: bool) -> None:
    pieces = in_pieces(160, 80, v6=v6)
    found = assemble([pieces[0], pieces[1], pieces[1], pieces[0], pieces[2]])
    (conversation,) = found
    assert conversation.out(LIMIT).data == DATA
    assert found.problems() == ()


@pytest.mark.parametrize("v6", [False, True])
@pytest.mark.parametrize("missing", [1, 2])
def test_the_beginning_of_an_incomplete_datagram_is_read(v6: bool, missing: int) -> None:
    pieces = in_pieces(160, 80, v6=v6)
    found = assemble([p for n, p in enumerate(pieces) if n != missing])
    (conversation,) = found
    assert conversation.out(LIMIT).data == DATA[: 152 + 80 * (missing - 1)]
    assert conversation.flow.gaps > 0 or missing == 2
    assert "1 " in sentences(found)
    assert "fragment" in sentences(found)


@pytest.mark.parametrize("v6", [False, True])
def test_without_its_beginning_a_datagram_belongs_to_nobody(v6: bool) -> None:
    found = assemble(in_pieces(160, 80, v6=v6)[1:])
    assert len(found) == 0
    assert sentences(found)


def test_a_number_that_comes_again_after_a_minute_is_another_datagram() -> None:
    old, new = in_pieces(160, v6=False, data=b"o" * 380), in_pieces(160, v6=False)
    found = assemble([old[0], *new], times=[START, START + 90_000_000_000, START + 90_000_000_001])
    (conversation,) = found
    data = conversation.out(LIMIT).data
    assert DATA in data
    assert data.count(b"o" * 153) == 0
    assert sentences(found)


def test_tcp_in_fragments_joins_its_stream() -> None:
    first = packets.tcp_packet(CLIENT, 50_000, SERVER, 80, 1_000, 1, packets.ACK, DATA)
    second = packets.tcp_packet(CLIENT, 50_000, SERVER, 80, 1_000 + len(DATA), 1, packets.ACK, b"the end")
    conversation = only([*fragments4(first, [200, 104]), eth(second)])
    out = conversation.out(LIMIT)
    assert out.data == DATA + b"the end"
    assert list(out.starts) == [0]
    assert 4 in out.frames(len(DATA), 1)


def test_fragments_inside_a_tunnel_are_joined() -> None:
    inner = [f[14:] for f in in_pieces(160, v6=False)]
    conversation = only([eth(packets.ip_packet("198.51.100.1", "198.51.100.2", 4, p)) for p in inner])
    assert conversation.out(LIMIT).data == DATA


def test_a_tunnelled_packet_in_fragments_is_followed() -> None:
    outer = packets.ip_packet("198.51.100.1", "198.51.100.2", 4, udp(DATA))
    conversation = only(fragments4(outer, [160, 80]))
    assert conversation.out(LIMIT).data == DATA
    assert conversation.out(LIMIT).frames(0, 1) == (1, 2, 3)


def test_fragments_in_a_tunnel_in_fragments_are_joined() -> None:
    frames = []
    for n, inner in enumerate(in_pieces(160, 80, v6=False)):
        outer = packets.ip_packet("198.51.100.1", "198.51.100.2", 4, inner[14:])
        frames += fragments4(outer, [40], ident=n)
    conversation = only(frames)
    assert conversation.out(LIMIT).data == DATA
    assert conversation.out(LIMIT).frames(0, 1) == (1, 2, 3, 4, 5, 6)
    assert only(frames[:-2]).out(LIMIT).data == DATA[:232]


def test_a_fragment_beyond_the_longest_datagram_is_left_out() -> None:
    pieces = in_pieces(160, v6=False)
    far = bytearray(pieces[1])
    far[20:22] = b"\x1f\xff"
    found = assemble([*pieces, bytes(far)])
    (conversation,) = found
    assert conversation.out(LIMIT).data == DATA
    assert "65,535" in sentences(found) or "beyond" in sentences(found)


def test_a_flood_of_first_fragments_is_bounded_and_said() -> None:
    flood = [in_pieces(160, v6=False, ident=n)[0] for n in range(3_000)]
    capture = MemoryCapture([*flood, *in_pieces(160, v6=False, ident=9_999)], per_window=500)
    found = assemble_flows(capture, 0)
    (conversation,) = found
    assert DATA in conversation.out(LIMIT).data
    assert sentences(found)


def test_a_datagram_in_the_smallest_pieces() -> None:
    data = random.Random(1).randbytes(1_500)
    assert only(in_pieces(*[8] * 188, v6=False, data=data)).out(LIMIT).data == data


@given(st.data())
def test_any_order_and_repeat_gives_the_datagram(data: st.DataObject) -> None:
    v6 = data.draw(st.booleans())
    pieces = in_pieces(*data.draw(st.lists(st.integers(1, 8).map(lambda n: 8 * n), min_size=1, max_size=6)), v6=v6)
    order = data.draw(st.permutations([*range(len(pieces)), *data.draw(st.lists(st.integers(0, len(pieces) - 1), max_size=3))]))
    found = assemble([pieces[n] for n in order], per_window=data.draw(st.integers(1, 9)))
    (conversation,) = found
    out = conversation.out(LIMIT)
    # What comes again once the datagram is whole may look like the beginning of another one.
    assert out.data[: len(DATA)] == DATA
    whole = min(n for n in range(1, len(order) + 1) if set(order[:n]) == set(range(len(pieces))))
    if whole == len(order):
        assert out.data == DATA
        assert found.problems() == ()
