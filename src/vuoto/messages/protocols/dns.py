"""DNS over UDP and TCP (RFC 1035), mDNS (RFC 6762), LLMNR (RFC 4795).

What leaves the device: the names it asks for, EDNS options that single it out (RFC 7871; the MAC address that dnsmasq adds),
and the text it publishes about itself by mDNS. Addresses it publishes are not repeated: each datagram's own header says as
much. What comes back: which name each address was asked for by. Name: as dotted text; its bytes are the length-prefixed labels
at the section's offset.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from vuoto.facts.flows import Conversation, Stream
from vuoto.facts.messages import Message, Section
from vuoto.messages.dns_message import (
    OPT,
    TXT,
    TYPE_NAMES,
    DnsMessage,
    Record,
    addresses,
    client_subnet,
    options,
    parse,
    read_name,
    texts,
)
from vuoto.messages.protocol import GATHER_LIMIT, MAX_MESSAGES, Heads, Notes, Protocol, Read, gather, notes_for, runs

_PORTS: Final = {53: "dns", 5353: "mdns", 5355: "llmnr"}

ANSWERS_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of answers read of one conversation: some 30,000 answers; what comes in only names recipients."""

_MAX_KEPT: Final = 16_384
"""Distinct payloads remembered, of at most `_MAX_KEPT_SIZE` bytes each; forgotten all at once when full."""

_MAX_KEPT_SIZE: Final = 512

_CLIENT_SUBNET: Final = 8
_DEVICE_MAC: Final = 65001
"""EDNS option of the range for local use in which dnsmasq (`--add-mac`) sends the client's MAC address, six octets."""

_NAME_AT: Final = {2: 0, 5: 0, 12: 0, 15: 2, 33: 6}
"""Where in the rdata of NS, CNAME, PTR, MX and SRV a name stands (RFC 1035 §3.3, RFC 2782)."""

_OPCODES: Final = 6
"""The highest that is assigned (IANA, DNS OpCodes)."""

_NETBIOS: Final = 137
"""RFC 1002 §4.2.1: the same headers, but names in another coding."""

_Pieces = tuple[tuple[str, str, bytes, int], ...]
_KEPT: dict[bytes, _Pieces | None] = {}


def _recognise(heads: Heads) -> int:
    tcp = heads.transport == "tcp"
    server, client = heads.ports
    on_port = server in _PORTS or client in _PORTS
    if (tcp and not on_port) or _NETBIOS in heads.ports:
        return 0
    if tcp:
        sent, answered = _unframed(heads.sent), _unframed(heads.answered)
    else:
        sent, answered = heads.sent, heads.answered
    best = 0
    candidates = [sent, answered]
    if on_port and not tcp and len(heads.out.starts) > 1:  # junk in front is a known evasion
        candidates += [heads.out.data[start:end] for start, end in islice(runs(heads.out), 1, 4)]
    for payload in candidates:
        if len(payload) < 12:
            continue
        opcode = payload[2] >> 3 & 15
        if on_port:
            if opcode <= _OPCODES and (payload[4:6] == b"\0\0" or read_name(payload, 12) is not None):
                return 90
            found = parse(payload)
            if found is not None and found.complete and found.stop == len(payload):
                return 90
        elif not tcp and payload[2] & 0x7A == 0 and payload[3] & 0x4F == 0 and payload[4:10] == b"\0\1\0\0\0\0":
            found = parse(payload)  # a query on another port must be one to the last byte
            if found is not None and found.complete and found.stop == len(payload) and found.questions[0].klass in (1, 255):
                best = max(best, 80)
    return best


def _unframed(data: bytes) -> bytes:
    return data[2:] if len(data) > 14 and data[0] << 8 | data[1] >= 12 else b""


def _read(conversation: Conversation, heads: Heads) -> Read:
    name = next((_PORTS[port] for port in heads.ports if port in _PORTS), "dns")
    notes = notes_for(conversation)
    tcp = heads.transport == "tcp"
    messages = _messages(gather(conversation, heads, GATHER_LIMIT, notes), conversation.index, name, notes, tcp=tcp)
    back = conversation.back(ANSWERS_LIMIT) if heads.back.truncated else heads.back
    data = back.data
    named: set[tuple[str, str]] = set()
    for start, end in _framed(back, None) if tcp else runs(back):
        answer = parse(data[start:end])
        if answer is not None and answer.response and answer.opcode == 0:
            named.update(addresses(data[start:end], answer))
    if back.truncated:
        notes.add(f"more than {ANSWERS_LIMIT >> 20} MiB of answers came back; the rest of them were not read")
    return Read(protocols=(name,), protection="none", messages=messages, names=tuple(sorted(named)), problems=notes.problems())


def _messages(stream: Stream, flow: int, protocol: str, notes: Notes, *, tcp: bool) -> list[Message]:
    data = stream.data
    messages: list[Message] = []
    time_ns = stream.time_ns
    new = tuple.__new__  # half a million queries: the named tuple's own constructor costs three times as much
    for start, end in _framed(stream, notes) if tcp else runs(stream):
        if len(messages) >= MAX_MESSAGES:
            notes.add(f"more than {MAX_MESSAGES} messages in one conversation; the rest were not read")
            break
        payload = data[start:end]
        pieces = _pieces(payload)
        if pieces is None:
            notes.add("a message is not DNS, or broken before its first name; it was read as bytes")
            sections: tuple[Section, ...] = (Section("stream" if tcp else "datagram", "", payload, start),)
            messages.append(Message(flow=flow, protocol="bytes", time_ns=time_ns(start), sections=sections))
            continue
        sections = tuple([new(Section, (label, name, value, start + at, (), "")) for label, name, value, at in pieces])
        messages.append(Message(flow=flow, protocol=protocol, time_ns=time_ns(start), sections=sections))
    return messages


def _framed(stream: Stream, notes: Notes | None) -> Iterator[tuple[int, int]]:
    """RFC 1035 §4.2.2: two octets of length before each message."""
    data = stream.data
    for start, end in runs(stream):
        at = start
        while at + 2 < end:
            length = data[at] << 8 | data[at + 1]
            stop = min(at + 2 + length, end)
            if length and notes is not None and at + 2 + length > end:
                notes.add("a message over TCP ends before it is complete")
            if length:
                yield at + 2, stop
            at = stop


def _pieces(payload: bytes) -> _Pieces | None:
    """`(label, name, data, offset)` of each section; the identifier is no part of what is remembered."""
    key = payload[2:]
    if key in _KEPT:
        return _KEPT[key]
    message = parse(payload)
    made = None if message is None else tuple(_split(payload, message))
    if len(key) <= _MAX_KEPT_SIZE:
        if len(_KEPT) >= _MAX_KEPT:
            _KEPT.clear()
        _KEPT[key] = made
    return made


def _split(payload: bytes, message: DnsMessage) -> Iterator[tuple[str, str, bytes, int]]:
    for question in message.questions:
        yield "query name", "", question.name, question.offset
    for record in message.records:
        yield from _record(payload, record)
    if message.stop < len(payload) and payload[message.stop :].strip(b"\0"):
        yield "bytes behind the message", "", payload[message.stop :], message.stop


def _record(payload: bytes, record: Record) -> Iterator[tuple[str, str, bytes, int]]:
    kind = TYPE_NAMES.get(record.type, str(record.type))
    label = f"record {kind}"
    if record.type == OPT:
        yield from _options(payload, record)
        return
    owner = record.name.decode("latin-1")
    if record.name:
        yield "record name", "", record.name, record.name_offset
    if record.type == TXT:
        for text, at in texts(payload, record):  # RFC 6763 §6.3: key=value
            key, equals, value = text.partition(b"=")
            if equals and key:
                yield label, key.decode("latin-1"), value, at + len(key) + 1
            else:
                yield label, owner, text, at
    elif record.type in _NAME_AT:
        named = read_name(payload, record.offset + _NAME_AT[record.type])
        if named is not None and named[0]:
            yield label, owner, named[0], record.offset + _NAME_AT[record.type]
    elif kind == "HINFO" or kind not in TYPE_NAMES.values():
        yield label, owner, payload[record.offset : record.offset + record.length], record.offset


def _options(payload: bytes, record: Record) -> Iterator[tuple[str, str, bytes, int]]:
    for code, at, length in options(payload, record):
        value = payload[at : at + length]
        if code == _CLIENT_SUBNET:
            subnet = client_subnet(value)
            if subnet is not None:
                yield "EDNS client subnet", "client subnet", subnet.encode(), at
        elif code == _DEVICE_MAC and length == 6:
            yield "EDNS option 65001", "mac", value.hex(":").encode(), at
        elif code >= 65001 and value:  # local use, RFC 6891 §9: whatever a vendor puts there
            yield f"EDNS option {code}", "", value, at


PROTOCOL = Protocol(name="dns", transports=("udp", "tcp"), recognise=_recognise, read=_read)
