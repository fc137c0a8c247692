"""The conversations of one input: columns of payloads grouped by conversation and direction, and the facts of each.

A *group* is one direction of one conversation: number `2 * conversation + direction`, where direction 1 is the higher end's.
"""

from __future__ import annotations

import hashlib
import heapq
import ipaddress
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.facts.flows import Flow
from vuoto.facts.problems import Problem
from vuoto.flows.columns import I64
from vuoto.flows.community_id import community_id
from vuoto.flows.sides import find_device
from vuoto.flows.streams import GatheredStream, Read, Rows, gather, in_order, out_of_order
from vuoto.flows.table import KeyTable
from vuoto.flows.tally import Tally
from vuoto.flows.transport import ACK, SYN
from vuoto.flows.window import Columns

TOO_FAR: Final = 1 << 30
"""A jump in sequence numbers that is no loss: the largest window is 1 GiB (RFC 7323 section 2.3)."""

FIXED_WEIGHT: Final = 4_000
"""Bytes of outgoing payload that cost as much as looking at one conversation at all; balances shards."""

UNREAD_PORTS: Final = (443, 8443, 853, 993, 995, 465, 22)
"""Ports whose payload is rarely read: what they sent weighs nothing when shards are balanced."""

Ends = tuple[str, int, str, int, bool]


class Conversation:
    """See `facts.flows.Conversation`."""

    __slots__ = ("_all", "_back", "_out", "_problems", "client_address", "flow", "index", "server_address")

    def __init__(self, of: FlowConversations, index: int) -> None:
        self._all = of
        self.index = index
        self.flow = of.flow(index)
        self.client_address, self.server_address = of.ends(index)
        self._problems: list[Problem] = []
        self._out: tuple[int, GatheredStream] | None = None
        self._back: tuple[int, GatheredStream] | None = None

    def out(self, limit: int) -> GatheredStream:
        """See `facts.flows.Conversation.out`."""
        self._out = self._stream(self._out, limit, out=True)
        return self._out[1]

    def back(self, limit: int) -> GatheredStream:
        """See `facts.flows.Conversation.back`."""
        self._back = self._stream(self._back, limit, out=False)
        return self._back[1]

    def started(self) -> bool:
        """See `facts.flows.Conversation.started`."""
        return self._all.started(self.index)

    def problems(self) -> tuple[Problem, ...]:
        """See `facts.flows.Conversation.problems`."""
        return tuple(dict.fromkeys(self._problems))

    def _stream(self, held: tuple[int, GatheredStream] | None, limit: int, *, out: bool) -> tuple[int, GatheredStream]:
        if held is not None and (held[0] == limit or (not held[1].truncated and limit > held[0])):
            return held
        return limit, self._all.gather(self.index, limit, self._differ, out=out)

    def _differ(self, first: int, second: int) -> None:
        self._problems.append(
            Problem(
                where=f"frame {second}",
                what=f"this segment repeats bytes of frame {first} with other content; the first copy is read (it can be evasion)",
            )
        )


class FlowConversations:
    """See `facts.flows.Conversations`."""

    def __init__(
        self,
        columns: Columns,
        keys: tuple[KeyTable, KeyTable],
        read: Read,
        joined: dict[int, tuple[int, ...]],
        tally: Tally,
        *,
        input_index: int,
        told: Sequence[str],
    ) -> None:
        self._read = read
        self._joined = joined
        self._tally = tally
        self._input = input_index
        number = _split_reused(columns)
        self._group(columns, number)
        self._ends = [_ends(keys, int(key)) for key in self._key.tolist()]
        pairs = [self._pair(n) for n in range(len(self._ends))]
        self.device_addresses, self.device_why = find_device(((c[0], s[0]) for c, s in pairs), told)
        self._pairs = pairs
        device = set(self.device_addresses)
        self._sides = ["client" if c[0] in device else "server" if s[0] in device else "unknown" for c, s in pairs]
        self._flows: list[Flow | None] = [None] * len(pairs)

    # ── the protocol of facts ──

    def __len__(self) -> int:
        """How many conversations there are."""
        return len(self._ends)

    def __iter__(self) -> Iterator[Conversation]:
        """Each in order of its first frame."""
        return (Conversation(self, n) for n in range(len(self)))

    def shard(self, part: int, parts: int) -> Iterator[Conversation]:
        """See `facts.flows.Conversations.shard`: the heaviest first, each to the part that has least."""
        if parts <= 1:
            return iter(self)
        weights = [self._weight(n) for n in range(len(self))]
        loads = [(0, p) for p in range(parts)]
        mine = []
        for n in sorted(range(len(self)), key=lambda n: (-weights[n], n)):
            load, least = heapq.heappop(loads)
            heapq.heappush(loads, (load + weights[n], least))
            if least == part:
                mine.append(n)
        return (Conversation(self, n) for n in sorted(mine))

    def problems(self) -> tuple[Problem, ...]:
        """What could not be read below the streams."""
        return self._tally.problems()

    # ── for its conversations ──

    def ends(self, n: int) -> tuple[tuple[str, int], tuple[str, int]]:
        """Address and port of client and server."""
        return self._pairs[n]

    def started(self, n: int) -> bool:
        """Whether the beginning was captured."""
        return not self._ends[n][4] or bool(self._started[n])

    def flow(self, n: int) -> Flow:
        """The facts of one conversation, made once."""
        made = self._flows[n]
        if made is None:
            made = self._flows[n] = self._make_flow(n)
        return made

    def gather(self, n: int, limit: int, differ: Callable[[int, int], None], *, out: bool) -> GatheredStream:
        """One direction's bytes."""
        group = 2 * n + (self._out_direction(n) if out else 1 - self._out_direction(n))
        low, high = int(self._begin[group]), int(self._begin[group + 1])
        at, captured = self._at[low:high], self._captured[low:high].astype(np.int64)
        frame, time_ns = self._frame[low:high].astype(np.int64), self._time[low:high]
        if self._clean[group]:
            pieces = in_order(at, captured, frame, time_ns, limit, datagrams=not self._ends[n][4])
        else:
            relative = self._relative[low:high]
            rows = Rows(at, relative, captured, self._wire[low:high].astype(np.int64), frame, time_ns)
            pieces = out_of_order(rows, limit, self._read, differ)
        return gather(pieces, self._read, self._joined)

    # ── within ──

    def _out_direction(self, n: int) -> int:
        client = int(self._client[n])
        return 1 - client if self._sides[n] == "server" else client

    def _pair(self, n: int) -> tuple[tuple[str, int], tuple[str, int]]:
        low_address, low_port, high_address, high_port, _ = self._ends[n]
        low, high = (low_address, low_port), (high_address, high_port)
        return (high, low) if self._client[n] else (low, high)

    def _weight(self, n: int) -> int:
        read = self._pairs[n][1][1] not in UNREAD_PORTS
        return FIXED_WEIGHT + (int(self._bytes[2 * n + self._out_direction(n)]) if read else 0)

    def _make_flow(self, n: int) -> Flow:
        (client, client_port), (server, server_port) = self._pairs[n]
        tcp = self._ends[n][4]
        out = self._out_direction(n)
        first = rfc3339(int(self._first[n]))
        ends = f"{_shown(client, client_port)}|{_shown(server, server_port)}|{tcp}|{int(self._first[n])}"
        return Flow(
            id="f-" + hashlib.sha256(ends.encode()).hexdigest()[:12],
            input=self._input,
            transport="tcp" if tcp else "udp",
            client=_shown(client, client_port),
            server=_shown(server, server_port),
            device_side=self._sides[n],
            first=first,
            last=rfc3339(int(self._last[n])),
            bytes_out=int(self._bytes[2 * n + out]),
            bytes_in=int(self._bytes[2 * n + 1 - out]),
            community_id=community_id(_packed(client), client_port, _packed(server), server_port, 6 if tcp else 17),
            gaps=int(self._gaps[2 * n] + self._gaps[2 * n + 1]),
        )

    def _group(self, c: Columns, number: NDArray[np.int64]) -> None:
        """Sorts the rows by conversation (in order of first frame) and direction, and sums each up."""
        present, first_row, number = np.unique(number, return_index=True, return_inverse=True)
        rank = np.empty(len(present), np.int64)
        rank[np.argsort(first_row, kind="stable")] = np.arange(len(present))
        count = len(present)
        number = rank[number]
        self._key = np.empty(count, np.int64)
        self._key[rank] = c.conversation[first_row]
        group = number * 2 + c.reverse
        order = np.argsort(group, kind="stable")
        group = group[order]
        begin = np.searchsorted(group, np.arange(2 * count + 1))
        time = c.time_ns[order]
        flags = c.flags[order]
        tcp = c.tcp[order]
        self._first, self._last = _extremes(time, begin, count)
        self._started, self._client = _clients(c, number, count)
        captured, wire = c.captured[order], c.wire[order]
        self._bytes = _sums(captured, begin)
        relative = _relative(c.sequence[order], flags, wire, tcp, begin)
        # Only rows with payload stay: acknowledgements have been counted.
        kept = np.flatnonzero(captured > 0)
        self._group_of = group[kept]
        self._begin = np.searchsorted(self._group_of, np.arange(2 * count + 1))
        self._at, self._captured, self._wire = c.at[order][kept], captured[kept], wire[kept]
        self._frame, self._time, self._relative = c.frame[order][kept], time[kept], relative[kept]
        self._clean, self._gaps = _contiguity(
            self._group_of, self._relative, self._captured.astype(np.int64), self._wire.astype(np.int64), tcp[kept], 2 * count
        )


def _split_reused(c: Columns) -> NDArray[np.int64]:
    """The conversation of each row, where a reused pair of ports begins a new one: a SYN with another number than the one before,
    after the conversation has said or ended something (RFC 9293 section 3.6.1).
    """
    number = c.conversation.astype(np.int64)
    opening = (c.flags & (SYN | ACK)) == SYN
    opening &= c.tcp
    openers, times = np.unique(number[opening], return_counts=True)
    suspects = openers[times > 1]
    if not len(suspects):
        return number
    following = int(number.max()) + 1
    rows = np.flatnonzero(np.isin(number, suspects))
    rows = rows[np.argsort(number[rows], kind="stable")]
    columns = (number[rows], opening[rows], c.sequence[rows], c.captured[rows], c.flags[rows] & 5, c.reverse[rows])
    now, current, isn, alive = -1, -1, -1, False
    side = False
    for row, conversation, opens, sequence, size, ends, reverse in zip(
        rows.tolist(), *(x.tolist() for x in columns), strict=True
    ):
        if conversation != now:
            now, current, isn, alive = conversation, conversation, -1, False
        if opens:
            if isn >= 0 and alive and (sequence != isn or reverse != side):
                current, following = following, following + 1
                alive = False
            isn, side = sequence, reverse
        alive = alive or size > 0 or ends > 0
        number[row] = current
    return number


def _clients(c: Columns, number: NDArray[np.int64], count: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether the beginning was seen, and the direction of the client: who sends a SYN, else who does not answer with SYN and ACK,
    else the side whose port is not a service's, else who speaks first.
    """
    client = np.full(count, -1, np.int64)
    direction = c.reverse.astype(np.int64)
    syn = np.flatnonzero(c.tcp & ((c.flags & (SYN | ACK)) == SYN))
    which, first = np.unique(number[syn], return_index=True)
    client[which] = direction[syn[first]]
    started = client >= 0
    answer = np.flatnonzero(c.tcp & ((c.flags & (SYN | ACK)) == (SYN | ACK)))
    which, first = np.unique(number[answer], return_index=True)
    open_ = client[which] < 0
    client[which[open_]] = 1 - direction[answer[first[open_]]]
    started[which] = True
    rest, first = np.unique(number, return_index=True)
    open_ = client[rest] < 0
    rest, first = rest[open_], first[open_]
    source, destination = c.source_port[first].astype(np.int64), c.destination_port[first].astype(np.int64)
    to_service, from_service = _is_service(destination), _is_service(source)
    mid_tcp = c.tcp[first] & ~to_service & ~from_service
    speaker = np.where(from_service & ~to_service, 1 - direction[first], direction[first])
    # Neither port is a service's: servers wait on the lower one, as ephemeral ports are high (RFC 6335 section 6).
    speaker = np.where(mid_tcp & (source < destination), 1 - direction[first], speaker)
    client[rest] = speaker
    return started, client


def _is_service(port: I64) -> NDArray[np.bool_]:
    return (port < 1024) | np.isin(port, (1883, 3478, 5060, 5222, 5223, 5228, 5353, 8008, 8080, 8443, 8883, 9999))


def _relative(
    sequence: NDArray[np.uint32], flags: NDArray[np.uint8], wire: NDArray[np.uint32], tcp: NDArray[np.bool_], begin: I64
) -> I64:
    """Offset of each TCP row's payload from the beginning of its direction, sequence numbers unwrapped (RFC 9293 section 3.4)."""
    size = len(sequence)
    if not size:
        return np.zeros(0, np.int64)
    heads = begin[:-1][begin[:-1] < begin[1:]]
    counts = wire > 0
    syn = (flags & SYN) != 0
    anchored = tcp & (counts | syn)
    step = np.zeros(size, np.int64)
    at = np.flatnonzero(anchored)
    # Only rows that carry payload or a SYN move the count: a stray acknowledgement with any number must not.
    difference = (sequence[at[1:]] - sequence[at[:-1]]).view(np.int32).astype(np.int64)
    step[at[1:]] = difference
    # The first such row of a group has no row before it in the group.
    group_of_row = np.zeros(size, np.int64)
    group_of_row[heads[1:]] = 1
    group_of_row = np.cumsum(group_of_row)
    of_anchor = group_of_row[at]
    first_in_group = np.ones(len(at), np.bool_)
    first_in_group[1:] = of_anchor[1:] != of_anchor[:-1]
    step[at[first_in_group]] = 0
    relative = np.cumsum(step)
    # From a running sum to offsets: take away the beginning of the group, which is its first SYN, or its lowest number.
    beginning = np.full(len(heads), np.iinfo(np.int64).max)
    np.minimum.at(beginning, of_anchor, relative[at])
    syns = np.flatnonzero(anchored & syn)
    which, first = np.unique(group_of_row[syns], return_index=True)
    beginning[which] = relative[syns[first]]
    beginning[beginning == np.iinfo(np.int64).max] = 0
    return relative - beginning[group_of_row]


def _contiguity(
    group: I64, relative: I64, captured: I64, wire: I64, tcp: NDArray[np.bool_], groups: int
) -> tuple[NDArray[np.bool_], I64]:
    """For each group: whether its rows follow each other as they are, and how many bytes are known to be missing."""
    clean = np.ones(groups, np.bool_)
    gaps = np.zeros(groups, np.int64)
    if not len(group):
        return clean, gaps
    first = np.ones(len(group), np.bool_)
    first[1:] = group[1:] != group[:-1]
    expected = np.zeros(len(group), np.int64)
    expected[1:] = relative[:-1] + captured[:-1]
    expected[first] = 0
    broken = (relative != expected) | (captured != wire)
    clean[np.unique(group[broken & tcp])] = False
    cut = ~tcp & (captured != wire)
    np.add.at(gaps, group[cut], wire[cut] - captured[cut])
    rows = np.flatnonzero(tcp & ~clean[group])
    if not len(rows):
        return clean, gaps
    rows = rows[np.lexsort((relative[rows], group[rows]))]
    g, low, high = group[rows], relative[rows], relative[rows] + captured[rows]
    head = np.ones(len(rows), np.bool_)
    head[1:] = g[1:] != g[:-1]
    # One running maximum over all groups: each group is lifted above the one before.
    span = int(high.max()) - int(low.min()) + 1
    lift = np.cumsum(head) * span if span < (1 << 62) // (len(rows) + 1) else np.zeros(len(rows), np.int64)
    reached = np.maximum.accumulate(high + lift)
    before = np.zeros(len(rows), np.int64)
    before[1:] = reached[:-1] - lift[1:]
    before[head] = 0
    missing = low - np.maximum(before, 0)
    lost = (missing > 0) & (missing < TOO_FAR)
    np.add.at(gaps, g[lost], missing[lost])
    return clean, gaps


def _extremes(time: I64, begin: I64, count: int) -> tuple[I64, I64]:
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    edges = begin[:-1:2]
    return np.minimum.reduceat(time, edges), np.maximum.reduceat(time, edges)


def _sums(captured: NDArray[np.uint32], begin: I64) -> I64:
    total = np.concatenate((np.zeros(1, np.int64), np.cumsum(captured, dtype=np.int64)))
    sums: I64 = total[begin[1:]] - total[begin[:-1]]
    return sums


def _ends(keys: tuple[KeyTable, KeyTable], key: int) -> Ends:
    """Both ends of a five-tuple, the lower one first, and whether it is TCP's."""
    table, n = keys[key & 1], key >> 1
    words = [int(w[n]) for w in table.words()]
    if not key & 1:
        low, high = words[0], words[1] & 0xFFFFFFFFFFFF
        return _ipv4(low >> 16), low & 0xFFFF, _ipv4(high >> 16), high & 0xFFFF, bool(words[1] >> 48)
    ports = words[4]
    return _ipv6(words[0], words[1]), ports >> 32 & 0xFFFF, _ipv6(words[2], words[3]), ports & 0xFFFF, bool(ports >> 16 & 1)


@lru_cache(maxsize=65_536)
def _ipv4(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@lru_cache(maxsize=65_536)
def _ipv6(high: int, low: int) -> str:
    return str(ipaddress.IPv6Address(high << 64 | low))


@lru_cache(maxsize=65_536)
def _packed(address: str) -> bytes:
    return ipaddress.ip_address(address).packed


def _shown(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@lru_cache(maxsize=4_096)
def _second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def rfc3339(time_ns: int) -> str:
    """UTC with microseconds, or nanoseconds where the capture has them."""
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return f"{_second(seconds)}.{f'{rest // 1000:06d}' if rest % 1000 == 0 else f'{rest:09d}'}Z"
