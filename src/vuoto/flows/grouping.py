"""Groups the rows of a capture by conversation and direction, and sums each up, in columns.

A *group* is one direction of one conversation: number `2 * conversation + direction`, where direction 1 is the higher end's.
Conversations are numbered in the order of their first frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.flows.columns import I64, Mask
from vuoto.flows.flood import bound_conversations
from vuoto.flows.opening import find_clients, split_reused
from vuoto.flows.tags import Tags
from vuoto.flows.tally import Tally
from vuoto.flows.transport import FIN, SYN
from vuoto.flows.window import Columns

TOO_FAR: Final = 1 << 30
"""A jump in sequence numbers that is no loss: the largest window is 1 GiB (RFC 7323 section 2.3)."""

FARTHEST: Final = 1 << 38
"""Where offsets are clipped when gaps are counted, so that hostile jumps of one stream cannot overflow the sum over all."""

_LOW_32: Final = np.uint64(0xFFFFFFFF)


@dataclass(slots=True)
class Groups:
    """Everything about the conversations of an input but the bytes themselves."""

    key: I64
    """Per conversation: number of its five-tuple."""

    repeat: I64
    """Per conversation: how many before it had the same five-tuple."""

    client: I64
    """Per conversation: direction of the side that opened it."""

    guessed: Mask
    """Per conversation: whether `client` is a guess from ports alone, as neither its beginning nor a service's port was seen."""

    started: Mask
    """Per conversation: whether its beginning was captured."""

    first: I64
    """Per conversation: time of its first frame."""

    last: I64
    """Per conversation: time of its last frame."""

    total: I64
    """Per group: payload bytes captured, repeats included."""

    gaps: I64
    """Per group: payload bytes known to be missing."""

    clean: Mask
    """Per group: whether its rows follow each other as they are."""

    begin: NDArray[np.int64]
    """Per group: its first row; one more at the end."""

    at: I64
    """Per row with payload, by group: offset in the input."""

    captured: NDArray[np.uint32]
    frame: NDArray[np.uint32]
    time_ns: I64
    relative: I64
    """Per row with payload: offset from the beginning of its TCP stream; 0 for UDP."""

    apps: Mapping[int, tuple[str, ...]]
    """Per conversation for which the capture names any: the apps, those of most frames first."""


def group_rows(c: Columns, tally: Tally, tags: Tags) -> Groups:
    """Sorts the rows by conversation and direction, and sums each up. Empties `c` as it goes, so that no column is held twice.

    More conversations than there may be (see `flood`) are counted in `tally`. `tags` are the apps that the capture names.
    """
    number, repeat_of = split_reused(c)
    number = bound_conversations(c, number, tally)
    rows = len(number)
    # The first row of each number, without a sort: of several assignments the last one stays, so they are made backwards.
    first_of = np.full(int(number.max()) + 1 if rows else 0, -1, np.int64)
    first_of[number[::-1]] = np.arange(rows - 1, -1, -1)
    present = np.flatnonzero(first_of >= 0)
    first_row = np.sort(first_of[present])
    key = c.conversation[first_row].astype(np.int64)
    repeat = repeat_of[number[first_row]] if len(repeat_of) else np.zeros(len(first_row), np.int64)
    count = len(first_row)
    rank = np.empty(len(first_of), np.int64)
    rank[number[first_row]] = np.arange(count)
    conversation = rank[number]
    del number, first_of, rank
    started, client, guessed = find_clients(c, conversation, first_row)
    apps = tags.of(conversation, c.frame)
    for name in ("conversation", "source_port", "destination_port"):
        c.drop(name)

    # Group above, row below: one sort of whole words orders both, several times as fast as a stable sort of the groups.
    words = conversation.view(np.uint64)
    del conversation
    words <<= np.uint64(1)
    words |= c.reverse
    words <<= np.uint64(32)
    words |= np.arange(rows, dtype=np.uint64)
    words.sort()
    order = (words & _LOW_32).astype(np.int64)
    words >>= np.uint64(32)
    group = words.view(np.int64)
    begin = np.searchsorted(group, np.arange(2 * count + 1))

    tcp, flags, sequence, captured, wire = c.tcp[order], c.flags[order], c.sequence[order], c.captured[order], c.wire[order]
    for name in ("reverse", "tcp", "flags", "sequence", "captured", "wire"):
        c.drop(name)
    relative, counted = _relative(sequence, flags, wire, tcp, group)
    del sequence, flags
    clean, gaps, late = _contiguity(group, relative, captured, wire, tcp, counted, 2 * count)
    del group, words, counted, wire, tcp
    started &= ~late[2 * np.arange(count) + client]
    total = _sums(captured, begin)
    time = c.time_ns[order]
    c.drop("time_ns")
    first, last = _extremes(time, begin, count)
    # Only rows with payload stay: acknowledgements have been counted.
    kept = np.flatnonzero(captured > 0)
    begin = np.searchsorted(kept, begin)
    if len(kept) < rows:  # one after the other, so that no two of them are held twice
        relative = relative[kept]
        captured = captured[kept]
        time = time[kept]
        order = order[kept]
    del kept
    frame = c.frame[order]
    c.drop("frame")
    return Groups(
        key=key,
        repeat=repeat,
        client=client,
        guessed=guessed,
        started=started,
        first=first,
        last=last,
        total=total,
        gaps=gaps,
        clean=clean,
        begin=begin,
        at=c.at[order],
        captured=captured,
        frame=frame,
        time_ns=time,
        relative=relative,
        apps=apps,
    )


def _relative(
    sequence: NDArray[np.uint32], flags: NDArray[np.uint8], wire: NDArray[np.uint32], tcp: Mask, group: I64
) -> tuple[I64, I64]:
    """Offset of each TCP row's payload in its stream, and the rows that take up sequence numbers of it (payload or a FIN).

    Sequence numbers are unwrapped (RFC 9293 section 3.4): a step of less than half their range is taken the short way round.
    """
    relative = np.zeros(len(sequence), np.int64)
    syn = (flags & SYN) != 0
    # Only rows that take up numbers move the count: a stray acknowledgement with any number must not.
    at = np.flatnonzero(tcp & ((wire > 0) | ((flags & (SYN | FIN)) != 0)))
    if not len(at):
        return relative, at
    owner = group[at]
    head = np.ones(len(at), np.bool_)
    head[1:] = owner[1:] != owner[:-1]
    offset = np.zeros(len(at), np.int64)
    offset[1:] = (sequence[at[1:]] - sequence[at[:-1]]).view(np.int32)
    offset[head] = 0
    np.cumsum(offset, out=offset)
    # A stream begins at its lowest number, or, where that was captured, with the last SYN before its first payload.
    heads = np.flatnonzero(head)
    of_head = np.cumsum(head, dtype=np.int32) - np.int32(1)
    beginning = np.minimum.reduceat(offset, heads)
    speaks = np.flatnonzero(wire[at] > 0)
    first_payload = np.full(len(heads), len(at), np.int64)
    first_payload[of_head[speaks[::-1]]] = speaks[::-1]
    syns = np.flatnonzero(syn[at])
    beginning[of_head[syns[::-1]]] = offset[syns[::-1]]
    early = syns[syns <= first_payload[of_head[syns]]]
    beginning[of_head[early]] = offset[early]
    offset -= beginning[of_head]
    relative[at] = offset
    return relative, at[(wire[at] > 0) | ~syn[at]]


def _contiguity(
    group: I64,
    relative: I64,
    captured: NDArray[np.uint32],
    wire: NDArray[np.uint32],
    tcp: Mask,
    counted: I64,
    groups: int,
) -> tuple[Mask, I64, Mask]:
    """For each group: do its rows follow each other as they are, how many bytes are missing, and are the first ones among them.

    `counted` are the TCP rows that take up sequence numbers.
    """
    clean = np.ones(groups, np.bool_)
    gaps = np.zeros(groups, np.int64)
    late = np.zeros(groups, np.bool_)
    cut = np.flatnonzero(~tcp & (captured != wire))
    np.add.at(gaps, group[cut], wire[cut].astype(np.int64) - captured[cut])
    if not len(counted):
        return clean, gaps, late
    owner, low = group[counted], relative[counted]
    head = _heads(owner)
    expected = np.zeros(len(counted), np.int64)
    expected[1:] = low[:-1] + captured[counted[:-1]]
    expected[head] = 0
    broken = (low != expected) | (captured[counted] != wire[counted])
    clean[owner[broken]] = False

    rows = counted[~clean[owner]]
    if not len(rows):
        return clean, gaps, late
    rows = rows[np.lexsort((relative[rows], group[rows]))]
    owner = group[rows]
    head = _heads(owner)
    low = np.clip(relative[rows], -FARTHEST, FARTHEST)
    # One running maximum over all groups: each group is lifted above the one before.
    lift = np.cumsum(head) * (3 * FARTHEST)
    reached = np.maximum.accumulate(low + captured[rows] + lift)
    before = np.zeros(len(rows), np.int64)
    before[1:] = np.maximum(reached[:-1] - lift[1:], 0)
    before[head] = 0
    missing = low - before
    late[owner[head & (missing > 0)]] = True
    # What the snap length cut off the end of a stream, or a FIN stands behind.
    heads = np.flatnonzero(head)
    tails = np.append(heads[1:], len(rows)) - 1
    sent = np.maximum.reduceat(low + wire[rows], heads)
    unseen = sent - np.maximum(reached[tails] - lift[tails], 0)
    for which, lost in ((owner, missing), (owner[heads], unseen)):
        known = (lost > 0) & (lost < TOO_FAR)
        np.add.at(gaps, which[known], lost[known])
    return clean, gaps, late


def _heads(owner: I64) -> Mask:
    head = np.ones(len(owner), np.bool_)
    head[1:] = owner[1:] != owner[:-1]
    return head


def _extremes(time: I64, begin: I64, count: int) -> tuple[I64, I64]:
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    edges = begin[:-1:2]
    return np.minimum.reduceat(time, edges), np.maximum.reduceat(time, edges)


def _sums(captured: NDArray[np.uint32], begin: I64) -> I64:
    total = np.concatenate((np.zeros(1, np.int64), np.cumsum(captured, dtype=np.int64)))
    sums: I64 = total[begin[1:]] - total[begin[:-1]]
    return sums
