"""What a file under `protocols/` exports, and what it is handed: the heads of both directions, then the conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from vuoto.facts.flows import Conversation, Stream
from vuoto.facts.messages import Message
from vuoto.facts.problems import Problem
from vuoto.facts.vocabulary import HostSource, Protection, Transport

PEEK = 2048
"""Bytes of each direction read before anything is decided: a request head, a ClientHello or a datagram fits; bodies stay where
they are."""

GATHER_LIMIT = 64 * 1024 * 1024
"""Bytes gathered of one direction of one readable conversation. With a copy of the bodies it keeps the peak far under 1 GB."""

MAX_MESSAGES = 500_000
"""Messages read from one conversation: about 0.25 kB each, so 120 MB; requests of 130 bytes or more never get there within
`GATHER_LIMIT`."""

MAX_SECTIONS = 1_500_000
"""Sections read from one conversation: header bombs make one of 150 bytes from three, so at most 225 MB; 100,000 requests with
twelve fields stay below."""

MAX_DISTINCT_PROBLEMS = 32
"""Different sentences about one conversation that are kept; equal ones are counted."""


@dataclass(slots=True, kw_only=True)
class Heads:
    """The first bytes of both directions, for `recognise`."""

    transport: Transport
    """`tcp` or `udp`."""

    out: Stream
    """What left the device, up to `PEEK`."""

    back: Stream
    """What came to it, up to `PEEK`."""

    sent: bytes
    """TCP: the head of the first contiguous run that left. UDP: the first datagram. Empty where nothing left."""

    answered: bytes
    """The same of the other direction."""

    ports: tuple[int, int]
    """Server's and client's port."""

    name: str = ""
    """What the protocol around it announced (`websocket` after an upgrade), or `""`."""


@dataclass(slots=True, kw_only=True)
class Rest:
    """Where in the streams another protocol begins: after CONNECT, an upgrade, STARTTLS."""

    out: int
    """Offset in the outgoing stream."""

    back: int
    """Offset in the incoming stream."""

    name: str = ""
    """What was announced, lower case, or `""`."""


class Notes:
    """Collects what is broken in one conversation: equal sentences are counted, different ones bounded."""

    __slots__ = ("_conversation", "_counts")

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._counts: dict[str, int] = {}

    def add(self, what: str) -> None:
        """Note `what` (one sentence without a full stop)."""
        counts = self._counts
        if what in counts:
            counts[what] += 1
        elif len(counts) < MAX_DISTINCT_PROBLEMS:
            counts[what] = 1

    def problems(self) -> tuple[Problem, ...]:
        """As facts, in order of first appearance."""
        if not self._counts:
            return ()
        where = f"flow {self._conversation.flow.id}"
        return tuple(Problem(where=where, what=what if n == 1 else f"{what} ({n} times)") for what, n in self._counts.items())


def notes_for(conversation: Conversation) -> Notes:
    """An empty `Notes` that names the conversation."""
    return Notes(conversation)


@dataclass(slots=True, kw_only=True)
class Read:
    """What a protocol made of a conversation. Offsets are those of the streams it was handed."""

    protocols: tuple[str, ...]
    """What it turned out to be."""

    protection: Protection
    """How the bytes were protected."""

    messages: list[Message] = field(default_factory=list)
    """What left the device."""

    host: str | None = None
    """Name of the remote side, lower case."""

    host_source: HostSource | None = None
    """Where it was read."""

    why: str | None = None
    """Why nothing could be read, or `None`."""

    details: tuple[tuple[str, str], ...] = ()
    """More about the flow."""

    names: tuple[tuple[str, str], ...] = ()
    """DNS answers: `(address, name asked for)`."""

    problems: tuple[Problem, ...] = ()
    """What was broken."""

    rest: Rest | None = None
    """Where another protocol begins, or `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A protocol. One file under `protocols/` exports one as `PROTOCOL`."""

    name: str
    """`http/1.1`, `dns`, `tls` …"""

    transports: tuple[Transport, ...]
    """Over what it runs."""

    recognise: Callable[[Heads], int]
    """How sure that these heads are its own, 0 (not at all) to 100. The highest wins; a tie is a `Problem`."""

    read: Callable[[Conversation, Heads], Read]
    """Reads the conversation. Never raises on any bytes; what it cannot read it hands on as `bytes` messages."""


def gather(conversation: Conversation, heads: Heads, limit: int, notes: Notes) -> Stream:
    """The outgoing stream up to `limit`: the peeked one where that is all there is. Notes where the limit cut it."""
    stream = heads.out
    if not stream.truncated:
        return stream
    stream = conversation.out(limit)
    if stream.truncated:
        notes.add(f"more than {limit >> 20} MiB left in one stream; the rest of it was not read")
    return stream


def runs(stream: Stream) -> Iterator[tuple[int, int]]:
    """`(start, end)` of each datagram (UDP) or contiguous run (TCP) of `stream.data`; empty ones left out."""
    data_end = len(stream.data)
    starts = stream.starts
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else data_end
        if start < end:
            yield start, end
