"""Who opened a conversation, and where a reused pair of ports begins a new one."""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.flows.columns import I64, Mask
from vuoto.flows.transport import ACK, FIN, RST, SYN
from vuoto.flows.window import Columns

LATE_SYN: Final = 1 << 20
"""A SYN captured after payload opened the same connection if that payload begins within 1 MB behind it: frames were swapped."""

SERVICES: Final = (1883, 3478, 5060, 5222, 5223, 5228, 5353, 8008, 8080, 8443, 8883, 9999)
"""Ports above 1023 on which servers wait (IANA; 5228 is Google's push service, 9999 the registration server of the incident)."""


def split_reused(c: Columns) -> tuple[I64, I64]:
    """The conversation of each row, and per conversation how many came before it on the same ports (empty where none did).

    A SYN begins a new connection when its number is not that of the SYN before it from the same side, once that connection has
    said or ended something (RFC 9293 section 3.6.1); a repeated SYN does not. Where one side alone was captured, its SYN with ACK
    does.
    """
    number = c.conversation.astype(np.int64)
    syn = np.flatnonzero(c.tcp & ((c.flags & SYN) != 0))
    suspects = _suspects(c, number, syn)
    if not len(suspects):
        return number, np.zeros(0, np.int64)
    following = int(number.max()) + 1
    marked = np.zeros(following, np.bool_)
    marked[suspects] = True
    rows = np.flatnonzero(marked[number])
    rows = rows[np.argsort(number[rows], kind="stable")]
    telling = _telling(c, rows, number)
    few = rows[telling]
    flags = c.flags[few]
    opens = np.where((flags & SYN) == 0, 0, np.where((flags & ACK) == 0, 1, 2))
    columns = (number[few], opens, c.sequence[few], c.wire[few], flags & (FIN | RST), c.reverse[few].astype(np.int64))
    belongs: list[int] = []
    repeats: list[int] = []
    now, current, repeat, alive, asked = -1, -1, 0, False, False
    isn = [-1, -1]
    spoke = [-1, -1]
    for tuple_, opening, sequence, size, ends, side in zip(*(x.tolist() for x in columns), strict=True):
        if tuple_ != now:
            now, current, repeat, alive, asked, isn, spoke = tuple_, tuple_, 0, False, False, [-1, -1], [-1, -1]
        if opening:
            late = spoke[side] >= 0 and (spoke[side] - sequence) & 0xFFFFFFFF < LATE_SYN
            # The answer to a SYN belongs to it, whatever number it carries.
            answers = opening == 2 and asked
            if alive and sequence != isn[side] and not answers and not (isn[side] < 0 and late):
                current, following, repeat = following, following + 1, repeat + 1
                repeats.append(repeat)
                alive, isn, spoke = False, [-1, -1], [-1, -1]
            isn[side] = sequence
            asked = opening == 1
        elif size or ends:
            alive = True
        if size and spoke[side] < 0:
            spoke[side] = sequence
        belongs.append(current)
    # What tells nothing belongs to what told last.
    number[rows] = np.array(belongs, np.int64)[np.cumsum(telling, dtype=np.int32) - 1]
    return number, np.concatenate((np.zeros(len(marked), np.int64), np.array(repeats, np.int64)))


def _telling(c: Columns, rows: I64, number: I64) -> Mask:
    """Which of `rows` (by five-tuple) can begin a connection or say that one is alive.

    Each five-tuple's first row, each SYN, and after it the first payload of each side and the first end: a handful where a
    connection has thousands of rows.
    """
    owner = number[rows]
    telling = np.ones(len(rows), np.bool_)
    telling[1:] = owner[1:] != owner[:-1]
    del owner
    flags = c.flags[rows]
    opens = (flags & SYN) != 0
    telling |= opens
    since = np.cumsum(telling, dtype=np.int32)
    ends = np.flatnonzero(((flags & (FIN | RST)) != 0) & ~opens)
    says = np.flatnonzero((c.wire[rows] > 0) & ~opens)
    for which, slot in ((ends, since[ends]), (says, since[says] * 2 + c.reverse[rows[says]])):
        if len(which):
            # Of several assignments the last one stays: made backwards, that is the first.
            first = np.full(int(slot.max()) + 1, -1, np.int64)
            first[slot[::-1]] = which[::-1]
            telling[first[first >= 0]] = True
    return telling


def _suspects(c: Columns, number: I64, syn: I64) -> I64:
    """The five-tuples with several SYNs or answers, a SYN behind an answer, or a first SYN that is not their first row."""
    if not len(syn):
        return syn
    count = int(number.max()) + 1
    # Of several assignments the last one stays: made backwards, that is the first row, and the first SYN.
    first = np.full(count, -1, np.int64)
    first[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    opened = np.full(count, -1, np.int64)
    opened[number[syn[::-1]]] = syn[::-1]
    suspect = (opened >= 0) & (opened != first)
    answering = (c.flags[syn] & ACK) != 0
    answers, asks = syn[answering], syn[~answering]
    for some in (answers, asks):
        suspect |= np.bincount(number[some], minlength=count) > 1
    # Who asks behind an answer asks for another connection, or his frame came late.
    answered = np.full(count, len(number), np.int64)
    answered[number[answers[::-1]]] = answers[::-1]
    asked = np.full(count, -1, np.int64)
    asked[number[asks]] = asks
    suspect |= answered < asked
    return np.flatnonzero(suspect)


def find_clients(c: Columns, conversation: I64, first_row: I64) -> tuple[Mask, I64, Mask]:
    """Whether the beginning was seen, the direction of the client, and whether that is only a guess, of which bytes may say more.

    The client is who sends a SYN, else who does not answer with SYN and ACK, else the side whose port is not a service's, else
    who speaks first.
    """
    client = np.full(len(first_row), -1, np.int64)
    direction = c.reverse.astype(np.int64)
    syn = np.flatnonzero(c.tcp & ((c.flags & (SYN | ACK)) == SYN))
    # Of several assignments the last one stays: made backwards, that is the first SYN.
    client[conversation[syn[::-1]]] = direction[syn[::-1]]
    answer = np.flatnonzero(c.tcp & ((c.flags & (SYN | ACK)) == (SYN | ACK)))
    answer = answer[client[conversation[answer]] < 0]
    client[conversation[answer[::-1]]] = 1 - direction[answer[::-1]]
    # UDP has no beginning that could be missed.
    started = (client >= 0) | ~c.tcp[first_row]
    rest = np.flatnonzero(client < 0)
    first = first_row[rest]
    source, destination = c.source_port[first].astype(np.int64), c.destination_port[first].astype(np.int64)
    to_service, from_service = _is_service(destination), _is_service(source)
    speaker = np.where(from_service & ~to_service, 1 - direction[first], direction[first])
    # Neither port is a service's: servers wait on the lower one, as ephemeral ports are high (RFC 6335 section 6).
    unnamed = c.tcp[first] & ~to_service & ~from_service
    client[rest] = np.where(unnamed & (source < destination), 1 - direction[first], speaker)
    guessed = np.zeros(len(first_row), np.bool_)
    guessed[rest] = c.tcp[first] & (to_service == from_service)
    return started, client, guessed


def _is_service(port: I64) -> Mask:
    return (port < 1024) | np.isin(port, SERVICES)
