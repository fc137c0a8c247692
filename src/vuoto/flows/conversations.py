"""The conversations of one input: the facts of each, and its bytes when somebody asks for them."""

from __future__ import annotations

import hashlib
import heapq
import ipaddress
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import numpy as np

from vuoto.facts.flows import ALSO_APP, Flow
from vuoto.facts.problems import Problem
from vuoto.facts.vocabulary import Transport
from vuoto.flows.community_id import community_id
from vuoto.flows.grouping import Groups, group_rows
from vuoto.flows.sides import find_device, packed
from vuoto.flows.speaking import FEW, HEAD, who_asks
from vuoto.flows.streams import GatheredStream, Read, Rows, compare, gather, in_order, one_payload, out_of_order
from vuoto.flows.table import KeyTable
from vuoto.flows.tags import Tags
from vuoto.flows.tally import Tally
from vuoto.flows.window import Columns

FIXED_WEIGHT: Final = 500
"""Bytes of outgoing readable payload that cost as much as looking at one conversation at all (some 85 µs); balances shards."""

FACTS_WEIGHT: Final = 20
"""The same for making the facts of a conversation, which the first part does for all of them."""

UNREAD_PORTS: Final = (443, 8443, 853, 993, 995, 465, 22)
"""Ports whose payload is rarely read: what they sent weighs nothing when shards are balanced."""

MAX_CONTRADICTIONS: Final = 64
"""Contradicting copies told per conversation; more of them say nothing new."""

End = tuple[str, int]


class Conversation:
    """See `facts.flows.Conversation`."""

    __slots__ = ("_all", "_back", "_out", "_problems", "app", "client_address", "index", "server_address", "transport")

    def __init__(self, of: FlowConversations, index: int) -> None:
        self._all = of
        self.index = index
        self.transport = of.transport(index)
        self.app = of.app(index)
        self.client_address, self.server_address = of.ends(index)
        self._problems: dict[Problem, None] = {}
        self._out: tuple[int, GatheredStream] | None = None
        self._back: tuple[int, GatheredStream] | None = None

    @property
    def flow(self) -> Flow:
        """See `facts.flows.Conversation.flow`."""
        return self._all.flow(self.index)

    def out(self, limit: int) -> GatheredStream:
        """See `facts.flows.Conversation.out`."""
        self._out = self._stream(self._out, limit, out=True)
        return self._out[1]

    def back(self, limit: int) -> GatheredStream:
        """See `facts.flows.Conversation.back`."""
        self._back = self._stream(self._back, limit, out=False)
        return self._back[1]

    def started(self) -> bool:
        """See `facts.flows.Conversation.started`; false as well where the client's first bytes are missing behind its SYN."""
        return self._all.started(self.index)

    def problems(self) -> tuple[Problem, ...]:
        """See `facts.flows.Conversation.problems`."""
        return tuple(self._problems)

    def _stream(self, held: tuple[int, GatheredStream] | None, limit: int, *, out: bool) -> tuple[int, GatheredStream]:
        if held is not None and (held[0] == limit or (not held[1].truncated and limit > held[0])):
            return held
        return limit, self._all.gather(self.index, limit, self._differ, out=out)

    def _differ(self, first: int, second: int) -> None:
        if len(self._problems) < MAX_CONTRADICTIONS:
            what = f"this segment repeats bytes of frame {first} with other content; the first copy is read (it can be evasion)"
            self._problems[Problem(where=f"frame {second}", what=what)] = None


class FlowConversations:
    """See `facts.flows.Conversations`."""

    def __init__(
        self,
        columns: Columns,
        keys: tuple[KeyTable, KeyTable],
        read: Read,
        joined: dict[int, tuple[int, ...]],
        tally: Tally,
        tags: Tags,
        *,
        input_index: int,
        told: Sequence[str],
    ) -> None:
        self._read = read
        self._joined = joined
        self._tally = tally
        self._input = input_index
        self._groups = groups = group_rows(columns, tally, tags)
        # Lists, because one number out of an array costs as much as ten out of a list.
        self._begin: list[int] = groups.begin.tolist()
        self._clean: list[bool] = groups.clean.tolist()
        self._total: list[int] = groups.total.tolist()
        self._ask_the_guessed()
        self._client: list[int] = groups.client.tolist()
        self._times: list[tuple[int, int]] = list(zip(groups.first.tolist(), groups.last.tolist(), strict=True))
        self._gaps: list[int] = (groups.gaps[::2] + groups.gaps[1::2]).tolist()
        self._tcp, self._pairs = _all_pairs(keys, groups)
        self.device_addresses, self.device_why = find_device(((c[0], s[0]) for c, s in self._pairs), told)
        device = set(self.device_addresses)
        self._sides = ["client" if c[0] in device else "server" if s[0] in device else "unknown" for c, s in self._pairs]
        self._flows: list[Flow | None] = [None] * len(self._pairs)
        self._weights = [self._weight(n) for n in range(len(self._pairs))]
        self.weight = sum(self._weights)

    # ── the protocol of facts ──

    def __len__(self) -> int:
        """How many conversations there are."""
        return len(self._pairs)

    def __iter__(self) -> Iterator[Conversation]:
        """Each in order of its first frame."""
        return (Conversation(self, n) for n in range(len(self)))

    def shard(self, part: int, parts: int) -> Iterator[Conversation]:
        """See `facts.flows.Conversations.shard`: the heaviest first, each to the part that has least.

        The first part has the facts of all conversations to make as well.
        """
        if parts <= 1:
            return iter(self)
        weights = self._weights
        loads = [(0, p) for p in range(1, parts)]
        heapq.heappush(loads, (FACTS_WEIGHT * len(self), 0))
        mine = []
        for n in sorted(range(len(self)), key=lambda n: (-weights[n], n)):
            load, least = loads[0]
            heapq.heapreplace(loads, (load + weights[n], least))
            if least == part:
                mine.append(n)
        return (Conversation(self, n) for n in sorted(mine))

    def problems(self) -> tuple[Problem, ...]:
        """What could not be read below the streams."""
        return self._tally.problems()

    # ── for its conversations ──

    def ends(self, n: int) -> tuple[End, End]:
        """Address and port of client and server."""
        return self._pairs[n]

    def transport(self, n: int) -> Transport:
        """`tcp` or `udp`."""
        return "tcp" if self._tcp[n] else "udp"

    def app(self, n: int) -> str | None:
        """The app that the capture names first."""
        apps = self._groups.apps.get(n)
        return apps[0] if apps else None

    def started(self, n: int) -> bool:
        """Whether the beginning was captured."""
        return bool(self._groups.started[n])

    def flow(self, n: int) -> Flow:
        """The facts of one conversation, made once."""
        made = self._flows[n]
        if made is None:
            made = self._flows[n] = self._make_flow(n)
        return made

    def gather(self, n: int, limit: int, differ: Callable[[int, int], None], *, out: bool) -> GatheredStream:
        """One direction's bytes."""
        group = 2 * n + (self._out_direction(n) if out else 1 - self._out_direction(n))
        low, high = self._begin[group], self._begin[group + 1]
        g = self._groups
        if self._clean[group]:
            if high - low == 1:
                return one_payload(g, low, limit, self._read, self._joined)
            return gather(in_order(g, low, high, limit, datagrams=not self._tcp[n]), self._read, self._joined)
        rows = Rows(g.at[low:high], g.relative[low:high], g.captured[low:high], g.frame[low:high], g.time_ns[low:high])
        pieces, repeats = out_of_order(rows, limit)
        stream = gather(pieces, self._read, self._joined)
        compare(stream, repeats, self._read, differ)
        return stream

    # ── within ──

    def _ask_the_guessed(self) -> None:
        """Asks the first bytes of both sides who the client is, where only the ports have told."""
        g = self._groups
        for n in np.flatnonzero(g.guessed).tolist():
            asking = who_asks((self._heads(2 * n), self._heads(2 * n + 1)))
            if asking is not None:
                g.client[n] = asking

    def _heads(self, group: int) -> list[bytes]:
        """The beginnings of the first payloads of one direction."""
        low, high = self._begin[group], self._begin[group + 1]
        g = self._groups
        rows = zip(g.at[low : min(high, low + FEW)].tolist(), g.captured[low : min(high, low + FEW)].tolist(), strict=True)
        return [self._read(at, min(size, HEAD)) for at, size in rows]

    def _out_direction(self, n: int) -> int:
        client = self._client[n]
        return 1 - client if self._sides[n] == "server" else client

    def _weight(self, n: int) -> int:
        read = self._pairs[n][1][1] not in UNREAD_PORTS
        return FIXED_WEIGHT + (self._total[2 * n + self._out_direction(n)] if read else 0)

    def _make_flow(self, n: int) -> Flow:
        (client, client_port), (server, server_port) = self._pairs[n]
        tcp = self._tcp[n]
        out = self._out_direction(n)
        first, last = self._times[n]
        shown_client, shown_server = _shown(client, client_port), _shown(server, server_port)
        ends = f"{shown_client}|{shown_server}|{tcp}|{first}"
        if repeat := int(self._groups.repeat[n]):
            # A clock that stands still would give a reused pair of ports the same id again.
            ends += f"|{repeat}"
        return Flow(
            id="f-" + hashlib.sha256(ends.encode()).hexdigest()[:12],
            input=self._input,
            transport=self.transport(n),
            client=shown_client,
            server=shown_server,
            device_side=self._sides[n],
            app=self.app(n),
            first=rfc3339(first),
            last=rfc3339(last),
            bytes_out=self._total[2 * n + out],
            bytes_in=self._total[2 * n + 1 - out],
            community_id=community_id(packed(client), client_port, packed(server), server_port, 6 if tcp else 17),
            gaps=self._gaps[n],
            details=tuple(sorted((ALSO_APP, app) for app in self._groups.apps.get(n, ())[1:])),
        )


def _all_pairs(keys: tuple[KeyTable, KeyTable], groups: Groups) -> tuple[list[bool], list[tuple[End, End]]]:
    """For each conversation, whether it is TCP's, and client and server."""
    count = len(groups.key)
    tcp = [False] * count
    pairs: list[tuple[End, End]] = [(("", 0), ("", 0))] * count
    client = groups.client.tolist()
    for v6, table in enumerate(keys):
        which = np.flatnonzero(groups.key & 1 == v6)
        words = [w[groups.key[which] >> 1].tolist() for w in table.words()]
        for n, *key in zip(which.tolist(), *words, strict=True):
            tcp[n], low, high = (_ends_v6 if v6 else _ends_v4)(key)
            pairs[n] = (high, low) if client[n] else (low, high)
    return tcp, pairs


def _ends_v4(key: list[int]) -> tuple[bool, End, End]:
    low, high = key[0], key[1] & 0xFFFFFFFFFFFF
    return bool(key[1] >> 48), (_ipv4(low >> 16), low & 0xFFFF), (_ipv4(high >> 16), high & 0xFFFF)


def _ends_v6(key: list[int]) -> tuple[bool, End, End]:
    ports = key[4]
    low, high = (_ipv6(key[0], key[1]), ports >> 32 & 0xFFFF), (_ipv6(key[2], key[3]), ports & 0xFFFF)
    return bool(ports >> 16 & 1), low, high


@lru_cache(maxsize=65_536)
def _ipv4(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@lru_cache(maxsize=65_536)
def _ipv6(high: int, low: int) -> str:
    return str(ipaddress.IPv6Address(high << 64 | low))


def _shown(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@lru_cache(maxsize=4_096)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


def rfc3339(time_ns: int) -> str | None:
    """UTC with microseconds, or nanoseconds where the capture has them; `None` for 0, which is no time."""
    if not time_ns:
        return None
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return f"{_second(seconds)}.{f'{rest // 1000:06d}' if rest % 1000 == 0 else f'{rest:09d}'}Z"
