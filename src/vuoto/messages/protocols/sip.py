"""SIP (RFC 3261) over UDP and TCP, read as the text protocol it shares with HTTP. Compact field names are not expanded."""

from __future__ import annotations

from typing import Final

from vuoto.facts.flows import Conversation
from vuoto.messages.protocol import GATHER_LIMIT, Heads, Protocol, Read, gather, notes_for
from vuoto.messages.start_lines import Dialect
from vuoto.messages.text_messages import TextReading, is_start

_SIP: Final = Dialect(name="sip", version=b"SIP/")


def _recognise(heads: Heads) -> int:
    if is_start(heads.sent, _SIP) is not None:
        return 95
    return 65 if is_start(heads.answered, _SIP) is not None else 0  # less than what HTTP gives a request of its own


def _read(conversation: Conversation, heads: Heads) -> Read:
    notes = notes_for(conversation)
    stream = gather(conversation, heads, GATHER_LIMIT, notes)
    reading = TextReading(stream, conversation.index, _SIP, notes, datagrams=heads.transport == "udp")
    return Read(protocols=("sip",), protection="none", messages=reading.messages, problems=notes.problems())


PROTOCOL = Protocol(name="sip", transports=("tcp", "udp"), recognise=_recognise, read=_read)
