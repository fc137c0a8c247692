"""Protocols that no plug-in reads: every outgoing byte is handed on as it is.

Clear text in a home-made format is the case that matters most, so nothing is dropped here but what is beyond a bound, and that
is said.
"""

from __future__ import annotations

from typing import Final

from vuoto.facts.flows import Conversation, Stream
from vuoto.facts.messages import Message, Section
from vuoto.messages.handshake import HANDSHAKE, is_record
from vuoto.messages.protocol import GATHER_LIMIT, MAX_MESSAGES, Heads, Notes, Read, Rest, gather, notes_for, runs
from vuoto.messages.well_known import name_of

BINARY_LIMIT: Final = 16 * 1024 * 1024
"""Bytes gathered of one direction of binary unknown traffic: a phone's identifiers stand at its beginning, a film behind."""

_SAMPLE: Final = 64 * 1024
"""Bytes that entropy is measured over."""

_ASIDE: Final = 8192
"""Bytes of the outgoing stream searched for the beginning of TLS."""

_HELLO: Final = bytes((HANDSHAKE, 3))

_TEXT: Final = bytes(range(0x20, 0x7F)) + b"\t\r\n"

_TEXT_SHARE: Final = 0.85
"""Share of printable characters from which bytes count as text: length prefixes and separators of home-made formats take some."""


def is_text(data: bytes) -> bool:
    """Whether `data` is mostly printable: ASCII, or UTF-8 with few control characters."""
    if not data:
        return False
    odd = data.translate(None, _TEXT)
    if len(odd) <= len(data) * (1 - _TEXT_SHARE):
        return True
    controls = sum(1 for byte in odd if byte < 0x80)
    if controls > len(data) * (1 - _TEXT_SHARE):
        return False
    for cut in range(4):  # the sample may end within a character
        try:
            data[: len(data) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def entropy(data: bytes) -> float:
    """Shannon entropy in bits per byte, 0 to 8."""
    import numpy as np

    if not data:
        return 0.0
    counts = np.bincount(np.frombuffer(data, dtype=np.uint8), minlength=256)
    shares = counts[counts > 0] / len(data)
    return abs(float(-(shares * np.log2(shares)).sum()))


def read_unknown(conversation: Conversation, heads: Heads) -> Read:
    """Messages of protocol `bytes`: TCP one per contiguous run, UDP one per datagram."""
    notes = notes_for(conversation)
    known = name_of(heads)
    text = is_text(heads.sent)
    stream = gather(conversation, heads, GATHER_LIMIT if text or known is not None else BINARY_LIMIT, notes)
    rest = _tls_within(heads, stream) if heads.transport == "tcp" else None
    messages = _messages(conversation, stream, notes, udp=heads.transport == "udp", stop=None if rest is None else rest.out)
    size = len(stream.data)
    if known is not None:
        name, protection, why = known
        return Read(protocols=(name,), protection=protection, messages=messages, why=why, problems=notes.problems(), rest=rest)
    why = None
    if not size:
        why = "nothing left the device"
    elif not text:
        bits = entropy(stream.data[:_SAMPLE])
        why = f"not recognised; looked through as plain bytes; {size} bytes of entropy {bits:.1f} bits per byte"
    return Read(
        protocols=(),
        protection="none" if text else "unknown",
        messages=messages,
        why=why,
        problems=notes.problems(),
        rest=rest,
    )


def _messages(conversation: Conversation, stream: Stream, notes: Notes, *, udp: bool, stop: int | None) -> list[Message]:
    messages: list[Message] = []
    label = "datagram" if udp else "stream"
    for start, run_end in runs(stream):
        end = run_end if stop is None else min(run_end, stop)
        if start >= end:
            break
        if len(messages) >= MAX_MESSAGES:
            notes.add(f"more than {MAX_MESSAGES} datagrams or runs in one conversation; the rest were not read")
            break
        section = Section(label, "", stream.data[start:end], start)
        messages.append(Message(flow=conversation.index, protocol="bytes", time_ns=stream.time_ns(start), sections=(section,)))
    return messages


def _tls_within(heads: Heads, stream: Stream) -> Rest | None:
    """Where TLS begins behind a request for it, or `None`.

    STARTTLS of mail and chat (RFC 3207, 2595, 4217, 6120 §5), SOCKS (RFC 1928), the first packets of databases: a ClientHello
    whose record and handshake agree is proof enough, whatever asked for it.
    """
    data = stream.data
    at = 0
    while True:
        at = data.find(_HELLO, at + 1, _ASIDE)
        if at < 0:
            return None
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        if (
            is_record(data, at)
            and data[at + 5 : at + 6] == b"\x01"
            and int.from_bytes(data[at + 6 : at + 9], "big") + 4 == length
        ):
            break
    back = 0
    while not is_record(heads.answered, back):
        back = heads.answered.find(_HELLO, back + 1)
        if back < 0:
            return Rest(out=at, back=len(heads.answered))
    return Rest(out=at, back=back)
