"""HALL: joins frames into two-sided conversations, in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from vuoto.facts.frames import Capture
from vuoto.flows.conversations import Conversation, FlowConversations, rfc3339
from vuoto.flows.streams import reader
from vuoto.flows.tags import Tags
from vuoto.flows.tally import Tally
from vuoto.flows.window import Columns, WindowReader, by_frame, join_columns

__all__ = ["Conversation", "FlowConversations", "assemble_flows", "rfc3339"]

JOINED_AT_A_TIME: Final = 2_000_000
"""Rows whose columns are joined at a time: thousands of small arrays would leave the memory in splinters, of these some 90 MB."""


def assemble_flows(
    capture: Capture,
    input_index: int,
    *,
    device_addresses: Sequence[str] = (),
    progress: Callable[[int], None] | None = None,
) -> FlowConversations:
    """The conversations of a capture, by time of their first frame. Reads `capture.batches()` to its end.

    Payload is not read here, but later and only as far as somebody asks: some 43 bytes a frame stay in memory. `device_addresses`
    decide which side is the device; without them it is inferred over the whole capture. `progress` is told the bytes read so far.
    """
    tally = Tally("")
    tags = Tags()
    windows = WindowReader(tally)
    parts: list[Columns] = []
    joined: list[Columns] = []
    rows = 0
    for batch in capture.batches():
        columns = windows.read(batch)
        tags.take(batch)
        if columns is not None:
            parts.append(columns)
            rows += len(columns.frame)
        if rows >= JOINED_AT_A_TIME:
            joined.append(join_columns(parts))
            parts.clear()
            rows = 0
        if progress is not None:
            progress(capture.position)
    columns = join_columns([*joined, *parts])
    joined.clear()
    parts.clear()
    rest = windows.rest()
    if rest is not None:
        columns = by_frame([columns, rest])
    fragments = windows.fragments
    return FlowConversations(
        columns,
        (windows.v4, windows.v6),
        reader(capture.read_at, fragments.joined),
        fragments.frames,
        tally,
        tags,
        input_index=input_index,
        told=device_addresses,
    )
