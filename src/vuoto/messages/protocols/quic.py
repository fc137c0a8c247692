"""QUIC (RFC 9000, 9001, 9369; drafts 23 to 34).

Opens the client's Initial packets, whose keys anyone can derive, for the ClientHello. What follows needs the
connection's own keys. Google's older versions are recognised, and their clear first packets read as bytes.
"""

from __future__ import annotations

from vuoto.facts.flows import Conversation, Stream
from vuoto.facts.messages import Message, Section
from vuoto.messages.client_hello import Hello, describe, parse_client_hello
from vuoto.messages.handshake import CLIENT_HELLO
from vuoto.messages.host_names import host_name, name_only
from vuoto.messages.protocol import Heads, Protocol, Read, runs
from vuoto.messages.quic_initial import MAX_DATAGRAMS, Crypto, long_header, read_datagram, reserved, salt_of, version_name

_INITIALS = 64 * 1024
"""Bytes of the outgoing stream read for the ClientHello: some fifty datagrams of 1,200."""


def _recognise(heads: Heads) -> int:
    best = 0
    for data in (heads.sent, heads.answered):
        header = long_header(data)
        if header is not None and header.version == 0 and _lists_versions(data[header.after :]):
            best = max(best, 75)
        elif header is not None and _is_known(header.version):
            best = max(best, 92)
        elif _google_version(data) or (header is not None and reserved(header.version)):  # RFC 9000 §15
            best = max(best, 85)
    if best == 0 and 443 in heads.ports and _short(heads.sent) and (not heads.answered or _short(heads.answered)):
        return 20
    return best


def _is_known(version: int) -> bool:
    return salt_of(version) is not None or version >> 8 in (0xFF0000, 0xFACEB0)  # IETF's drafts, Facebook's own


def _lists_versions(data: bytes) -> bool:
    """The body of a version negotiation (RFC 9000 §17.2.1), at least one of whose versions is known."""
    versions = [int.from_bytes(data[i : i + 4], "big") for i in range(0, min(len(data), 256), 4)]
    return len(data) % 4 == 0 and any(_is_known(v) for v in versions)


def _google_version(data: bytes) -> str:
    """`Q043`: public header with the version flag (Q043 and older), or a long header (Q046 to T051); else `""`."""
    if len(data) < 14:
        return ""
    for at, flag in ((9, 0x08), (1, 0x80)):
        text = data[at : at + 4]
        public = at == 9 and data[0] & 0x01
        if data[0] & flag and (public or at == 1) and text[:1] in (b"Q", b"T") and text[1:].isdigit():
            return text.decode("ascii")
    return ""


def _short(data: bytes) -> bool:
    """Whether it may be a packet with a short header (RFC 9000 §17.3): the fixed bit, and long enough to be sampled."""
    return len(data) >= 21 and data[0] & 0xC0 == 0x40


def _read(conversation: Conversation, heads: Heads) -> Read:
    stream = conversation.out(_INITIALS) if heads.out.truncated else heads.out
    header = long_header(heads.sent) or long_header(heads.answered)
    google = _google_version(heads.sent) or _google_version(heads.answered)
    details: list[tuple[str, str]] = []
    crypto = Crypto()
    first_at = -1
    for count, (start, end) in enumerate(runs(stream)):
        if count >= MAX_DATAGRAMS or crypto.packets >= 64:
            break
        before = crypto.opened
        read_datagram(stream.data[start:end], crypto)
        if first_at < 0 and crypto.opened > before:
            first_at = start
        if crypto.opened > before and _whole(crypto.joined()):
            break
    hello = _client_hello(crypto.joined())
    messages: list[Message] = []
    host = None
    if hello is not None:
        details.extend(describe(hello, "q"))
        if hello.server_name is not None:
            host = name_only(host_name(hello.server_name))
            section = Section("server name", "", hello.server_name, first_at)
            messages.append(
                Message(flow=conversation.index, protocol="quic", time_ns=stream.time_ns(first_at), sections=(section,))
            )
    elif google:
        messages.extend(_clear(conversation, stream))
    if google:
        details.append(("version", google))
    elif header is not None and header.version:
        details.append(("version", version_name(header.version)))
    known = header is not None or google != ""
    return Read(
        protocols=("quic",),
        protection="quic" if known else "unknown",
        messages=messages,
        host=host,
        host_source="quic-sni" if host else None,
        why=_why(header.version if header else 0, google, hello, known=known, tried=crypto.packets),
        details=tuple(sorted(details)),
    )


def _whole(data: bytes) -> bool:
    return len(data) >= 4 and len(data) >= 4 + int.from_bytes(data[1:4], "big")


def _client_hello(data: bytes) -> Hello | None:
    """RFC 9001 §4: CRYPTO frames carry handshake messages without records."""
    if len(data) < 4 or data[0] != CLIENT_HELLO:
        return None
    return parse_client_hello(data[4 : 4 + int.from_bytes(data[1:4], "big")])


def _clear(conversation: Conversation, stream: Stream) -> list[Message]:
    """Google's QUIC up to Q046 sends its CHLO in the clear: server name, user agent, connection options."""
    return [
        Message(
            flow=conversation.index,
            protocol="bytes",
            time_ns=stream.time_ns(start),
            sections=(Section("datagram", "", stream.data[start:end], start),),
        )
        for start, end in runs(stream)
        if b"CHLO" in stream.data[start : start + 64]
    ]


def _why(version: int, google: str, hello: Hello | None, *, known: bool, tried: int) -> str:
    if not known:
        return "looks like QUIC, begun before the capture; without its first packets nothing can be told"
    if google:
        return f"Google QUIC {google}; that version's encryption is not read"
    if hello is not None:
        return f"QUIC version {version_name(version)}; no key log was given"
    if version == 0:
        return "QUIC, versions being negotiated; no first packet was captured"
    if salt_of(version) is None:
        return f"QUIC version {version_name(version)}, which is not known; nothing was read"
    if tried:
        return "QUIC; its first packets are incomplete, broken or from before the capture, so no ClientHello was read"
    return "QUIC, begun before the capture or only 0-RTT and later packets; no key log was given"


PROTOCOL = Protocol(name="quic", transports=("udp",), recognise=_recognise, read=_read)
