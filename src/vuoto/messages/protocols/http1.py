"""HTTP/1.0 and 1.1 (RFC 9110, 9112), and simple requests of HTTP/0.9.

What leaves the device is read, be it requests or (where the device is the server) answers. After CONNECT or an upgrade the rest
is handed on.
"""

from __future__ import annotations

from vuoto.facts.flows import Conversation
from vuoto.messages.host_names import name_only
from vuoto.messages.protocol import GATHER_LIMIT, Heads, Protocol, Read, gather, notes_for
from vuoto.messages.start_lines import HTTP, find_start
from vuoto.messages.text_messages import TextReading, is_start


def _recognise(heads: Heads) -> int:
    start = is_start(heads.sent, HTTP)
    if start is not None:
        return 90 if start.version.startswith(b"HTTP/") else 60
    if heads.answered.startswith((b"HTTP/1.", b"HTTP/0.")):
        return 70
    if b" HTTP/1." in heads.sent and find_start(heads.sent, 0, len(heads.sent), HTTP) < len(heads.sent):
        return 50
    return 0


def _read(conversation: Conversation, heads: Heads) -> Read:
    notes = notes_for(conversation)
    stream = gather(conversation, heads, GATHER_LIMIT, notes)
    reading = TextReading(stream, conversation.index, HTTP, notes, answered=heads.answered)
    host = next((m.host for m in reading.messages if name_only(m.host) is not None), None)
    return Read(
        protocols=(min(reading.versions, default="http/1.1", key=lambda v: v != "http/1.1"),),
        protection="none",
        messages=reading.messages,
        host=host,
        host_source="http" if host else None,
        problems=notes.problems(),
        rest=reading.rest,
    )


PROTOCOL = Protocol(name="http/1", transports=("tcp",), recognise=_recognise, read=_read)
