"""The way from the wire to the value: which bytes, in which frames, through which unwrappings, with an excerpt of each layer.

An excerpt shows the neighbourhood of a value, and with it perhaps another value. So unless values are revealed, the bytes of
*every* finding of the message are replaced in every layer, not only those of the finding at hand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Final

from vuoto.facts.disclosures import Evidence, EvidenceLayer, Finding
from vuoto.facts.flows import Stream
from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Layer, Part

CONTEXT: Final = 48
"""Bytes shown before and after a value: three lines of a hex dump."""

LONGEST_EXCERPT: Final = 512
"""Bytes of one excerpt: enough for a value and its context; a blob is shown from its beginning."""

MASKED: Final = 0x2A
"""`*` stands for a byte that is not shown."""

Locate = Callable[[Part], tuple[int, int]]


def place(finding: Finding, locate: Locate) -> tuple[int, int]:
    """Offset and length of the value's bytes in `finding.layer.data`, asking `locate` where the finding does not know."""
    if finding.offset >= 0:
        return finding.offset, finding.length
    if finding.part is None:
        return 0, len(finding.layer.data)
    return locate(finding.part)


def hidden_places(findings: Iterable[Finding], locate: Locate) -> dict[int, list[tuple[int, int]]]:
    """For each layer (by `id`), the regions that hold a value or wrap a layer that holds one: in order, none touching the next.

    In order, so that the excerpt of one finding looks only at the regions near it: a message may hold a hundred thousand.
    """
    hidden: dict[int, list[tuple[int, int]]] = {}
    for finding in findings:
        offset, length = place(finding, locate)
        layer: Layer | None = finding.layer
        while layer is not None:
            hidden.setdefault(id(layer), []).append((offset, length))
            offset, length = layer.offset, layer.length
            layer = layer.parent
    return {layer_id: _joined(regions) for layer_id, regions in hidden.items()}


def _joined(regions: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for offset, length in sorted(set(regions)):
        if joined and offset <= sum(joined[-1]):
            last = joined[-1][0]
            joined[-1] = last, max(sum(joined[-1]), offset + length) - last
        else:
            joined.append((offset, length))
    return joined


def build_evidence(
    finding: Finding,
    *,
    message: Message,
    input_index: int,
    stream: Stream | None,
    locate: Locate,
    hidden: dict[int, list[tuple[int, int]]] | None,
) -> Evidence:
    """The evidence of one finding. `stream` is the outgoing stream, `None` for a HAR; `hidden` is `None` to reveal."""
    offset, length = place(finding, locate)
    chain: list[EvidenceLayer] = []
    layer: Layer | None = finding.layer
    while layer is not None:
        start, excerpt = _excerpt(layer, offset, length, [] if hidden is None else hidden.get(id(layer), []))
        form = layer.form[-1] if layer.parent is not None and layer.form else "wire"
        chain.append(EvidenceLayer(form=form, offset=offset, length=length, excerpt_offset=start, excerpt=excerpt.hex()))
        if layer.parent is not None:
            offset, length = layer.offset, layer.length
        layer = layer.parent
    first, count = wire_span(finding.layer.section, offset, length)
    frames = stream.frames(first, count) if stream is not None else ()
    return Evidence(
        input=input_index,
        frames=tuple(frames),
        stream_offset=None if stream is None else first,
        length=count,
        entry=message.entry,
        layers=tuple(reversed(chain)),
    )


def frames_of(finding: Finding, *, stream: Stream, locate: Locate) -> tuple[int, ...]:
    """The frames of one finding alone, without its way: for an occurrence that has evidence already."""
    offset, length = 0, 0
    layer = finding.layer
    if layer.parent is None:
        offset, length = place(finding, locate)
    while layer.parent is not None:
        offset, length = layer.offset, layer.length
        layer = layer.parent
    return tuple(stream.frames(*wire_span(layer.section, offset, length)))


def wire_span(section: Section, offset: int, length: int) -> tuple[int, int]:
    """Offset in the stream, and length there, of `section.data[offset:offset + length]` (chunk sizes between are included)."""
    if not section.spans:
        return section.offset + offset, length
    begin = _in_stream(section.spans, offset)
    last = _in_stream(section.spans, offset + max(length, 1) - 1)
    return begin, max(last - begin + 1, 0) if length else 0


def _in_stream(spans: Sequence[tuple[int, int, int]], offset: int) -> int:
    found = spans[0]
    for span in spans:
        if span[0] > offset:
            break
        found = span
    return found[1] + offset - found[0]


def _excerpt(layer: Layer, offset: int, length: int, hidden: Sequence[tuple[int, int]]) -> tuple[int, bytes]:
    start = max(0, offset - CONTEXT)
    end = min(len(layer.data), offset + length + CONTEXT, start + LONGEST_EXCERPT)
    shown = bytearray(layer.data[start:end])
    nearest = max(bisect_right(hidden, start, key=itemgetter(0)) - 1, 0)
    for at, size in (hidden[index] for index in range(nearest, len(hidden))):
        if at >= end:
            break
        low, high = max(at - start, 0), min(at + size - start, len(shown))
        if low < high:
            shown[low:high] = bytes([MASKED]) * (high - low)
    return start, bytes(shown)
