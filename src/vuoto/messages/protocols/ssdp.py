"""SSDP, the discovery of UPnP (UPnP Device Architecture 2.0 §1): HTTP-like datagrams, most to 239.255.255.250:1900."""

from __future__ import annotations

from typing import Final

from vuoto.facts.flows import Conversation
from vuoto.messages.protocol import GATHER_LIMIT, Heads, Protocol, Read, gather, notes_for
from vuoto.messages.start_lines import Dialect
from vuoto.messages.text_messages import TextReading, is_start

_SSDP: Final = Dialect(name="ssdp", version=b"HTTP/")


def _recognise(heads: Heads) -> int:
    return 90 if is_start(heads.sent, _SSDP) or is_start(heads.answered, _SSDP) else 0


def _read(conversation: Conversation, heads: Heads) -> Read:
    notes = notes_for(conversation)
    stream = gather(conversation, heads, GATHER_LIMIT, notes)
    reading = TextReading(stream, conversation.index, _SSDP, notes, datagrams=True)
    return Read(protocols=("ssdp",), protection="none", messages=reading.messages, problems=notes.problems())


PROTOCOL = Protocol(name="ssdp", transports=("udp",), recognise=_recognise, read=_read)
