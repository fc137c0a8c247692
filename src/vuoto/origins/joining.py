"""Joins what was recorded on the device to conversations of the capture: by addresses, ports and transport, and by time.

Addresses, ports and transport are what a Community ID says. A pair of ports is used again within hours, so the time decides
between conversations with the same ends. The device's clock and that of whoever captured may differ: where the times fit no
conversation and only one has these ends, it is that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from vuoto.facts.flows import Flow
from vuoto.facts.origins import SocketTrace

BEFORE: Final = 5.0
"""Seconds that an operation may lie before the first packet: the way from a call to the wire, and clocks."""

AFTER: Final = 2.0
"""Seconds that it may lie after the last packet."""

MOST_PER_FLOW: Final = 16
"""Different stacks kept per conversation."""


def join_traces(traces: Sequence[SocketTrace], flows: Iterable[Flow]) -> Mapping[str, tuple[SocketTrace, ...]]:
    """By the id of the conversation, the operations recorded for it, each stack once."""
    by_ends: defaultdict[tuple[str, frozenset[str]], list[tuple[float, float, str]]] = defaultdict(list)
    for flow in flows:
        if flow.client and flow.server:
            span = (_seconds(flow.first), _seconds(flow.last), flow.id)
            by_ends[flow.transport, frozenset((flow.client, flow.server))].append(span)
    found: defaultdict[str, dict[tuple[object, ...], SocketTrace]] = defaultdict(dict)
    for trace in traces:
        spans = by_ends.get((trace.transport, frozenset((trace.local, trace.remote))), ())
        at = trace.time_ns / 1e9
        fitting = [name for first, last, name in spans if first - BEFORE <= at <= last + AFTER]
        if not fitting and len(spans) == 1:
            fitting = [spans[0][2]]
        for name in fitting[:1]:
            kept = found[name]
            if len(kept) < MOST_PER_FLOW:
                kept.setdefault((trace.process, trace.stack), trace)
    return {flow: tuple(kept.values()) for flow, kept in found.items()}


def _seconds(time: str | None) -> float:
    return datetime.fromisoformat(time).timestamp() if time else 0.0
