"""Known values in the bytes of every layer, whether or not a decoder opened it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from vuoto.disclosures.names import NameBook
from vuoto.disclosures.needle_forms import BINARY, Form
from vuoto.disclosures.needles import SEPARATOR, Hit, Needles
from vuoto.disclosures.places import field_of, form_of
from vuoto.disclosures.spellings import SHORTEST_NATIONAL, spell, ungrouped
from vuoto.facts.disclosures import Finding
from vuoto.facts.parts import Layer, Opened, Part
from vuoto.facts.vocabulary import kind_of

NAMED_BELOW: Final = 6
"""Characters below which a known value counts only in a field whose name says its kind: `FI` and `65` are in everything."""

SELF_EVIDENT: Final = 16
"""Characters from which a known value is found inside longer words: chance has no part in it."""

FIXED_WIDTH: Final = 15
"""Digits from which a known number counts amid other digits: an IMEI and an IMSI have them, and chance has no part in it."""

MOST_NESTED: Final = 32
"""Parts before a place that may cover it: parts nest no deeper than a value within a value within a line."""

MOST_TEXTS: Final = 256
"""Different texts looked for among parts without a place, per message: each costs a pass over them. Beyond it a known value is
still found, at its place in the layer."""

GROUPED: Final = frozenset(("msisdn", "phone_number", "imei", "imsi", "iccid"))
"""Kinds whose digits people and programs write in groups of any size."""

LONGEST_GROUPED: Final = 40
"""Characters of such a number: twenty digits with a separator between any two."""

_GROUPED: Final = re.compile(r"\+?\(?\d{1,9}\)?(?:[ ./()-]{1,2}\d{1,9}){1,12}", re.ASCII)

PLAIN: Final = Form((), "", "fold", "plain")


class Known(NamedTuple):
    """A known value found in one message."""

    finding: Finding
    """What is reported."""

    value: int
    """Index of the known value."""


class KnownValues:
    """The needles with what they mean."""

    def __init__(self, values: Sequence[tuple[str, str]], book: NameBook, normalise: Callable[[str, str], str]) -> None:
        self.needles = Needles(values)
        self._book = book
        self._kinds = [kind for kind, _ in values]
        self._normalised = [normalise(kind, value) for kind, value in values]
        self._joined = {
            ungrouped(form): index
            for index, (kind, value) in reversed(list(enumerate(values)))
            if kind in GROUPED
            for form in spell(kind, value)
            if len(ungrouped(form)) >= SHORTEST_NATIONAL
        }
        self._same = frozenset(zip(self._kinds, self._normalised, strict=True))

    def recognised(self, finding: Finding) -> Finding:
        """`finding`, as `known` where its value is one of the known ones in a spelling that was not looked for."""
        if finding.certainty == "known" or (finding.kind, finding.value) not in self._same:
            return finding
        why = f"equals the profile's {kind_of(finding.kind).title}, in a spelling of its own; {finding.why}"
        return replace(finding, certainty="known", why=why)

    def find(self, batch: Sequence[Opened]) -> dict[int, list[Finding]]:
        """Findings by index of the message, in the order of layers and places."""
        layers = [(index, layer) for index, one in enumerate(batch) for layer in one.layers]
        found: dict[int, list[Known]] = {}
        decoded = {(known.value, id(known.finding.part)): known for known in self._decoded(batch)}
        places: dict[int, Places] = {}
        for index, layer, start, hit in self._hits(layers):
            if index not in places:
                places[index] = Places(batch[index].parts)
            part = places[index].part_at(layer, start, hit.length)
            value = self._choose(hit.values, part)
            if hit.form.kind in BINARY and (value, id(part)) in decoded:
                continue  # a decoder read the number: that one says more
            found.setdefault(index, []).append(
                Known(self._finding(index, layer, part, start, hit.length, hit.form, value), value)
            )
        read = {(k.value, id(k.finding.part)) for of_message in found.values() for k in of_message}
        for key, known in decoded.items():
            if key not in read:
                found.setdefault(known.finding.message, []).append(known)
        if self.needles.short:
            for index, one in enumerate(batch):
                for part in one.parts:
                    if len(part.value) < len(SEPARATOR):
                        short = self._short(index, part)
                        if short is not None:
                            found.setdefault(index, []).append(short)
        if self._joined:
            for index, one in enumerate(batch):
                told = {(k.value, id(k.finding.part)) for k in found.get(index, ())}
                for part in one.parts:
                    grouped = self._in_groups(index, part)
                    if grouped is not None and (grouped.value, id(part)) not in told:
                        found.setdefault(index, []).append(grouped)
        return {index: _innermost(of_message) for index, of_message in found.items()}

    def _hits(self, layers: Sequence[tuple[int, Layer]]) -> Iterator[tuple[int, Layer, int, Hit]]:
        """`(message, layer, place in it, hit)` of all layers in one pass, and of those that are no text in another."""
        for narrow in (False, True):
            of_pass = layers
            if narrow:
                of_pass = [one for one in layers if is_binary(one[1].data)] if self.needles.has_narrow else []
            if not of_pass:
                continue
            starts, at = [], 0
            for _, layer in of_pass:
                starts.append(at)
                at += len(layer.data) + len(SEPARATOR)
            data = SEPARATOR.join([layer.data for _, layer in of_pass])
            for hit in self.needles.find_narrow(data) if narrow else self.needles.find(data):
                number = bisect_right(starts, hit.start) - 1
                index, layer = of_pass[number]
                start = hit.start - starts[number]
                if start + hit.length <= len(layer.data) and stands_alone(layer.data, start, hit.length, hit.form):
                    yield index, layer, start, hit

    def _decoded(self, batch: Sequence[Opened]) -> Iterator[Known]:
        """Values that stand in no layer as they were read: escaped text, percent-encoded values, numbers of binary formats."""
        decoded: list[tuple[int, Part, bytes]] = []
        for index, one in enumerate(batch):
            escaped = {id(layer): b"\\" in layer.data for layer in one.layers}
            for part in one.parts:
                changed = 0 <= part.length != len(part.value)
                if changed or (part.syntax == "json" and escaped.get(id(part.layer), False)):
                    decoded.append((index, part, part.value.encode("utf-8", "replace")))
        if not decoded:
            return
        starts, at = [], 0
        for _, _, value in decoded:
            starts.append(at)
            at += len(value) + len(SEPARATOR)
        for hit in self.needles.find(SEPARATOR.join([value for _, _, value in decoded])):
            number = bisect_right(starts, hit.start) - 1
            index, part, text = decoded[number]
            start = hit.start - starts[number]
            if start + hit.length <= len(text) and stands_alone(text, start, hit.length, hit.form):
                owner = self._choose(hit.values, part)
                yield Known(self._finding(index, part.layer, part, part.offset, part.length, hit.form, owner), owner)

    def _short(self, index: int, part: Part) -> Known | None:
        owners = self.needles.short.get(part.value.strip().lower())
        if owners is None:
            return None
        if len(part.value.strip()) < NAMED_BELOW:
            sense = self._book.sense(part.name, part.pointer)
            said = {i.kind for i in (*sense.strong, *sense.shy, *sense.hints)}
            owners = tuple(o for o in owners if self._kinds[o] in said)
            if not owners:
                return None
        value = self._choose(owners, part)
        return Known(self._finding(index, part.layer, part, part.offset, part.length, PLAIN, value), value)

    def _in_groups(self, index: int, part: Part) -> Known | None:
        """A number of the telephone network that its writer has cut into groups, wherever: `+47 900 00 000`, `(0)900-00-000`."""
        text = part.value
        if not SHORTEST_NATIONAL < len(text) <= LONGEST_GROUPED or _GROUPED.fullmatch(text) is None:
            return None
        value = self._joined.get(ungrouped(text))
        if value is None:
            return None
        return Known(self._finding(index, part.layer, part, part.offset, part.length, PLAIN, value), value)

    def _choose(self, values: tuple[int, ...], part: Part | None) -> int:
        """Of equal values of several kinds, the one that the field's name says; else the first kind."""
        if len(values) > 1 and part is not None:
            sense = self._book.sense(part.name, part.pointer)
            said = {i.kind for i in (*sense.strong, *sense.shy)}
            for value in values:
                if self._kinds[value] in said:
                    return value
        return min(values, key=lambda v: (self._kinds[v], v))

    def _finding(self, index: int, layer: Layer, part: Part | None, start: int, length: int, form: Form, value: int) -> Finding:
        kind = self._kinds[value]
        how = f", {form.how}" if form.how else ""
        return Finding(
            kind=kind,
            value=self._normalised[value],
            certainty="known",
            why=f"equals the profile's {kind_of(kind).title}{how}",
            layer=layer,
            part=part,
            offset=start,
            length=length,
            form=form_of(layer, part, form.names),
            field=field_of(layer, part),
            message=index,
        )


_DHCP: Final = b"\x63\x82\x53\x63"
"""The magic cookie of its options (RFC 2131 §3)."""
_CLIENTS: Final = (b"\x00\x01\x00\x0a", b"\x00\x01\x00\x0e")
"""Client identifiers of DHCPv6 that hold a hardware address, first of the options (RFC 8415 §21.2, §11.2, §11.4)."""


def is_binary(data: bytes) -> bool:
    """Whether `data` may hold a binary spelling: it is no ASCII text, and no DHCP.

    The hardware address in DHCP (RFC 2131 §2, RFC 8415 §11) is that of the frame around it, for whoever is on the same link.
    """
    if data.isascii() and b"\x00" not in data:
        return False
    return data[236:240] != _DHCP and data[4:8] not in _CLIENTS


def stands_alone(data: bytes, start: int, length: int, form: Form) -> bool:
    """Whether a plain value is not a piece of something longer: digits of a number, letters of a word, octets of an address."""
    if form.kind not in ("plain", "reversed"):
        return True
    whole = data[start : start + length]
    before, after = data[max(0, start - 1) : start], data[start + length : start + length + 2]
    if not whole.strip(b"0123456789.") and whole.count(b".") == 3:  # RFC 791 address: 10.0.0.1 is not in 10.0.0.12 or 10.0.0.1.5
        if before and before in b"0123456789.":
            return False
        return not (after[:1].isdigit() or (after[:1] == b"." and after[1:2].isdigit()))
    is_number = whole[:1].isdigit() and not whole.translate(None, b"0123456789+-.,: ")
    if (whole[:1].isdigit() and before.isdigit()) or (whole[-1:].isdigit() and after[:1].isdigit()):
        if is_number:
            return length >= FIXED_WIDTH and _is_column(data, start, start + length)
        return length >= SELF_EVIDENT
    if length >= SELF_EVIDENT and not whole.replace(b" ", b"").isalpha():
        return True
    if is_number:
        return True  # beside letters (`imei490154203237518x`) it is still that number
    return not ((whole[:1].isalnum() and before.isalnum()) or (whole[-1:].isalnum() and after[:1].isalnum()))


def _is_column(data: bytes, start: int, end: int) -> bool:
    """Whether digits amid digits may be one column of a record of fixed widths: one digit more would be another number."""
    before = (
        len(data[max(0, start - 2) : start])
        if data[max(0, start - 2) : start].isdigit()
        else int(data[start - 1 : start].isdigit())
    )
    after = len(data[end : end + 2]) if data[end : end + 2].isdigit() else int(data[end : end + 1].isdigit())
    return before != 1 and after != 1


class Places:
    """The parts of one message by their place, so that a thousand hits cost no thousand passes over the parts."""

    __slots__ = ("_holders", "_placed", "_starts", "_unplaced")

    def __init__(self, parts: Sequence[Part]) -> None:
        self._placed: dict[int, list[Part]] = {}
        self._unplaced: dict[int, list[Part]] = {}
        self._starts: dict[int, list[int]] = {}
        self._holders: dict[tuple[int, str], list[Part]] = {}
        for part in parts:
            (self._placed if part.offset >= 0 else self._unplaced).setdefault(id(part.layer), []).append(part)
        for number, placed in self._placed.items():
            placed.sort(key=lambda p: (p.offset, -p.length))
            self._starts[number] = [p.offset for p in placed]

    def part_at(self, layer: Layer, start: int, length: int) -> Part | None:
        """The narrowest part of `layer` that covers the bytes; else, of those without a place, the next that holds their text."""
        placed = self._placed.get(id(layer), ())
        index = bisect_right(self._starts.get(id(layer), ()), start)
        covering = [p for p in placed[max(0, index - MOST_NESTED) : index] if start + length <= p.offset + p.length]
        if covering:
            return min(covering, key=lambda p: p.length)
        unplaced = self._unplaced.get(id(layer))
        if unplaced is None:
            return None
        text = layer.data[start : start + length].decode("utf-8", "replace").lower()
        key = (id(layer), text)
        holders = self._holders.get(key)
        if holders is None:
            if len(self._holders) >= MOST_TEXTS:
                return None
            holders = [p for p in unplaced if text in p.value.lower()]
            holders.sort(key=lambda p: len(p.value) != length)  # whole values first, each in the order of reading
            holders.reverse()
            self._holders[key] = holders
        return holders.pop() if len(holders) > 1 else holders[0] if holders else None


def _innermost(found: list[Known]) -> list[Finding]:
    """Without a hit whose bytes were unwrapped to a layer in which the same value was found again: that one says more."""
    if len(found) == 1:
        return [found[0].finding]
    wrapped: set[tuple[int, int, int, int]] = set()
    for known in found:
        layer: Layer | None = known.finding.layer
        while layer is not None and layer.parent is not None:
            wrapped.add((known.value, id(layer.parent), layer.offset, layer.offset + layer.length))
            layer = layer.parent
    spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for value, parent, begin, end in wrapped:
        spans.setdefault((value, parent), []).append((begin, end))
    kept = []
    for value, finding in ((k.value, k.finding) for k in found):
        inside = spans.get((value, id(finding.layer)), ())
        if not any(begin <= finding.offset and finding.offset + finding.length <= end for begin, end in inside):
            kept.append(finding)
    return kept
