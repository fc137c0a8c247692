"""Looks for shapes where nothing names them: in values whose name says nothing, and in layers that nobody could parse."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from vuoto.disclosures.bare import Shapes
from vuoto.disclosures.identifier import Bare, Identifier
from vuoto.disclosures.names import NameBook
from vuoto.disclosures.places import NOT_UNWRAPPED, before, is_loose
from vuoto.disclosures.records import ASKING, Records
from vuoto.disclosures.weighing import Candidate
from vuoto.facts.parts import Layer, Opened, Part

_TEXT: Final = bytes(range(0x20, 0x7F)) + b"\t\r\n"


class Unnamed:
    """The shapes of all kinds, and the records whose values bear each other out."""

    def __init__(self, identifiers: Sequence[Identifier], names: NameBook) -> None:
        self._names = names
        self._shapes = Shapes(identifiers, names)
        self._records = Records(identifiers)

    def add(self, batch: Sequence[Opened], named: list[list[Candidate]]) -> None:
        """Add the shapes that stand where nothing names them."""
        texts = [part[3] for one in batch for part in one.parts]
        ends = list(accumulate(len(one.parts) for one in batch))
        raw: list[tuple[int, Layer]] = []
        for index, one in enumerate(batch):
            read = _with_parts(one.parts)
            raw += [(index, layer) for layer in one.layers if id(layer) not in read and _is_text(layer.data)]
        texts += [layer.data.decode("latin-1") for _, layer in raw]
        total = ends[-1] if ends else 0
        spoken: dict[int, set[int]] = {}
        opened: dict[int, dict[int, list[tuple[int, int]]]] = {}
        asking: dict[int, list[Candidate]] = {}
        for number, identifier, bare in self._shapes.where(texts):
            if number >= total:
                index, layer = raw[number - total]
                if index not in opened:
                    opened[index] = _unwrapped(batch[index].layers)
                regions = opened[index].get(id(layer), [])
                judgements = self._shapes.read(texts[number], identifier, bare)
                found = [Candidate(j, layer, None, loose=True) for j in judgements if not _within(j.start, regions)]
            else:
                index = bisect_right(ends, number)
                part = batch[index].parts[number - (ends[index - 1] if index else 0)]
                if index not in spoken:
                    spoken[index] = {id(c.part) for c in named[index] if c.judgement.length < 0}
                if id(part) in spoken[index]:
                    continue
                found = self._in_part(part, identifier, bare, http=batch[index].message.protocol.startswith("http"))
            named[index] += found
            if identifier.kind in ASKING:
                asking.setdefault(index, []).extend(found)
        for index, unnamed in asking.items():
            named[index] += self._records.corroborated(batch[index], unnamed)

    def _in_part(self, part: Part, identifier: Identifier, bare: Bare, *, http: bool) -> list[Candidate]:
        """The shapes in a value of which nothing was said as a whole."""
        # RFC 9110 §10.1.2: From is the address of the person who uses the agent. Elsewhere such a name is a machine's.
        sender = part.syntax == "header" and part.name.lower() == "from"
        named_field = part.syntax not in NOT_UNWRAPPED and self._names.is_telling(part.name)
        judgements = self._shapes.read(
            part.value,
            identifier,
            bare,
            name=part.name,
            before=before(part),
            whole_field=http and bare.whole != "possible" and (named_field or sender),
        )
        loose = bare.within == "possible" and is_loose(part)  # a shape that says itself what it is needs no label
        return [Candidate(j, part.layer, part, loose) for j in judgements]


def _with_parts(parts: Sequence[Part]) -> set[int]:
    """The layers (by `id`) that have parts."""
    found: set[int] = set()
    at, end = 0, len(parts)
    while at < end:
        layer = parts[at][0]
        found.add(id(layer))
        at += 1 if layer.outline is None else len(layer.outline.names)
    return found


def _unwrapped(layers: Iterable[Layer]) -> dict[int, list[tuple[int, int]]]:
    """For each layer (by `id`), the regions that were unwrapped to layers of their own."""
    regions: dict[int, list[tuple[int, int]]] = {}
    for layer in layers:
        if layer.parent is not None:
            regions.setdefault(id(layer.parent), []).append((layer.offset, layer.offset + layer.length))
    return {number: sorted(found) for number, found in regions.items()}


def _within(at: int, regions: Sequence[tuple[int, int]]) -> bool:
    """Whether `at` lies in one of `regions`, sorted: what was unwrapped speaks for itself. Nested ones are bounded by depth."""
    index = bisect_right(regions, (at, 1 << 62))
    return any(begin <= at < end for begin, end in regions[max(0, index - 16) : index])


def _is_text(data: bytes) -> bool:
    """Whether bytes that nobody could parse are mostly printable: in others, shapes are chance."""
    return len(data) >= 8 and len(data.translate(None, _TEXT)) * 8 <= len(data)
