"""Two-sided conversations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from vuoto.facts.problems import Problem
from vuoto.facts.vocabulary import HostSource, Protection, Transport

ALSO_APP: Final = "also app"
"""Name in `Flow.details` of a further app that the capture names for frames of the conversation."""


@dataclass(slots=True, kw_only=True)
class Flow:
    """One conversation, as the document lists it.

    Not frozen: a day's capture has tens of thousands, and frozen costs three times as much. Nobody writes to it.
    """

    id: str
    """Stable, from content: input, endpoints and first time."""

    input: int
    """Index of the input it was seen in."""

    transport: Transport
    """`tcp` or `udp`."""

    client: str | None
    """`ip:port` of the side that opened it (IPv6 in brackets), or `None` where the input does not say (HAR)."""

    server: str | None
    """`ip:port` of the other side, or `None` where the input does not say."""

    device_side: str
    """Which side is the device: `client`, `server`, or `unknown` (then the client's bytes are read as leaving it)."""

    host: str | None = None
    """Name of the remote side, lower case, without a trailing dot, or `None` where nothing names it."""

    host_source: HostSource | None = None
    """Where `host` was read."""

    protocols: tuple[str, ...] = ()
    """What was recognised, outermost first: `("tls", "http/1.1")`; empty where nothing was."""

    protection: Protection = "unknown"
    """How the bytes were protected on the wire."""

    decrypted: bool = False
    """Whether protected bytes were opened with keys."""

    why_not_decrypted: str | None = None
    """Why nothing could be read, or `None` where something was or there was nothing to open."""

    app: str | None = None
    """The app that the capture itself names (`app_tags.AppTag.text`), that of most frames; or `None`."""

    first: str | None = None
    """Time of the first frame, RFC 3339 UTC."""

    last: str | None = None
    """Time of the last frame, RFC 3339 UTC."""

    bytes_out: int = 0
    """Transport payload bytes that left the device (captured, retransmissions included)."""

    bytes_in: int = 0
    """Transport payload bytes that came to the device."""

    community_id: str | None = None
    """Community ID v1 with seed 0 (https://github.com/corelight/community-id-spec), the join key with Zeek, Suricata, PiRogue."""

    gaps: int = 0
    """Bytes known to be missing from the streams, both directions."""

    details: tuple[tuple[str, str], ...] = ()
    """More that a protocol says of the whole flow, sorted: `("ja4", "t13d…")`, `("alpn", "h2")`; and `ALSO_APP`."""


class Stream(Protocol):
    """One direction of one conversation, reassembled: the payload that one side sent, in order.

    For UDP it is the datagrams' payloads one after another, in capture order.
    """

    data: bytes
    """The bytes, up to the limit asked for. Bytes known to be missing are not in it: see `gap_offsets`."""

    starts: Sequence[int]
    """UDP: the offset in `data` of each datagram. TCP: the offset of each contiguous run; more than one where bytes are missing,
    so that nothing is glued over a gap."""

    truncated: bool
    """Whether the limit cut it."""

    def frames(self, offset: int, length: int) -> tuple[int, ...]:
        """1-based numbers of the frames that carried `data[offset:offset + length]`, ascending, without repeats."""

    def time_ns(self, offset: int) -> int:
        """Capture time of the frame that carried the byte at `offset`."""


class Conversation(Protocol):
    """A flow with access to its bytes; made lazily, so that encrypted bodies are never gathered."""

    index: int
    """Position in the list of conversations."""

    transport: Transport
    """`tcp` or `udp`."""

    app: str | None
    """See `Flow.app`."""

    client_address: tuple[str, int]
    """Address and port of the side that opened it."""

    server_address: tuple[str, int]
    """Address and port of the other side."""

    @property
    def flow(self) -> Flow:
        """What is known before any protocol was read: endpoints, times, sizes, Community ID, device side. Made when asked for."""

    def out(self, limit: int) -> Stream:
        """The bytes that left the device (the client's where the device's side is unknown)."""

    def back(self, limit: int) -> Stream:
        """The bytes that came back."""

    def started(self) -> bool:
        """Whether the capture holds the beginning (TCP: a SYN; UDP: always true)."""

    def problems(self) -> tuple[Problem, ...]:
        """Contradictory overlaps, gaps and the like, of the streams gathered so far."""


class Conversations(Protocol):
    """All conversations of one input, by time of their first frame."""

    device_addresses: tuple[str, ...]
    """The device's addresses: inferred, or as told."""

    device_why: str
    """How the device's side was told from the other, for the report."""

    weight: int
    """What looking through all of them costs, as many bytes of readable payload would."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[Conversation]:
        """Each in order of its first frame."""

    def shard(self, part: int, parts: int) -> Iterator[Conversation]:
        """Every conversation whose share of the work falls to `part` of `parts`; together the shards are the whole, disjoint."""

    def problems(self) -> tuple[Problem, ...]:
        """What could not be read below the streams: frames cut short, fragments missing, link layers unknown."""
