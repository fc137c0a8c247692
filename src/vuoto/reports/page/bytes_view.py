"""The way from the wire to the value as a reader can check it: one block of hex and text per layer, what matters marked."""

from __future__ import annotations

from html import escape
from typing import Final

from vuoto.facts.disclosures import Evidence, EvidenceLayer
from vuoto.reports.page.element import Html, h, trusted
from vuoto.reports.showing import counted

PER_LINE: Final = 8
"""Bytes a line: with offset and text they fit a phone of 360 pixels without scrolling sideways."""

MOST_BYTES: Final = 512
"""Of one excerpt; the staircase gives fewer."""

WORTH_FOLDING: Final = 3
"""So many equal lines in a row are said, not shown."""

MOST_LAYERS: Final = 24
"""Of one chain; decoders stop unwrapping before that."""


# Printable ASCII as it is, every other byte as a middle dot (0xb7 in Latin-1).
_SHOWN: Final = bytes(byte if 0x20 <= byte < 0x7F else 0xB7 for byte in range(256))


def bytes_view(evidence: Evidence) -> Html:
    """All layers, wire first; a sentence where the document holds no bytes."""
    layers = evidence.layers[:MOST_LAYERS]
    if not any(layer.excerpt for layer in layers):
        return h("p", {"class": "note"}, "This copy of the document holds no bytes.")
    last = len(layers) - 1
    return h("div", {"class": "layers"}, [_layer(layer, number, last=number == last) for number, layer in enumerate(layers)])


def _layer(layer: EvidenceLayer, number: int, *, last: bool) -> Html:
    name = "on the wire" if layer.form == "wire" else f"after {layer.form}"
    what = "the value" if last else "what the next step opens"
    at = f"{counted(layer.length, 'byte')} from offset {layer.offset:,}: {what}"
    return h(
        "figure",
        {"class": "layer"},
        h("figcaption", None, h("b", None, f"{number + 1}. {name}"), " ", h("span", {"class": "note"}, at)),
        h("pre", None, trusted(_lines(layer))),
    )


def _lines(layer: EvidenceLayer) -> str:
    try:
        data = bytes.fromhex(layer.excerpt)[:MOST_BYTES]
    except ValueError:
        return escape("(the excerpt is not hex)")
    begin = layer.offset - layer.excerpt_offset
    end = begin + layer.length
    lines: list[str] = []
    at = 0
    while at < len(data):
        chunk = data[at : at + PER_LINE]
        lines.append(_line(chunk, layer.excerpt_offset + at, begin - at, end - at))
        alike = _alike(data, at, begin, end)
        if alike >= WORTH_FOLDING:
            lines.append(f"<i>        {alike:,} more lines like this</i>")
            at += alike * PER_LINE
        at += PER_LINE
    return "\n".join(lines)


def _alike(data: bytes, at: int, begin: int, end: int) -> int:
    """How many whole lines after the one at `at` hold the same bytes, marked alike from end to end: a masked body is all `2a`."""
    chunk = data[at : at + PER_LINE]
    if len(chunk) < PER_LINE or not begin <= at < end:
        return 0
    following = at + PER_LINE
    while following + PER_LINE <= min(end, len(data)) and data[following : following + PER_LINE] == chunk:
        following += PER_LINE
    return following // PER_LINE - at // PER_LINE - 1


def _line(chunk: bytes, offset: int, begin: int, end: int) -> str:
    """`offset  hex  text`, with bytes `begin` to `end` of the chunk marked in both columns."""
    first, last = max(begin, 0), min(end, len(chunk))
    pairs = chunk.hex(" ")
    text = chunk.translate(_SHOWN).decode("latin-1")
    pad = "   " * (PER_LINE - len(chunk))
    if first >= last:
        return f"<i>{offset:06x}</i>  {pairs}{pad}  {escape(text)}"
    at, to = first * 3, last * 3 - 1
    hexed = f"{pairs[:at]}<mark>{pairs[at:to]}</mark>{pairs[to:]}"
    shown = f"{escape(text[:first])}<mark>{escape(text[first:last])}</mark>{escape(text[last:])}"
    return f"<i>{offset:06x}</i>  {hexed}{pad}  {shown}"
