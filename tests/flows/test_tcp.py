"""TCP as captures hold it: disorder, repeats, contradictions, loss, wrap, reuse. RFC 9293 unless another is named."""

from __future__ import annotations

import itertools
import random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import packets
from flows.captures import CLIENT, LIMIT, SERVER, START, MemoryCapture, Tcp, assemble, only
from packets import ACK, FIN, PSH, RST, SYN
from vuoto.flows import assemble_flows

TEXT: Final = b"POST / HTTP/1.1\r\nHost: zzhc.vnet.cn\r\n\r\n"
ALPHABET: Final = bytes(range(65, 91))


def test_a_whole_conversation() -> None:
    made = packets.TcpConversation((CLIENT, 50_000), (SERVER, 80), START).open().send(TEXT * 50).receive(b"ok").close()
    conversation = only([f.data for f in made.frames], times=[f.time_ns for f in made.frames])
    out, back = conversation.out(LIMIT), conversation.back(LIMIT)
    assert out.data == TEXT * 50
    assert list(out.starts) == [0]
    assert back.data == b"ok"
    assert not out.truncated
    assert conversation.started()
    flow = conversation.flow
    assert (flow.transport, flow.client, flow.server) == ("tcp", f"{CLIENT}:50000", f"{SERVER}:80")
    assert (flow.bytes_out, flow.bytes_in, flow.gaps) == (len(TEXT) * 50, 2, 0)
    assert flow.first == "2019-02-12T19:33:20.000000Z"
    assert flow.last == f"2019-02-12T19:33:20.{12 * (len(made.frames) - 1):03d}000Z"
    assert conversation.client_address == (CLIENT, 50_000)
    assert conversation.problems() == ()
    # The request begins in frame 4, behind the handshake, and runs over two segments.
    assert out.frames(0, 1) == (4,)
    assert out.frames(1399, 2) == (4, 5)
    assert out.time_ns(1400) == START + 4 * 12_000_000


def test_over_version_six() -> None:
    tcp = Tcp(v6=True)
    conversation = only([*tcp.handshake(), tcp.segment(0, TEXT), tcp.segment(0, b"no", back=True)])
    assert conversation.out(LIMIT).data == TEXT
    assert conversation.back(LIMIT).data == b"no"
    assert conversation.flow.client == "[fd00::23]:50000"


def test_out_of_order_segments_are_put_in_order() -> None:
    tcp = Tcp()
    pieces = [tcp.segment(n, ALPHABET[n : n + 5]) for n in range(0, 25, 5)]
    for order in itertools.permutations(pieces):
        conversation = only([*tcp.handshake(), *order])
        out = conversation.out(LIMIT)
        assert out.data == ALPHABET[:25]
        assert list(out.starts) == [0]
        assert conversation.flow.gaps == 0
        assert conversation.problems() == ()
        for n in range(25):
            assert out.frames(n, 1) == (4 + order.index(pieces[n // 5]),)


def test_a_retransmission_is_read_once_and_is_no_problem() -> None:
    tcp = Tcp()
    frames = [
        *tcp.handshake(),
        tcp.segment(0, b"hello "),
        tcp.segment(0, b"hello "),
        tcp.segment(6, b"world"),
        tcp.segment(0, b"hello world"),
    ]
    conversation = only(frames)
    out = conversation.out(LIMIT)
    assert out.data == b"hello world"
    assert out.frames(0, 11) == (4, 6)
    assert conversation.problems() == ()
    assert conversation.flow.bytes_out == 6 + 6 + 5 + 11


def test_a_contradicting_copy_is_a_problem_and_the_first_is_read() -> None:
    tcp = Tcp()
    frames = [
        *tcp.handshake(),
        tcp.segment(0, b"GET /innocent "),
        tcp.segment(0, b"GET /imei=3520"),
        tcp.segment(14, b"HTTP/1.1"),
    ]
    conversation = only(frames)
    assert conversation.problems() == ()
    assert conversation.out(LIMIT).data == b"GET /innocent HTTP/1.1"
    (problem,) = conversation.problems()
    assert problem.where == "frame 5"
    assert "frame 4" in problem.what
    assert "first copy" in problem.what


@pytest.mark.parametrize("second", [b"XXXXXX", b"CDEFXX"])
def test_an_overlap_in_part(second: bytes) -> None:
    tcp = Tcp()
    conversation = only([*tcp.handshake(), tcp.segment(0, b"ABCDEF"), tcp.segment(2, second), tcp.segment(8, b"GH")])
    assert conversation.out(LIMIT).data == b"ABCDEFXXGH"
    assert len(conversation.problems()) == (second != b"CDEFXX")


def test_a_segment_that_covers_islands_fills_only_the_holes() -> None:
    tcp = Tcp()
    frames = [*tcp.handshake(), tcp.segment(2, b"CD"), tcp.segment(6, b"GH"), tcp.segment(0, b"abcdefghij")]
    conversation = only(frames)
    out = conversation.out(LIMIT)
    assert out.data == b"abCDefGHij"
    assert [out.frames(n, 1) for n in range(10)] == [(6,), (6,), (4,), (4,), (6,), (6,), (5,), (5,), (6,), (6,)]
    assert {p.where for p in conversation.problems()} == {"frame 6"}


def test_sequence_numbers_wrap() -> None:
    tcp = Tcp(isn=0xFFFFFFF0)
    pieces = [tcp.segment(n, ALPHABET[n : n + 2]) for n in range(0, 26, 2)]
    random.Random(3).shuffle(pieces)
    assert only([*tcp.handshake(), *pieces]).out(LIMIT).data == ALPHABET
    assert only(pieces).out(LIMIT).data == ALPHABET


def test_a_stream_longer_than_the_numbers() -> None:
    # Half of the number space a step: 6 GiB are named by 32 bits, and only three bytes were captured.
    tcp = Tcp()
    step = (1 << 30) - 2
    frames = [*tcp.handshake(), *(tcp.segment(n * step, b"x") for n in range(6))]
    out = only(frames).out(LIMIT)
    assert out.data == b"x" * 6
    assert len(out.starts) == 6


def test_a_capture_begun_in_the_middle() -> None:
    tcp = Tcp()
    conversation = only([tcp.segment(5_000, b"second "), tcp.segment(900, b"reply", back=True), tcp.segment(5_007, b"half")])
    assert conversation.out(LIMIT).data == b"second half"
    assert conversation.back(LIMIT).data == b"reply"
    assert not conversation.started()
    assert conversation.flow.gaps == 0


def test_nothing_is_glued_over_a_gap() -> None:
    tcp = Tcp()
    conversation = only([*tcp.handshake(), tcp.segment(0, b"first"), tcp.segment(105, b"second"), tcp.segment(111, b" third")])
    out = conversation.out(LIMIT)
    assert out.data == b"firstsecond third"
    assert list(out.starts) == [0, 5]
    assert conversation.flow.gaps == 100


def test_a_missing_beginning_is_a_gap() -> None:
    tcp = Tcp()
    conversation = only([*tcp.handshake(), tcp.segment(10, b"late"), tcp.segment(0, b"answer", back=True)])
    assert conversation.out(LIMIT).data == b"late"
    assert conversation.flow.gaps == 10


def test_gaps_of_both_sides_are_counted_and_overlaps_are_not() -> None:
    tcp = Tcp()
    frames = [
        *tcp.handshake(),
        tcp.segment(0, b"0123456789"),
        tcp.segment(5, b"56789"),
        tcp.segment(13, b"x"),
        tcp.segment(0, b"a", back=True),
        tcp.segment(8, b"b", back=True),
    ]
    assert only(frames).flow.gaps == 3 + 7


def test_a_gap_that_is_filled_later_is_none() -> None:
    tcp = Tcp()
    conversation = only([*tcp.handshake(), tcp.segment(0, b"a"), tcp.segment(2, b"c"), tcp.segment(1, b"b")])
    assert conversation.out(LIMIT).data == b"abc"
    assert conversation.flow.gaps == 0


def test_port_reuse_begins_a_new_conversation() -> None:
    first, second = Tcp(isn=1_000), Tcp(isn=800_000, isn_back=70_000)
    frames = [
        *first.handshake(), first.segment(0, b"one"), first.segment(3, flags=FIN | ACK),
        first.segment(0, flags=FIN | ACK, back=True),
        *second.handshake(), second.segment(0, b"two"), second.segment(0, b"zwei", back=True),
    ]  # fmt: skip
    found = list(assemble(frames))
    assert [c.out(LIMIT).data for c in found] == [b"one", b"two"]
    assert [c.back(LIMIT).data for c in found] == [b"", b"zwei"]
    assert all(c.started() for c in found)
    assert len({c.flow.id for c in found}) == 2
    assert len({c.flow.community_id for c in found}) == 1


def test_port_reuse_after_a_reset() -> None:
    first, second = Tcp(isn=1_000), Tcp(isn=5)
    frames = [first.syn(), first.segment(0, flags=RST | ACK, back=True), *second.handshake(), second.segment(0, b"two")]
    assert [c.out(LIMIT).data for c in assemble(frames)] == [b"", b"two"]


def test_a_repeated_syn_begins_nothing() -> None:
    tcp = Tcp()
    conversation = only(
        [
            tcp.syn(),
            tcp.syn(),
            tcp.syn_ack(),
            tcp.syn_ack(),
            tcp.segment(0),
            tcp.segment(0, b"one"),
            tcp.syn(),
            tcp.segment(3, b"two"),
        ]
    )
    assert conversation.out(LIMIT).data == b"onetwo"
    assert conversation.problems() == ()


def test_a_syn_tried_again_with_another_number_before_anything_was_said() -> None:
    first, second = Tcp(isn=1_000), Tcp(isn=70_000)
    conversation = only([first.syn(), *second.handshake(), second.segment(0, b"said")])
    assert conversation.out(LIMIT).data == b"said"
    assert conversation.flow.gaps == 0


def test_a_syn_captured_behind_the_first_payload_begins_nothing() -> None:
    tcp = Tcp()
    conversation = only([tcp.segment(0, b"on"), tcp.syn(), tcp.segment(2, b"ly")])
    assert conversation.out(LIMIT).data == b"only"
    assert conversation.started()


def test_a_simultaneous_open_is_one_conversation() -> None:
    tcp = Tcp()
    frames = [
        tcp.syn(),
        tcp.segment(0, flags=SYN, back=True),
        tcp.segment(0, flags=SYN | ACK),
        tcp.syn_ack(),
        tcp.segment(0, b"a"),
        tcp.segment(0, b"b", back=True),
    ]
    conversation = only(frames)
    assert (conversation.out(LIMIT).data, conversation.back(LIMIT).data) == (b"a", b"b")


def test_keep_alives_and_zero_window_probes_add_nothing() -> None:
    tcp = Tcp()
    frames = [
        *tcp.handshake(),
        tcp.segment(0, b"hello"),
        # RFC 9293 section 3.8.4: one byte before the next, of any value, or none at all.
        tcp.segment(4, b"\0"),
        tcp.segment(4),
        # Section 3.8.6.1: a probe carries the next byte; what was not taken is sent again.
        tcp.segment(5, b" "),
        tcp.segment(5, b" world"),
    ]
    conversation = only(frames)
    assert conversation.out(LIMIT).data == b"hello world"
    assert conversation.flow.gaps == 0
    assert conversation.problems() == ()


def test_data_in_a_syn_is_read() -> None:
    # RFC 7413, TCP Fast Open.
    tcp = Tcp()
    conversation = only([tcp.syn(b"fast "), tcp.syn_ack(), tcp.segment(5, b"open")])
    assert conversation.out(LIMIT).data == b"fast open"


def test_flags_do_not_matter_to_payload() -> None:
    tcp = Tcp()
    frames = [
        *tcp.handshake(),
        tcp.segment(0, b"a", flags=PSH | ACK),
        tcp.segment(1, b"b", flags=FIN | ACK),
        tcp.segment(2, b"c", flags=RST),
    ]
    assert only(frames).out(LIMIT).data[:2] == b"ab"


def test_a_snap_length_leaves_gaps() -> None:
    tcp = Tcp()
    frames = [*tcp.handshake(), tcp.segment(0, ALPHABET), tcp.segment(26, b"01234")]
    # Ethernet, IPv4 and TCP take 54 bytes, so ten of the payload are left.
    conversation = only(frames, snaplen=64)
    out = conversation.out(LIMIT)
    assert out.data == ALPHABET[:10] + b"01234"
    assert list(out.starts) == [0, 10]
    assert conversation.flow.gaps == 16


def test_the_last_segment_cut_by_a_snap_length_is_a_gap() -> None:
    tcp = Tcp()
    conversation = only([*tcp.handshake(), tcp.segment(0, ALPHABET)], snaplen=64)
    assert conversation.out(LIMIT).data == ALPHABET[:10]
    assert conversation.flow.gaps == 16


def test_a_stray_acknowledgement_moves_nothing() -> None:
    tcp = Tcp()
    conversation = only([*tcp.handshake(), tcp.segment(0, b"ab"), tcp.segment(900_000_000), tcp.segment(2, b"cd")])
    assert conversation.out(LIMIT).data == b"abcd"
    assert conversation.flow.gaps == 0


def test_hostile_jumps_neither_raise_nor_allocate() -> None:
    tcp = Tcp()
    jumps = [tcp.segment((n * 0x9E3779B9) & 0xFFFFFFFF, bytes([65 + n % 26])) for n in range(2_000)]
    conversation = only([*tcp.handshake(), *jumps])
    out = conversation.out(LIMIT)
    assert 0 < len(out.data) <= 2_000
    assert conversation.flow.gaps >= 0
    assert len(out.starts) <= len(out.data)


def test_the_limit_cuts_and_says_so() -> None:
    tcp = Tcp()
    for frames in ([tcp.segment(0, b"abc"), tcp.segment(3, b"def")], [tcp.segment(3, b"def"), tcp.segment(0, b"abc")]):
        conversation = only([*tcp.handshake(), *frames])
        for limit in range(6):
            stream = conversation.out(limit)
            assert stream.data == b"abcdef"[:limit]
            assert stream.truncated
        for limit in (6, 7, LIMIT):
            assert conversation.out(limit).data == b"abcdef"
            assert not conversation.out(limit).truncated


def test_a_peek_reads_no_more_than_it_shows() -> None:
    tcp = Tcp()
    capture = MemoryCapture([*tcp.handshake(), *(tcp.segment(n * 1_000, bytes(1_000)) for n in range(500))])
    (conversation,) = assemble_flows(capture, 0)
    assert len(conversation.out(2_048).data) == 2_048
    assert sum(length for _, length in capture.reads) < 8_192


def test_bytes_nobody_asks_for_are_not_read() -> None:
    tcp = Tcp()
    capture = MemoryCapture([*tcp.handshake(), tcp.segment(0, TEXT)])
    (conversation,) = assemble_flows(capture, 0)
    assert conversation.flow.bytes_out == len(TEXT)
    assert capture.reads == []


@st.composite
def sent(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, int]]]:
    """A stream and cuts of it that cover it, with repeats, in any order."""
    data = draw(st.binary(min_size=1, max_size=120))
    cuts = sorted({0, len(data), *draw(st.lists(st.integers(0, len(data)), max_size=12))})
    pieces = list(itertools.pairwise(cuts))
    more = draw(st.lists(st.tuples(st.integers(0, len(data)), st.integers(0, len(data))), max_size=8))
    pieces += [(min(p), max(p)) for p in more]
    return data, draw(st.permutations(pieces))


@given(sent(), st.integers(0, 0xFFFFFFFF), st.booleans(), st.integers(1, 9))
def test_any_order_repeat_and_cut_gives_the_same_bytes(
    made: tuple[bytes, list[tuple[int, int]]], isn: int, shaken: bool, per_window: int
) -> None:
    data, pieces = made
    tcp = Tcp(isn=isn)
    frames = [*(tcp.handshake() if shaken else []), *(tcp.segment(a, data[a:b]) for a, b in pieces)]
    conversation = only(frames, per_window=per_window, device=[CLIENT])
    out = conversation.out(LIMIT)
    assert out.data == data
    assert list(out.starts) == [0]
    assert conversation.problems() == ()
    assert conversation.flow.gaps == 0
    first = 4 if shaken else 1
    for n in range(len(data)):
        (frame,) = out.frames(n, 1)
        a, b = pieces[frame - first]
        assert a <= n < b
        assert not any(c <= n < d for c, d in pieces[: frame - first]), "an earlier frame carried it"
        assert out.time_ns(n) == START + (frame - 1) * 1_000_000


@given(st.lists(st.tuples(st.integers(0, 60), st.binary(min_size=2, max_size=20)), min_size=1, max_size=10))
def test_the_first_copy_of_each_byte_wins(pieces: list[tuple[int, bytes]]) -> None:
    want: dict[int, int] = {}
    contradicted = False
    for at, data in pieces:
        for n, byte in enumerate(data, at):
            contradicted |= want.setdefault(n, byte) != byte
    tcp = Tcp()
    conversation = only([*tcp.handshake(), *(tcp.segment(a, d) for a, d in pieces)])
    out = conversation.out(LIMIT)
    assert out.data == bytes(want[n] for n in sorted(want))
    places = sorted(want)
    runs = [i for i, n in enumerate(places) if i == 0 or places[i - 1] != n - 1]
    assert list(out.starts) == runs
    assert bool(conversation.problems()) == contradicted
    assert conversation.flow.gaps == places[-1] + 1 - len(places)
