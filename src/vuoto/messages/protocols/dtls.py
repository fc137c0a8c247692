"""DTLS 1.0 to 1.3 (RFC 6347, 9147) over UDP: the hellos where they are not fragmented. Not read: fragmented hellos."""

from __future__ import annotations

from vuoto.facts.flows import Conversation
from vuoto.facts.messages import Message, Section
from vuoto.messages.client_hello import VERSION_NAMES, Hello, describe, parse_client_hello, parse_server_hello
from vuoto.messages.handshake import CLIENT_HELLO, HANDSHAKE, SERVER_HELLO, first_dtls_handshake
from vuoto.messages.host_names import host_name, name_only
from vuoto.messages.protocol import Heads, Protocol, Read

_LEAST = 13
"""Bytes of a record header (RFC 6347 §4.1)."""


def _is_record(data: bytes) -> bool:
    return (
        len(data) > _LEAST
        and 20 <= data[0] <= 25
        and data[1] == 0xFE
        and data[2] in (0xFF, 0xFD, 0xFC)
        and _LEAST + (data[11] << 8 | data[12]) <= len(data)
    )


def _recognise(heads: Heads) -> int:
    return 95 if _is_record(heads.sent) or _is_record(heads.answered) else 0


def _read(conversation: Conversation, heads: Heads) -> Read:
    own = first_dtls_handshake(heads.sent) if _is_record(heads.sent) else None
    other = first_dtls_handshake(heads.answered) if _is_record(heads.answered) else None
    hello: Hello | None = None
    details: list[tuple[str, str]] = []
    version = next((d[1] << 8 | d[2] for d in (heads.sent, heads.answered) if _is_record(d)), 0)
    for found in (own, other):
        if found is not None and found.type == CLIENT_HELLO:
            hello = parse_client_hello(found.body, dtls=True)
        elif found is not None and found.type == SERVER_HELLO:
            answer = parse_server_hello(found.body)
            version = answer.version if answer is not None else version
    messages: list[Message] = []
    host = None
    if hello is not None:
        details = describe(hello, "d")
        if hello.server_name is not None:
            host = name_only(host_name(hello.server_name))
            if own is not None and own.type == CLIENT_HELLO:
                section = Section("server name", "", hello.server_name, own.stream_offset(hello.server_name_at))
                time_ns = heads.out.time_ns(section.offset)
                messages.append(Message(flow=conversation.index, protocol="dtls", time_ns=time_ns, sections=(section,)))
    name = VERSION_NAMES.get(version, f"0x{version:04x}")
    details.append(("version", name))
    begun = "" if HANDSHAKE in (heads.sent[:1] or b"\0") or hello is not None else ", begun before the capture"
    return Read(
        protocols=("dtls",),
        protection="dtls",
        messages=messages,
        host=host,
        host_source="tls-sni" if host else None,
        why=f"{name}{begun}; no key log was given",
        details=tuple(sorted(details)),
    )


PROTOCOL = Protocol(name="dtls", transports=("udp",), recognise=_recognise, read=_read)
