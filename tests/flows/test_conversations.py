"""Who is who in a conversation: client, device side, ids, shares of the work, datagrams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import packets
from flows.captures import CLIENT, LIMIT, SERVER, START, MemoryCapture, Tcp, assemble, eth, only, udp
from packets import ACK, SYN
from vuoto.flows import assemble_flows
from vuoto.flows.community_id import community_id


def between(a: tuple[str, int], b: tuple[str, int], data: bytes = b"x", *, flags: int | None = None) -> bytes:
    """A datagram, or with `flags` a segment, from `a` to `b`."""
    if flags is None:
        return eth(packets.udp_packet(*a, *b, data))
    return eth(packets.tcp_packet(*a, *b, 1, 1, flags, data))


HIGH, LOW = ("203.0.113.200", 50_000), ("192.0.2.1", 49_000)
WEB = ("203.0.113.200", 443)


@pytest.mark.parametrize(
    ("frames", "client", "started"),
    [
        pytest.param([between(LOW, HIGH, b"", flags=SYN)], LOW, True, id="who sends a SYN"),
        pytest.param([between(HIGH, LOW, b"", flags=SYN)], HIGH, True, id="who sends a SYN, though its port is higher"),
        pytest.param([between(HIGH, LOW, b"", flags=SYN | ACK)], LOW, True, id="who is answered with SYN and ACK"),
        pytest.param([between(WEB, LOW, flags=ACK)], LOW, False, id="the port that is no service's"),
        pytest.param([between(LOW, WEB, flags=ACK)], LOW, False, id="the port that is no service's, first to speak"),
        pytest.param([between(LOW, HIGH, flags=ACK)], HIGH, False, id="TCP: servers wait on the lower port"),
        pytest.param([between(HIGH, LOW, flags=ACK)], HIGH, False, id="TCP: servers wait on the lower port, either way"),
        pytest.param([between(WEB, LOW)], LOW, True, id="UDP: the port that is no service's"),
        pytest.param([between(LOW, HIGH)], LOW, True, id="UDP: who speaks first"),
        pytest.param([between(HIGH, LOW)], HIGH, True, id="UDP: who speaks first, either way"),
        pytest.param([between(WEB, ("192.0.2.1", 53), b"a")], WEB, True, id="two services: who speaks first"),
    ],
)
def test_the_client(frames: list[bytes], client: tuple[str, int], started: bool) -> None:
    conversation = only(frames)
    assert conversation.client_address == client
    assert conversation.started() == started


PHONE, LAPTOP, ROUTER = ("192.168.10.23", 40_000), ("192.168.10.40", 41_000), ("192.168.10.1", 53)


def test_the_device_is_the_local_side() -> None:
    found = assemble([between(PHONE, WEB, b"out"), between(WEB, PHONE, b"in")])
    assert found.device_addresses == (PHONE[0],)
    assert found.device_why == "this local address opens conversations with public ones"
    (conversation,) = found
    assert conversation.flow.device_side == "client"
    assert (conversation.out(9).data, conversation.back(9).data) == (b"out", b"in")


def test_a_local_resolver_does_not_hide_the_device() -> None:
    found = assemble([between(PHONE, ROUTER), between(ROUTER, PHONE), between(PHONE, WEB)])
    assert found.device_addresses == (PHONE[0],)


def test_two_local_devices_are_both_devices() -> None:
    found = assemble([between(PHONE, WEB), between(LAPTOP, WEB)])
    assert found.device_addresses == (PHONE[0], LAPTOP[0])
    assert found.device_why == "these local addresses open conversations with public ones"


def test_what_the_user_says_decides() -> None:
    frames = [between(PHONE, WEB, b"out"), between(WEB, PHONE, b"in"), between(LAPTOP, WEB, b"other")]
    found = assemble(frames, device=[WEB[0]])
    assert (found.device_addresses, found.device_why) == ((WEB[0],), "as told")
    first, second = found
    assert [c.flow.device_side for c in found] == ["server", "server"]
    assert (first.out(9).data, first.back(9).data) == (b"in", b"out")
    assert (first.flow.bytes_out, first.flow.bytes_in) == (2, 3)
    assert (second.out(9).data, second.back(9).data) == (b"", b"other")


def test_an_address_that_is_not_there_leaves_the_side_unknown() -> None:
    (conversation,) = assemble([between(PHONE, WEB, b"out")], device=["198.51.100.77"])
    assert conversation.flow.device_side == "unknown"
    assert conversation.out(9).data == b"out", "then the client's bytes are read as leaving"


def test_where_both_sides_are_local_the_one_that_opens_most_is_the_device() -> None:
    frames = [between((PHONE[0], 40_000 + n), ("192.168.10.1", 80), flags=SYN) for n in range(5)]
    frames += [between((ROUTER[0], 50_000), (PHONE[0], 7_000), flags=SYN)]
    found = assemble(frames)
    assert found.device_addresses == (PHONE[0],)
    assert found.device_why == f"{PHONE[0]} opens most of the IPv4 conversations"
    assert [c.flow.device_side for c in found] == ["client"] * 5 + ["server"]


def test_a_tie_is_unknown_and_said() -> None:
    found = assemble([between(("192.0.2.1", 40_000), WEB), between(("192.0.2.2", 40_000), WEB)])
    assert found.device_addresses == ()
    assert "whoever opens one is read as the device" in found.device_why
    assert {c.flow.device_side for c in found} == {"unknown"}


def test_the_device_has_an_address_of_either_version() -> None:
    tcp = Tcp(v6=True)
    found = assemble([between(PHONE, WEB), tcp.syn()])
    assert found.device_addresses == (PHONE[0], "fd00::23")


def test_multicast_is_no_public_host() -> None:
    found = assemble([between(PHONE, ("224.0.0.251", 5_353)), between(LAPTOP, WEB)])
    assert found.device_addresses == (LAPTOP[0],)


def test_datagrams_keep_their_edges_and_their_order() -> None:
    frames = [eth(udp(b"one")), eth(udp(b"eins", back=True)), eth(udp(b"")), eth(udp(b"two")), eth(udp(b"one"))]
    conversation = only(frames)
    out = conversation.out(LIMIT)
    assert out.data == b"onetwoone"
    assert list(out.starts) == [0, 3, 6]
    assert [out.frames(n, 1) for n in (0, 2, 3, 8)] == [(1,), (1,), (4,), (5,)]
    assert out.frames(2, 2) == (1, 4)
    assert out.time_ns(3) == START + 3_000_000
    assert conversation.back(LIMIT).data == b"eins"
    assert conversation.started()
    for limit in range(1, 9):
        cut = conversation.out(limit)
        assert cut.data == b"onetwoone"[:limit]
        assert cut.truncated
        assert list(cut.starts) == [s for s in (0, 3, 6) if s < limit]


def test_a_datagram_cut_by_a_snap_length_is_a_gap() -> None:
    conversation = only([eth(udp(b"0123456789")), eth(udp(b"ab"))], snaplen=14 + 20 + 8 + 4)
    assert conversation.out(LIMIT).data == b"0123ab"
    assert conversation.flow.gaps == 6


def test_an_empty_side_is_empty() -> None:
    conversation = only([Tcp().syn()])
    for stream in (conversation.out(LIMIT), conversation.back(LIMIT)):
        assert (stream.data, list(stream.starts), stream.truncated, stream.frames(0, 1)) == (b"", [], False, ())


def test_nothing_gives_nothing() -> None:
    found = assemble([])
    assert (len(found), list(found), found.problems(), found.device_addresses) == (0, [], (), ())
    assert list(found.shard(0, 2)) == []


def test_conversations_come_in_the_order_of_their_first_frames() -> None:
    four = [between((PHONE[0], 40_000 + n), WEB, bytes([n])) for n in (5, 1, 9, 3)]
    six = [eth(udp(bytes([n]), sport=30_000 + n, v6=True)) for n in (2, 8)]
    found = assemble([four[0], six[0], four[1], four[2], six[1], four[3], four[0], six[0]])
    assert [c.out(1).data[0] for c in found] == [5, 2, 1, 9, 8, 3]
    assert [c.index for c in found] == list(range(6))


def test_ids_are_stable_and_tell_conversations_apart() -> None:
    frames = [between((PHONE[0], 40_000 + n % 7), WEB, bytes([n])) for n in range(20)]
    once, again = assemble(frames), assemble(frames, per_window=3)
    assert [c.flow for c in once] == [c.flow for c in again]
    assert len({c.flow.id for c in once}) == 7
    assert [c.flow.id for c in assemble(frames[:7])] == [c.flow.id for c in once], "what comes later changes no id"


@pytest.mark.parametrize("rows", [1, 4, 7])
def test_columns_joined_in_several_goes_are_the_same_columns(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    frames = [between((PHONE[0], 40_000 + n % 7), WEB, bytes([n, n + 1])) for n in range(20)]
    whole = assemble(frames)
    monkeypatch.setattr("vuoto.flows.JOINED_AT_A_TIME", rows)
    goes = assemble(frames, per_window=3)
    assert [c.flow for c in goes] == [c.flow for c in whole]
    assert [c.out(LIMIT).data for c in goes] == [c.out(LIMIT).data for c in whole]


def test_ids_differ_where_a_port_is_reused_within_one_instant() -> None:
    first, second = Tcp(isn=1_000), Tcp(isn=90_000)
    frames = [*first.handshake(), first.segment(0, b"a"), *second.handshake(), second.segment(0, b"b")]
    found = assemble(frames, times=[START] * len(frames))
    assert len({c.flow.id for c in found}) == len(found) == 2


def test_bytes_are_counted_as_captured_repeats_included() -> None:
    tcp = Tcp()
    flow = only([*tcp.handshake(), tcp.segment(0, b"abc"), tcp.segment(0, b"abc"), tcp.segment(0, b"zz", back=True)]).flow
    assert (flow.bytes_out, flow.bytes_in) == (6, 2)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 300)), max_size=60), st.integers(1, 9))
def test_shards_are_disjoint_complete_and_the_same_each_time(made: list[tuple[int, int]], parts: int) -> None:
    frames = [between((PHONE[0], 40_000 + port), WEB, bytes(size)) for port, size in made]
    found, again = assemble(frames), assemble(frames)
    shares = [[c.index for c in found.shard(part, parts)] for part in range(parts)]
    assert sorted(n for share in shares for n in share) == list(range(len(found)))
    assert all(share == sorted(share) for share in shares)
    assert shares == [[c.index for c in again.shard(part, parts)] for part in range(parts)]


def test_shards_are_balanced_by_what_has_to_be_read() -> None:
    sizes = [30_000, 20_000, 10_000, 10_000, 5_000, 5_000]
    found = assemble([between((PHONE[0], 40_000 + n), ("203.0.113.1", 9_000), bytes(s)) for n, s in enumerate(sizes)])
    loads = [sum(c.flow.bytes_out for c in found.shard(part, 2)) for part in range(2)]
    assert max(loads) <= sum(sizes) * 0.6


VECTORS = [
    ("128.232.110.120", 34_855, "66.35.250.204", 80, 6, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
    ("192.168.1.52", 54_585, "8.8.8.8", 53, 17, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
    ("2001:470:e5bf:dead:4957:2174:e82c:4887", 63_943, "2607:f8b0:400c:c03::1a", 25, 6, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="),
]
"""Published with the specification and its reference implementation (https://github.com/corelight/pycommunityid)."""


@pytest.mark.parametrize(("a", "a_port", "b", "b_port", "protocol", "want"), VECTORS)
def test_community_ids_are_those_published(a: str, a_port: int, b: str, b_port: int, protocol: int, want: str) -> None:
    for ends in (((a, a_port), (b, b_port)), ((b, b_port), (a, a_port))):
        assert only([between(*ends, flags=ACK if protocol == 6 else None)]).flow.community_id == want


def test_community_ids_do_not_depend_on_who_is_first() -> None:
    assert community_id(b"\1\1\1\1", 9, b"\1\1\1\1", 8, 6) == community_id(b"\1\1\1\1", 8, b"\1\1\1\1", 9, 6)
    assert community_id(b"\1\1\1\1", 9, b"\2\1\1\1", 8, 6) != community_id(b"\1\1\1\1", 8, b"\2\1\1\1", 9, 6)


def test_an_address_that_talks_to_itself() -> None:
    ends = ("127.0.0.1", 5_000), ("127.0.0.1", 6_000)
    conversation = only([between(*ends, b"there"), between(*ends[::-1], b"back")])
    assert (conversation.out(99).data, conversation.back(99).data) == (b"there", b"back")


def test_progress_is_told_the_position() -> None:
    told: list[int] = []
    capture = MemoryCapture([eth(udp(b"x"))] * 10, per_window=4)
    assemble_flows(capture, 0, progress=told.append)
    assert len(told) == 3
    assert told == sorted(told)
    assert told[-1] <= capture.position


def test_the_input_is_named_in_each_flow() -> None:
    (conversation,) = assemble_flows(MemoryCapture([between(PHONE, WEB), between(WEB, PHONE)]), 3)
    assert conversation.flow.input == 3
    assert conversation.flow.server == f"{SERVER.replace('.9', '.200')}:443"
    assert CLIENT in (conversation.flow.client or "")
