"""What one side said to the other, as protocol messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from vuoto.facts.problems import Problem
from vuoto.facts.vocabulary import HostSource, Protection


class Section(NamedTuple):
    """A part of a message that is read on its own: the request target, one header, the body, a datagram.

    A named tuple, not a dataclass: there are a dozen per request and hundreds of thousands of requests.
    """

    label: str
    """What a person calls it: `request line`, `request header User-Agent`, `request body`, `query name`, `datagram`."""

    name: str
    """The name its own value goes by, as sent (a header's name), or `""`."""

    data: bytes
    """Its bytes, transfer coding removed, content coding still on (the letter opener removes it, whatever a header claims)."""

    offset: int
    """Offset of `data[0]` in the outgoing stream; for a HAR, offset in the entry's own text, 0."""

    spans: tuple[tuple[int, int, int], ...] = ()
    """Where `data` is not contiguous in the stream (chunked bodies): `(offset in data, offset in stream, length)`, ascending;
    empty where it is."""

    hint: str = ""
    """What the sender claims the bytes are (`application/json`, `gzip`), lower case; a hint, never believed."""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message that left the device. Not frozen: 100,000 are made in a second, and frozen costs three times as much."""

    flow: int
    """Index of its conversation."""

    protocol: str
    """`http/1.1`, `dns`, `mdns`, `tls`, `bytes` …"""

    time_ns: int
    """Capture time of its first byte, nanoseconds since 1970 UTC."""

    sections: tuple[Section, ...]
    """What can be read in it, in order."""

    host: str | None = None
    """Who the message itself is addressed to (HTTP `Host`), lower case, no port; `None` where it does not say."""

    entry: int | None = None
    """For a HAR or flow dump: 0-based index of the entry it was read from."""

    method: str = ""
    """HTTP method, upper case as sent; empty elsewhere."""

    target: str = ""
    """HTTP request target as sent; empty elsewhere."""

    protection: Protection | None = None
    """How it went where the conversation went on otherwise (before STARTTLS, what opens a tunnel); `None` elsewhere."""


class FlowReading(NamedTuple):
    """What reading a conversation told about the conversation itself. The staircase folds it into the `Flow`.

    A named tuple: there is one for each conversation, and half of them come from another process, which a dataclass with slots
    does at a tenth of the speed.
    """

    flow: int
    """Index of the conversation."""

    protocols: tuple[str, ...] = ()
    """Recognised, outermost first."""

    protection: Protection = "unknown"
    """How the bytes were protected."""

    host: str | None = None
    """Name of the remote side, as the protocol says it."""

    host_source: HostSource | None = None
    """Where it was read."""

    why_not_decrypted: str | None = None
    """Why nothing could be read, or `None`."""

    details: tuple[tuple[str, str], ...] = ()
    """More that the protocol says of the whole flow, sorted."""

    names: tuple[tuple[str, str], ...] = ()
    """DNS answers that the device itself got: `(address, name asked for)`."""

    problems: tuple[Problem, ...] = ()
    """What was broken."""
