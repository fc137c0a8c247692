"""RTSP 1.0 and 2.0 (RFC 2326, 7826), read as the text protocol it shares with HTTP; interleaved media become `bytes`."""

from __future__ import annotations

from typing import Final

from vuoto.facts.flows import Conversation
from vuoto.messages.protocol import GATHER_LIMIT, Heads, Protocol, Read, gather, notes_for
from vuoto.messages.start_lines import Dialect
from vuoto.messages.text_messages import TextReading, is_start

_RTSP: Final = Dialect(name="rtsp", version=b"RTSP/")


def _recognise(heads: Heads) -> int:
    if is_start(heads.sent, _RTSP) is not None:
        return 95
    return 65 if is_start(heads.answered, _RTSP) is not None else 0  # less than what HTTP gives a request of its own


def _read(conversation: Conversation, heads: Heads) -> Read:
    notes = notes_for(conversation)
    stream = gather(conversation, heads, GATHER_LIMIT, notes)
    reading = TextReading(stream, conversation.index, _RTSP, notes)
    return Read(protocols=("rtsp",), protection="none", messages=reading.messages, problems=notes.problems())


PROTOCOL = Protocol(name="rtsp", transports=("tcp",), recognise=_recognise, read=_read)
