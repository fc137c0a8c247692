"""Looks for personal data in opened messages: known values first, then what names, checks and known formats say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from vuoto.disclosures.checks import LONGEST
from vuoto.disclosures.company import Company
from vuoto.disclosures.hearing import Heard, Slot
from vuoto.disclosures.identifier import Identifier
from vuoto.disclosures.judging import Judgement, judge
from vuoto.disclosures.known_formats import Format, FormatBook, shipped_formats
from vuoto.disclosures.name_sense import NOTHING, NameSense
from vuoto.disclosures.name_words import LABELLED
from vuoto.disclosures.names import NameBook
from vuoto.disclosures.places import LOOSE, field_of, form_of, is_loose
from vuoto.disclosures.siblings import Siblings
from vuoto.disclosures.tables import Tables
from vuoto.disclosures.unnamed import Unnamed
from vuoto.disclosures.weighing import Candidate, weighed
from vuoto.disclosures.wordings import is_wording, may_be_wording
from vuoto.facts.device import DeviceProfile
from vuoto.facts.disclosures import Finding
from vuoto.facts.parts import Layer, Opened, Outline, Part
from vuoto.facts.problems import Problem
from vuoto.seams import plugins

if TYPE_CHECKING:
    from vuoto.disclosures.known import KnownValues

MOST_REMEMBERED: Final = 65_536
"""Judgements remembered by name and value: phones send the same ones again and again. Beyond it the memory starts afresh."""

LONGEST_REMEMBERED: Final = LONGEST
"""Characters of a value whose judgement is remembered, so that the memory stays small."""

MOST_OUTLINES: Final = 1_024
"""Outlines remembered."""


LONGEST_LABEL: Final = 32
"""Characters of a value that may name the field beside it."""

LONGEST_LIST: Final = 65_536
"""Characters of a named value that are judged at all: a list of apps has that many, everything else is shorter."""

SHORTEST_NUMBER: Final = 7
"""Digits of a number that a check could hold for, where the name does not say what it is: a phone number's (ITU-T E.164)."""

_LISTS: Final = frozenset(("json", "msgpack", "cbor"))
"""Syntaxes that have lists, whose members' pointers end in their number."""


class Judged(NamedTuple):
    """What was judged of a name and a value."""

    alone: tuple[Judgement, ...]
    """Without the company that a shy name needs."""

    accompanied: tuple[Judgement, ...]
    """With it; mostly the same."""

    wording: bool
    """Whether any of it may be a wording."""


class Search:
    """What to look for. Made once, before workers fork; finding only adds to memories that change no outcome."""

    def __init__(self, profile: DeviceProfile, identifiers: Sequence[Identifier], formats: Sequence[Format]) -> None:
        by_kind = {i.kind: i for i in identifiers}
        self._formats = FormatBook(tuple(formats), by_kind)
        self.names = NameBook(identifiers, self._formats.marked_names())
        self._unnamed = Unnamed(identifiers, self.names)
        self._known: KnownValues | None = None
        if profile.values:
            from vuoto.disclosures.known import KnownValues  # 8 ms: only where values are known

            self._known = KnownValues(profile.values, self.names, normalise)
        self._remembered: dict[tuple[str, str], Judged] = {}
        """What was judged of a name and a value."""
        self._slots: dict[tuple[Outline, str, str, tuple[str, ...]], list[Slot]] = {}
        """By outline, path, name and form of the layer."""
        self._number = 0
        self._settled: dict[tuple[int, str], tuple[Judgement, ...]] = {}
        """What was judged of a slot (by its number) and a value."""

    def find(self, batch: Sequence[Opened], hosts: Sequence[str | None]) -> list[Finding]:
        """See `find_disclosures`."""
        known = self._known.find(batch) if self._known is not None else {}
        named = [self._named(one, host) for one, host in zip(batch, hosts, strict=True)]
        self._unnamed.add(batch, named)
        findings: list[Finding] = []
        for index, candidates in enumerate(named):
            sure = known.get(index, [])
            findings += sure
            if candidates:
                weighted = weighed(candidates, sure, index)
                findings += weighted if self._known is None else map(self._known.recognised, weighted)
        return findings

    def _named(self, one: Opened, host: str | None) -> list[Candidate]:
        """What the names of the parts, and the known formats of the host, say."""
        parts = one.parts
        heard = Heard(parts, self.names)
        found = heard.found
        settled = self._settled
        at, end = 0, len(parts)
        while at < end:
            layer = parts[at][0]
            outline = layer.outline
            if outline is None:
                self._hear(parts[at], heard)
                at += 1
                continue
            slots = self._slots.get((outline, layer.path, layer.name, layer.form))
            if slots is None:
                slots = self._slots_of(outline, layer)
            for slot in slots:
                of, number, _sense, alone, stands = slot
                part = parts[at + of]
                if not alone:
                    self._hear(part, heard)
                    continue
                judged = settled.get((number, part[3]))
                if judged is None:
                    judged = self._settle(part, slot, heard.company)
                for judgement in judged:
                    found.append(Candidate(judgement, layer, part, False, stands))  # noqa: FBT003 - it is not loose
            at += len(outline.names)
        if heard.siblings is not None:
            found += [Candidate(j, part.layer, part, loose=False) for part, j in heard.siblings.judge()]
        if heard.labels or heard.heads:
            found += self._by_label(one, heard.labels, heard.heads)
        if heard.tables is not None:
            found += heard.tables.judge(parts)
        formats = self._formats.at_host(host)
        if formats:
            target = one.message.target
            formats = tuple(f for f in formats if not f.paths or any(p in target for p in f.paths))
        if formats or heard.marked:
            found += self._by_format(one, formats, heard.marked)
        return found

    def _hear(self, part: Part, heard: Heard) -> None:
        """What the name of one part says."""
        look = self.names.sense
        if part[2][-2:] == "/0" and part.syntax in _LISTS and len(part.value) <= LONGEST_LABEL:
            label = look(part.value, "")
            if label.strong:
                heard.heads[id(part.layer), part.pointer[:-1] + "1"] = label
            if part[2][-4:] == "/0/0":
                heard.tables = heard.tables or Tables(look)
                heard.tables.corner(part)
        sense = self.names.alone.get(part[1])
        if sense is NOTHING:
            return
        if sense is None or sense.contextual:
            sense = look(part[1], _grouped(part[2], part[0].name))
        if sense.marked:
            heard.marked.add(id(part.layer))
        if sense.labels and len(part.value) <= LONGEST_LABEL:
            if sense.heads and part.syntax in _LISTS:
                heard.tables = heard.tables or Tables(look)
                heard.tables.heading(part)
            label = look(part.value, "")
            if label.strong:
                heard.labels[id(part.layer), part.pointer.rpartition("/")[0]] = label
        if sense.grouped:
            heard.siblings = heard.siblings or Siblings()
            heard.siblings.add(part, sense)
        if sense.strong or sense.hints or sense.shy or sense.vague:
            judged = self._judged(part, sense, heard.company)
            if judged:
                loose = is_loose(part)
                heard.found += [Candidate(j, part.layer, part, loose) for j in judged]

    def _slots_of(self, outline: Outline, layer: Layer) -> list[Slot]:
        """The slots of the parts of `layer`, which has this outline."""
        if len(self._slots) >= MOST_OUTLINES:
            self._slots.clear()
        slots = self._slots[outline, layer.path, layer.name, layer.form] = []
        for at, (name, pointer, syntax) in enumerate(zip(outline.names, outline.pointers, outline.syntaxes, strict=True)):
            sense = self.names.sense(name, _grouped(pointer, layer.name))
            head = pointer[-2:] == "/0" and syntax in _LISTS
            several = head or sense.marked or sense.labels or sense.grouped
            if several or sense.strong or sense.hints or sense.shy or sense.vague:
                self._number += 1
                part = Part(layer, name, pointer, "", syntax, -1, -1)
                stands = form_of(layer, part), field_of(layer, part)
                slots.append(Slot(at, self._number, sense, not several and syntax not in LOOSE, stands))
        return slots

    def _settle(self, part: Part, slot: Slot, company: Company) -> tuple[Judgement, ...]:
        if _is_small(part.value, slot.sense):
            return ()
        judged = self._judged(part, slot.sense, company)
        if len(part.value) <= LONGEST_REMEMBERED:
            if len(self._settled) >= MOST_REMEMBERED:
                self._settled.clear()
            self._settled[slot.number, part.value] = judged
        return judged

    def _judged(self, part: Part, sense: NameSense, company: Company) -> tuple[Judgement, ...]:
        """What a value is, as its name and the company that keeps say."""
        value = part.value
        if len(value) > LONGEST_LIST or not value:
            return ()
        if _is_small(value, sense):
            return ()
        if len(value) > LONGEST_REMEMBERED:
            known = _judge(sense, value)
        else:
            key = (sense.key, value)
            found = self._remembered.get(key)
            if found is None:
                if len(self._remembered) >= MOST_REMEMBERED:
                    self._remembered.clear()
                found = self._remembered[key] = _judge(sense, value)
            known = found
        judged, accompanied, unchecked = known
        if accompanied is not judged and company.covers(part, sense.company):
            judged = accompanied
        if not judged:
            return ()
        if sense.strangers and company.covers(part, sense.strangers):
            judged = tuple(j if j.kind not in sense.estranged else j._replace(certainty="possible") for j in judged)
        if part.syntax == "cookie":
            # A cookie's name is the server's own: `SSID` is a session there, and only a check makes it more than possible.
            return tuple(j if j.checked else j._replace(certainty="possible") for j in judged)
        if unchecked:
            return tuple(
                j if j.checked or not is_wording(j, part, self.names) else j._replace(certainty="possible") for j in judged
            )
        return judged

    def _by_label(
        self, one: Opened, labels: dict[tuple[int, str], NameSense], heads: dict[tuple[int, str], NameSense]
    ) -> Iterable[Candidate]:
        """Values whose name is the value of the field beside them: `{"type": "imei", "value": "4901…"}`, `["imei", "4901…"]`.

        In a list, where a column of words may stand beside another, only a check makes it a pair.
        """
        for part in one.parts:
            head = heads.get((id(part.layer), part.pointer))
            if head is not None and len(part.value) <= LONGEST_REMEMBERED:
                yield from (
                    Candidate(j, part.layer, part, loose=False) for j in judge(head, part.value, in_company=False) if j.checked
                )
            group, _, last = part.pointer.rpartition("/")
            sense = labels.get((id(part.layer), group))
            if sense is None or len(part.value) > LONGEST_REMEMBERED:
                continue
            if part.name.lower() in LABELLED or last.lower() in LABELLED:
                for judgement in judge(sense, part.value, in_company=False):
                    yield Candidate(judgement, part.layer, part, loose=False)

    def _by_format(self, one: Opened, formats: tuple[Format, ...], marked: set[int]) -> Iterable[Candidate]:
        """What known formats say: those of the host in all layers, those told by their structure in the layer that has it."""
        names: dict[int, set[str]] = {}
        for part in one.parts if marked else ():
            if id(part.layer) in marked:
                names.setdefault(id(part.layer), set()).add(part.name)
        structural = {number: self._formats.by_structure(frozenset(of_layer)) for number, of_layer in names.items()}
        if not (formats or any(structural.values())):
            return
        for part in one.parts:
            for form in (*formats, *(f for f in structural.get(id(part.layer), ()) if f not in formats)):
                sense = self._formats.sense(form, part.name, part.pointer)
                if sense is not None and len(part.value) <= LONGEST_REMEMBERED:
                    source = f"{form.recipient} carries it in “{sense.said}” ({form.source})"
                    for judgement in judge(sense, part.value, in_company=True, source=source):
                        yield Candidate(judgement, part.layer, part, loose=False)


def _grouped(pointer: str, name: str) -> str:
    """`pointer`; at the top of a document that a field `name` held (`user={"name": …}`), in a group of that name."""
    return f"/{name}/{pointer.removeprefix('/')}" if pointer and name and pointer.find("/", 1) < 0 else pointer


def _is_small(value: str, sense: NameSense) -> bool:
    """Whether it is a number too short for a check to hold, under a name that does not say what it is."""
    return len(value) < SHORTEST_NUMBER and not (sense.strong or sense.shy) and value.isdigit()


def _judge(sense: NameSense, value: str) -> Judged:
    alone = judge(sense, value, in_company=False)
    accompanied = judge(sense, value, in_company=True) if sense.shy else alone
    return Judged(alone, alone if accompanied == alone else accompanied, any(may_be_wording(j) for j in (*alone, *accompanied)))


@cache
def identifiers() -> tuple[Identifier, ...]:
    """All kinds, by file name."""
    return plugins("vuoto.disclosures.identifiers", Identifier, "IDENTIFIER")


def normalise(kind: str, value: str) -> str:
    """`value` as the document writes it (IMEI 15 digits, MAC lower case with colons); as it is where it is no `kind`."""
    for identifier in identifiers():
        if identifier.kind == kind:
            reading = identifier.read(value)
            return value.strip() if reading is None or reading.start else reading.value
    return value.strip()


def prepare_search(profile: DeviceProfile) -> Search:
    """What to look for: every kind, every known format, and every form of every known value. To be made before workers fork."""
    return Search(profile, identifiers(), shipped_formats())


def doubt_profile(profile: DeviceProfile) -> list[Problem]:
    """What in the profile does not look like what it is said to be, and so may be mistyped."""
    from vuoto.disclosures.doubts import doubts

    return doubts(profile, identifiers()) if profile.values else []


def find_disclosures(batch: Sequence[Opened], search: Search, *, hosts: Sequence[str | None]) -> list[Finding]:
    """Personal data in `batch`, by message; `hosts[i]` is the remote host of message `i`, for the known formats.

    Linear in the bytes and the parts; the number of known values hardly matters. Never raises on any content.
    """
    return search.find(batch, hosts)
