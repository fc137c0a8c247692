"""Reads one conversation: peeks at its heads, lets the surest protocol read it, and what that hands on anew."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from vuoto.facts.flows import Conversation, Flow, Stream
from vuoto.facts.messages import FlowReading, Message
from vuoto.facts.problems import Problem
from vuoto.facts.vocabulary import HostSource, Transport
from vuoto.messages.protocol import PEEK, Heads, Protocol, Read, Rest
from vuoto.messages.unknown import read_unknown
from vuoto.seams import plugins

MAX_NESTING = 4
"""Protocols within protocols: CONNECT, an upgrade, TLS and one more; a stream of nothing but CONNECTs ends here."""

_HOST_RANK: dict[HostSource | None, int] = {"http": 3, "tls-sni": 2, "quic-sni": 1}


@cache
def _protocols(transport: Transport) -> tuple[Protocol, ...]:
    return tuple(p for p in plugins("vuoto.messages.protocols", Protocol, "PROTOCOL") if transport in p.transports)


class _StreamFrom:
    """A stream from an offset on."""

    __slots__ = ("_offset", "_stream", "data", "starts", "truncated")

    def __init__(self, stream: Stream, offset: int) -> None:
        self._stream = stream
        self._offset = offset
        self.data: bytes = stream.data[offset:]
        later = stream.starts[bisect_right(stream.starts, offset) :]
        self.starts: Sequence[int] = [0, *(start - offset for start in later)]
        self.truncated = stream.truncated

    def frames(self, offset: int, length: int) -> tuple[int, ...]:
        return self._stream.frames(self._offset + offset, length)

    def time_ns(self, offset: int) -> int:
        return self._stream.time_ns(self._offset + offset)


class _ConversationFrom:
    """A conversation from where another protocol begins."""

    __slots__ = ("_conversation", "_rest", "app", "client_address", "index", "server_address", "transport")

    def __init__(self, conversation: Conversation, rest: Rest) -> None:
        self._conversation = conversation
        self._rest = rest
        self.index: int = conversation.index
        self.transport: Transport = conversation.transport
        self.app: str | None = conversation.app
        self.client_address: tuple[str, int] = conversation.client_address
        self.server_address: tuple[str, int] = conversation.server_address

    @property
    def flow(self) -> Flow:
        return self._conversation.flow

    def out(self, limit: int) -> Stream:
        return _StreamFrom(self._conversation.out(limit + self._rest.out), self._rest.out)

    def back(self, limit: int) -> Stream:
        return _StreamFrom(self._conversation.back(limit + self._rest.back), self._rest.back)

    def started(self) -> bool:
        return self._conversation.started()

    def problems(self) -> tuple[Problem, ...]:
        return self._conversation.problems()


def _first(stream: Stream) -> bytes:
    starts = stream.starts
    return stream.data[: starts[1]] if len(starts) > 1 else stream.data


def peek(conversation: Conversation, name: str = "") -> Heads:
    """The heads of both directions."""
    out = conversation.out(PEEK)
    back = conversation.back(PEEK)
    server, client = conversation.server_address[1], conversation.client_address[1]
    return Heads(
        transport=conversation.transport,
        out=out,
        back=back,
        sent=_first(out),
        answered=_first(back),
        ports=(server, client),
        name=name,
    )


def recognise(heads: Heads) -> tuple[Protocol | None, str | None]:
    """The surest protocol, and a sentence where several are equally sure (then the first by name reads)."""
    best: Protocol | None = None
    most = 0
    tied: list[str] = []
    for protocol in _protocols(heads.transport):
        confidence = protocol.recognise(heads)
        if confidence > most:
            best, most, tied = protocol, confidence, [protocol.name]
        elif confidence == most and confidence:
            tied.append(protocol.name)
    if len(tied) > 1:
        return best, f"several protocols fit equally well: {', '.join(tied)}; it was read as {tied[0]}"
    return best, None


def read_conversation(conversation: Conversation) -> tuple[FlowReading, list[Message]]:
    """What `conversation` says of itself, and every message that left the device, in stream order.

    Never raises on any bytes: a protocol's reader that raises is caught here, and the bytes are handed on as they are.
    """
    view: Conversation = conversation
    base = 0
    reads: list[Read] = []
    messages: list[Message] = []
    problems: list[Problem] = []
    name = ""
    for depth in range(MAX_NESTING):
        heads = peek(view, name)
        protocol, tie = recognise(heads)
        if tie is not None:
            problems.append(Problem(where=f"flow {conversation.flow.id}", what=tie))
        if depth == MAX_NESTING - 1:
            protocol = None  # the bytes fallback hands nothing on but TLS, which would be the fifth
        read = _read(protocol, view, heads, problems)
        reads.append(read)
        messages.extend(read.messages if base == 0 else [_moved(m, base) for m in read.messages])
        problems.extend(read.problems)
        if read.rest is None:
            break
        for message in read.messages:
            message.protection = read.protection
        base += read.rest.out
        name = read.rest.name
        view = _ConversationFrom(conversation, Rest(out=base, back=sum(r.rest.back for r in reads if r.rest)))
    return _joined(conversation.index, reads, problems), messages


def _read(protocol: Protocol | None, view: Conversation, heads: Heads, problems: list[Problem]) -> Read:
    if protocol is None:
        return read_unknown(view, heads)
    try:
        return protocol.read(view, heads)
    except Exception as error:  # noqa: BLE001 - the seam: one plug-in's bug must not end the run (house rule 8)
        what = f"the reader of {protocol.name} failed ({type(error).__name__}); the bytes were looked through as they are"
        where = f"flow {view.flow.id}"
        problems.append(Problem(where=where, what=what, next_step="report this with the capture, it is a bug"))
        return read_unknown(view, heads)


def _moved(message: Message, base: int) -> Message:
    message.sections = tuple(
        s._replace(offset=s.offset + base, spans=tuple((at, offset + base, length) for at, offset, length in s.spans))
        for s in message.sections
    )
    return message


def _joined(index: int, reads: list[Read], problems: list[Problem]) -> FlowReading:
    if len(reads) == 1:
        read = reads[0]
        return FlowReading(
            flow=index,
            protocols=read.protocols,
            protection=read.protection,
            host=read.host,
            host_source=read.host_source,
            why_not_decrypted=read.why,
            details=read.details,
            names=read.names,
            problems=tuple(problems),
        )
    last = reads[-1]
    named = max(reads, key=lambda r: _HOST_RANK.get(r.host_source, 0))
    return FlowReading(
        flow=index,
        protocols=tuple(p for r in reads for p in r.protocols),
        protection=last.protection,
        host=named.host,
        host_source=named.host_source,
        why_not_decrypted=last.why,
        details=tuple(sorted({d for r in reads for d in r.details})),
        names=tuple(sorted({n for r in reads for n in r.names})),
        problems=tuple(problems),
    )
