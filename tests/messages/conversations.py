"""A conversation in memory, for the tests of this room."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from vuoto.facts.flows import Flow, Stream
from vuoto.facts.problems import Problem
from vuoto.facts.vocabulary import Transport


class FakeStream:
    """Pieces sent one after another: datagrams (UDP) or contiguous runs (TCP); piece *n* was in frame *n* + 1, at second *n*."""

    def __init__(self, pieces: Sequence[bytes], limit: int) -> None:
        whole = b"".join(pieces)
        self.data = whole[:limit]
        self.truncated = len(whole) > limit
        self._all = [0, *accumulate(len(p) for p in pieces)][:-1] or [0]
        self.starts: Sequence[int] = [s for s in self._all if s < len(self.data)] or [0]

    def frames(self, offset: int, length: int) -> tuple[int, ...]:
        first = bisect_right(self._all, offset)
        return tuple(range(first, max(first, bisect_right(self._all, offset + max(0, length - 1))) + 1))

    def time_ns(self, offset: int) -> int:
        return bisect_right(self._all, offset) * 1_000_000_000


class FakeConversation:
    """Two directions of pieces."""

    def __init__(
        self,
        out: Sequence[bytes] = (),
        back: Sequence[bytes] = (),
        *,
        transport: Transport = "tcp",
        port: int = 80,
        side: str = "client",
    ) -> None:
        self.index = 7
        self.transport: Transport = transport
        self.app: str | None = None
        self.flow = Flow(
            id="f1", input=0, transport=transport, client="192.0.2.1:40000", server=f"198.51.100.1:{port}", device_side=side
        )
        self.client_address = ("192.0.2.1", 40000)
        self.server_address = ("198.51.100.1", port)
        self._out = tuple(out)
        self._back = tuple(back)

    def out(self, limit: int) -> Stream:
        return FakeStream(self._out, limit)

    def back(self, limit: int) -> Stream:
        return FakeStream(self._back, limit)

    def started(self) -> bool:
        return True

    def problems(self) -> tuple[Problem, ...]:
        return ()


def tcp(*out: bytes, back: bytes = b"", port: int = 80, side: str = "client") -> FakeConversation:
    """A TCP conversation; more than one piece means a gap between them."""
    return FakeConversation(out, (back,) if back else (), port=port, side=side)


def udp(*out: bytes, back: Sequence[bytes] = (), port: int = 53) -> FakeConversation:
    """A UDP conversation of datagrams."""
    return FakeConversation(out, back, transport="udp", port=port)
