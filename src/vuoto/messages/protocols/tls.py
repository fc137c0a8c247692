"""TLS 1.0 to 1.3 and SSL (RFC 8446, 5246, 6101): the hellos, which are in the clear, and nothing else.

Bodies are never gathered. The version is the server's choice; where no ServerHello was captured it stays unknown, unless the
client offered only one.
"""

from __future__ import annotations

from vuoto.facts.flows import Conversation, Stream
from vuoto.facts.messages import Message, Section
from vuoto.facts.vocabulary import Protection
from vuoto.messages.client_hello import (
    PROTECTIONS,
    VERSION_NAMES,
    Hello,
    describe,
    draft,
    grease,
    parse_client_hello,
    parse_server_hello,
)
from vuoto.messages.handshake import (
    CLIENT_HELLO,
    HANDSHAKE,
    MAX_HELLO,
    SERVER_HELLO,
    Handshake,
    alert_in,
    first_handshake,
    is_record,
)
from vuoto.messages.host_names import host_name, name_only
from vuoto.messages.protocol import Heads, Protocol, Read, notes_for, runs

_NO_KEYS = "no key log was given"


def _recognise(heads: Heads) -> int:
    best = 0
    for data in (heads.sent, heads.answered):
        if is_record(data):
            hello = data[0] == HANDSHAKE and len(data) > 5 and data[5] in (CLIENT_HELLO, SERVER_HELLO)
            best = max(best, 98 if hello else 85 if _chained(data) else 30)
        elif _is_ssl2(data):
            best = max(best, 80)
        elif data[:3] in (b"\x16\x03\x00", b"\x16\x03\x01", b"\x16\x03\x02", b"\x16\x03\x03"):
            best = max(best, 40)
    return best


def _chained(data: bytes) -> bool:
    """Whether the first record is cut by the peek, or ends where the data or another record does."""
    stop = 5 + (data[3] << 8 | data[4])
    return stop >= len(data) or is_record(data, stop) or (len(data) - stop < 5 and 20 <= data[stop] <= 24)


def _is_ssl2(data: bytes) -> bool:
    """A ClientHello of SSL 2.0 (RFC 6101 appendix E), which may offer newer versions."""
    if len(data) < 11 or not data[0] & 0x80 or data[2] != CLIENT_HELLO:
        return False
    version = data[3] << 8 | data[4]
    ciphers, session = data[5] << 8 | data[6], data[7] << 8 | data[8]
    return version in (2, 0x0300, 0x0301, 0x0302, 0x0303) and ciphers % 3 == 0 and session in (0, 16) and 0 < ciphers < 2048


def _hello(conversation: Conversation, heads: Heads, side: str) -> tuple[Handshake | None, Stream]:
    """The first handshake message of a side; the stream is read further only where the hello is longer than the peek."""
    stream, data = (heads.out, heads.sent) if side == "out" else (heads.back, heads.answered)
    found = first_handshake(data)
    if found is not None and not found.complete and stream.truncated and found.type in (CLIENT_HELLO, SERVER_HELLO):
        stream = conversation.out(MAX_HELLO) if side == "out" else conversation.back(MAX_HELLO)
        start, end = next(runs(stream), (0, 0))
        found = first_handshake(stream.data[start:end])
    return found, stream


def _read(conversation: Conversation, heads: Heads) -> Read:
    notes = notes_for(conversation)
    own, stream = _hello(conversation, heads, "out")
    other, _ = _hello(conversation, heads, "back")
    client, server = (own, other) if own is None or own.type != SERVER_HELLO else (other, own)
    hello = parse_client_hello(client.body) if client is not None and client.type == CLIENT_HELLO else None
    answer = parse_server_hello(server.body) if server is not None and server.type == SERVER_HELLO else None
    details = [] if hello is None else describe(hello, "t")
    protection, version = _protection(hello, answer)
    if answer is not None and answer.alpn:
        details.append(("alpn", answer.alpn[0].decode("ascii", "backslashreplace")))
    if version is not None:
        details.append(("version", version))
    elif is_record(heads.sent) or is_record(heads.answered):
        data = heads.sent if is_record(heads.sent) else heads.answered
        details.append(("record_version", VERSION_NAMES.get(data[1] << 8 | data[2], f"0x{data[1]:02x}{data[2]:02x}")))
    alert = alert_in(heads.answered)
    if alert is not None:
        details.append(("alert", alert))
    if hello is not None and client is not None and not client.complete:
        notes.add("a ClientHello ends before it is complete")
    messages: list[Message] = []
    host = None
    if hello is not None and hello.server_name is not None:
        host = name_only(host_name(hello.server_name))
        if client is own and client is not None:
            at = client.stream_offset(hello.server_name_at)
            messages.append(_message(conversation, stream, hello.server_name, at))
    return Read(
        protocols=("tls",),
        protection=protection,
        messages=messages,
        host=host,
        host_source="tls-sni" if host else None,
        why=_why(version, hello, answer, alert),
        details=tuple(sorted(details)),
        problems=notes.problems(),
    )


def _message(conversation: Conversation, stream: Stream, name: bytes, at: int) -> Message:
    section = Section("server name", "", name, at)
    return Message(flow=conversation.index, protocol="tls", time_ns=stream.time_ns(at), sections=(section,))


def _protection(hello: Hello | None, answer: Hello | None) -> tuple[Protection, str | None]:
    """The word of the contract, and the version's name where it is known."""
    if answer is not None:
        version = answer.version
    elif hello is not None:
        offers = {draft(v) for v in hello.versions if not grease(v)}
        if len(offers) != 1:
            return "unknown", None
        version = offers.pop()
    else:
        return "unknown", None
    return PROTECTIONS.get(version, "unknown"), VERSION_NAMES.get(version, f"0x{version:04x}")


def _why(version: str | None, hello: Hello | None, answer: Hello | None, alert: str | None) -> str:
    if alert is not None and alert.startswith("fatal") and answer is None:
        return f"the server refused the handshake ({alert})"
    if version is not None:
        return f"{version}; {_NO_KEYS}"
    if hello is not None:
        return f"TLS, version not known because no ServerHello was captured; {_NO_KEYS}"
    return f"TLS, begun before the capture or not by a hello that could be read; {_NO_KEYS}"


PROTOCOL = Protocol(name="tls", transports=("tcp",), recognise=_recognise, read=_read)
