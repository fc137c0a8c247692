"""Looks for personal data in opened messages: known values first, then what names, checks and known formats say."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Final, NamedTuple

from vuoto.disclosures.bare import Shapes
from vuoto.disclosures.checks import LONGEST
from vuoto.disclosures.identifier import Identifier
from vuoto.disclosures.judging import Judgement, best_of, judge
from vuoto.disclosures.known import KnownValues
from vuoto.disclosures.known_formats import Format, FormatBook, shipped_formats
from vuoto.disclosures.names import LABELLED, NOTHING, NameBook, NameSense
from vuoto.disclosures.places import NOT_UNWRAPPED, before, field_of, form_of, is_loose
from vuoto.disclosures.siblings import Siblings
from vuoto.facts.device import DeviceProfile
from vuoto.facts.disclosures import Finding
from vuoto.facts.parts import Layer, Opened, Part
from vuoto.facts.vocabulary import kind_of
from vuoto.seams import plugins

MOST_REMEMBERED: Final = 65_536
"""Judgements remembered by name and value: phones send the same ones again and again. Beyond it the memory starts afresh."""

LONGEST_REMEMBERED: Final = LONGEST
"""Characters of a value whose judgement is remembered, so that the memory stays small."""

LONGEST_LABEL: Final = 32
"""Characters of a value that may name the field beside it."""

LONGEST_LIST: Final = 65_536
"""Characters of a named value that are judged at all: a list of apps has that many, everything else is shorter."""

SHORTEST_NUMBER: Final = 7
"""Digits of a number that a check could hold for, where the name does not say what it is: a phone number's (ITU-T E.164)."""

_LISTS: Final = frozenset(("json", "msgpack", "cbor"))
"""Syntaxes that have lists, whose members' pointers end in their number."""

_TEXT: Final = bytes(range(0x20, 0x7F)) + b"\t\r\n"

_ANCHORS: Final = frozenset(("device", "subscriber", "software"))
"""Families of which one checked value beside it makes an unchecked label in loose text credible."""


_WORDS: Final = re.compile(r"[A-Za-z]+(?:[ -][A-Za-z]+){0,2}:?")
_WORDINGS: Final = re.compile(r"(?i)(?:^|/)(?:labels?|strings|i18n|l10n|translations?|placeholders?|errors|tooltips|captions)/")
"""Groups of a program's texts: `{"labels": {"password": "Passord"}}`."""

_WORDING_FILES: Final = re.compile(
    r"(?i)\b(?:strings|i18n|l10n|translations?|locales?)\b[\w/-]*\.(?:json|xml|properties|yml|yaml|plist)"
)


class Candidate(NamedTuple):
    """A judgement at its place, before it is weighed against the others of its message."""

    judgement: Judgement
    layer: Layer
    part: Part | None
    loose: bool

    @property
    def inside(self) -> bool:
        """Whether it is a shape inside a longer value: where the same value has a field of its own, that one says more."""
        return self.part is not None and 0 <= self.judgement.length < len(self.part.value.strip())


class Company:
    """Which phrases the names of a layer offer as company, gathered when first asked.

    Messages of one kind have the same names, so what a list of names offers is remembered by the `NameBook`.
    """

    __slots__ = ("_by_layer", "_names", "_parts")

    def __init__(self, parts: Sequence[Part], names: NameBook) -> None:
        self._parts = parts
        self._names = names
        self._by_layer: dict[int, Mapping[str, frozenset[str]]] | None = None

    def covers(self, part: Part, wanted: frozenset[str]) -> bool:
        """Whether a field of another name in the layer of `part` offers one of the phrases `wanted`."""
        if self._by_layer is None:
            names: dict[int, list[str]] = {}
            for other in self._parts:
                names.setdefault(id(other[0]), []).append(other[1])
            self._by_layer = {number: self._names.offers(tuple(of_layer)) for number, of_layer in names.items()}
        offered, own = self._by_layer[id(part.layer)], part.name
        return any(len(by) > 1 or own not in by for phrase in wanted if (by := offered.get(phrase)))


class Search:
    """What to look for. Made once, before workers fork; finding only adds to memories that change no outcome."""

    def __init__(self, profile: DeviceProfile, identifiers: Sequence[Identifier], formats: Sequence[Format]) -> None:
        by_kind = {i.kind: i for i in identifiers}
        self._formats = FormatBook(tuple(formats), by_kind)
        self.names = NameBook(identifiers, self._formats.marked_names())
        self._shapes = Shapes(identifiers, self.names)
        self._known = KnownValues(profile.values, self.names, normalise) if profile.values else None
        self._remembered: dict[tuple[str, str, bool], tuple[tuple[Judgement, ...], bool]] = {}
        """What was judged of a name and a value, and whether any of it may be a wording."""

    def find(self, batch: Sequence[Opened], hosts: Sequence[str | None]) -> list[Finding]:
        """See `find_disclosures`."""
        known = self._known.find(batch) if self._known is not None else {}
        named = [self._named(one, host) for one, host in zip(batch, hosts, strict=True)]
        self._unnamed(batch, named)
        findings: list[Finding] = []
        for index, candidates in enumerate(named):
            sure = known.get(index, [])
            findings += sure
            if candidates:
                findings += _weighed(candidates, sure, index)
        return findings

    def _named(self, one: Opened, host: str | None) -> list[Candidate]:
        """What the names of the parts, and the known formats of the host, say."""
        found: list[Candidate] = []
        siblings: Siblings | None = None
        marked: set[int] = set()
        labels: dict[tuple[int, str], NameSense] = {}
        heads: dict[tuple[int, str], NameSense] = {}
        company = Company(one.parts, self.names)
        look, alone = self.names.sense, self.names.alone
        for part in one.parts:
            if part[2][-2:] == "/0" and part.syntax in _LISTS and len(part.value) <= LONGEST_LABEL:
                label = look(part.value, "")
                if label.strong:
                    heads[id(part.layer), part.pointer[:-1] + "1"] = label
            sense = alone.get(part[1])
            if sense is NOTHING:
                continue
            if sense is None or sense.contextual:
                sense = look(part[1], part[2])
            if sense.marked:
                marked.add(id(part.layer))
            if sense.labels and len(part.value) <= LONGEST_LABEL:
                label = look(part.value, "")
                if label.strong:
                    labels[id(part.layer), part.pointer.rpartition("/")[0]] = label
            if sense.grouped:
                siblings = siblings or Siblings()
                siblings.add(part, sense)
            if sense.strong or sense.hints or sense.shy or sense.vague:
                found += self._judged(part, sense, company)
        if siblings is not None:
            found += [Candidate(j, part.layer, part, loose=False) for part, j in siblings.judge()]
        if labels or heads:
            found += self._by_label(one, labels, heads)
        formats = self._formats.at_host(host)
        if formats:
            target = one.message.target
            formats = tuple(f for f in formats if not f.paths or any(p in target for p in f.paths))
        if formats or marked:
            found += self._by_format(one, formats, marked)
        return found

    def _judged(self, part: Part, sense: NameSense, company: Company) -> Iterable[Candidate]:
        value = part.value
        if len(value) > LONGEST_LIST or not value:
            return ()
        if len(value) < SHORTEST_NUMBER and not (sense.strong or sense.shy) and value.isdigit():
            return ()
        accompanied = bool(sense.shy) and company.covers(part, sense.company)
        if len(value) > LONGEST_REMEMBERED:
            judged = judge(sense, value, in_company=accompanied)
            unchecked = any(not j.checked for j in judged)
        else:
            key = (sense.key, value, accompanied)
            known = self._remembered.get(key)
            if known is None:
                if len(self._remembered) >= MOST_REMEMBERED:
                    self._remembered.clear()
                judged = judge(sense, value, in_company=accompanied)
                known = self._remembered[key] = judged, any(_may_be_wording(j) for j in judged)
            judged, unchecked = known
        if not judged:
            return ()
        if part.syntax == "cookie":
            # A cookie's name is the server's own: `SSID` is a session there, and only a check makes it more than possible.
            judged = tuple(j if j.checked else j._replace(certainty="possible") for j in judged)
        elif unchecked:
            judged = tuple(j if j.checked or not self._is_wording(j, part) else j._replace(certainty="possible") for j in judged)
        loose = is_loose(part)
        return [Candidate(j, part.layer, part, loose) for j in judged]

    def _is_wording(self, judgement: Judgement, part: Part) -> bool:
        """Whether an unchecked value speaks about such values: the label of a field, a text of the program, a place in a site."""
        if not _may_be_wording(judgement):
            return False
        if part.syntax == "path" and judgement.kind == "account":
            return True
        if _WORDINGS.search(part.pointer) is not None or _WORDING_FILES.search(part.layer.path) is not None:
            return True
        return _WORDS.fullmatch(part.value) is not None and bool(self.names.sense(part.value, "").strong)

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
            sense = labels.get((id(part.layer), part.pointer.rpartition("/")[0]))
            if sense is not None and part.name.lower() in LABELLED and len(part.value) <= LONGEST_REMEMBERED:
                for judgement in judge(sense, part.value, in_company=False):
                    yield Candidate(judgement, part.layer, part, loose=False)

    def _by_format(self, one: Opened, formats: tuple[Format, ...], marked: set[int]) -> Iterable[Candidate]:
        """What known formats say: those of the host in all layers, those told by their structure in the layer that has it."""
        names: dict[int, set[str]] = {}
        for part in one.parts if marked else ():
            if id(part.layer) in marked:
                names.setdefault(id(part.layer), set()).add(part.name)
        structural = {number: self._formats.by_structure(frozenset(of_layer)) for number, of_layer in names.items()}
        for part in one.parts:
            for form in (*formats, *(f for f in structural.get(id(part.layer), ()) if f not in formats)):
                sense = self._formats.sense(form, part.name, part.pointer)
                if sense is not None and len(part.value) <= LONGEST_REMEMBERED:
                    source = f"{form.recipient} carries it in “{sense.said}” ({form.source})"
                    for judgement in judge(sense, part.value, in_company=True, source=source):
                        yield Candidate(judgement, part.layer, part, loose=False)

    def _unnamed(self, batch: Sequence[Opened], named: list[list[Candidate]]) -> None:
        """Add the shapes that stand where nothing names them."""
        texts = [part.value for one in batch for part in one.parts]
        ends = list(accumulate(len(one.parts) for one in batch))
        raw: list[tuple[int, Layer]] = []
        for index, one in enumerate(batch):
            read = {id(part.layer) for part in one.parts}
            raw += [(index, layer) for layer in one.layers if id(layer) not in read and _is_text(layer.data)]
        texts += [layer.data.decode("latin-1") for _, layer in raw]
        total = ends[-1] if ends else 0
        spoken: dict[int, set[int]] = {}
        opened: dict[int, dict[int, list[tuple[int, int]]]] = {}
        for number, identifier, bare in self._shapes.where(texts):
            if number >= total:
                index, layer = raw[number - total]
                if index not in opened:
                    opened[index] = _unwrapped(batch[index].layers)
                regions = opened[index].get(id(layer), [])
                judgements = self._shapes.read(texts[number], identifier, bare)
                named[index] += [Candidate(j, layer, None, loose=True) for j in judgements if not _within(j.start, regions)]
                continue
            index = bisect_right(ends, number)
            part = batch[index].parts[number - (ends[index - 1] if index else 0)]
            if index not in spoken:
                spoken[index] = {id(c.part) for c in named[index] if c.judgement.length < 0}
            if id(part) not in spoken[index]:
                whole = part.syntax not in NOT_UNWRAPPED and batch[index].message.protocol.startswith("http")
                judgements = self._shapes.read(
                    part.value,
                    identifier,
                    bare,
                    name=part.name,
                    before=before(part),
                    whole_field=whole and self.names.is_telling(part.name),
                )
                named[index] += [Candidate(j, part.layer, part, is_loose(part)) for j in judgements]


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


def _may_be_wording(judgement: Judgement) -> bool:
    """Whether a judgement is one that the label of a field or a text of a program could have caused."""
    if judgement.checked or judgement.certainty == "possible" or judgement.digest:
        return False
    return kind_of(judgement.kind).family != "technical"


def _is_text(data: bytes) -> bool:
    """Whether bytes that nobody could parse are mostly printable: in others, shapes are chance."""
    return len(data) >= 8 and len(data.translate(None, _TEXT)) * 8 <= len(data)


def _weighed(candidates: Sequence[Candidate], known: Sequence[Finding], index: int) -> list[Finding]:
    """The candidates of one message against each other and against the known values: one finding per value and place."""
    by_place: dict[tuple[int, int], list[Candidate]] = {}
    loose = unsure = partial = False
    for candidate in candidates:
        judgement, layer, part, is_loose_here = candidate
        place = (id(part), -1) if part is not None else (id(layer), judgement.start)
        by_place.setdefault(place, []).append(candidate)
        loose = loose or is_loose_here
        unsure = unsure or judgement.certainty == "possible"
        partial = partial or judgement.length >= 0
    chosen: list[Candidate] = []
    for here in by_place.values():
        chosen += here if len(here) == 1 else _best_here(here)
    if loose:
        anchored = {id(c.layer) for c in chosen if _anchors(c.judgement)}
        chosen = [_capped(c) if c.loose and id(c.layer) not in anchored else c for c in chosen]
    if loose or unsure:
        sure = {f.value for f in known} | {c.judgement.value for c in chosen if c.judgement.certainty != "possible"}
        chosen = [c for c in chosen if c.judgement.certainty != "possible" or c.judgement.value not in sure]
    if partial:
        whole = {(c.judgement.kind, c.judgement.value) for c in chosen if c.judgement.length < 0}
        chosen = [
            c for c in chosen if c.judgement.length < 0 or not c.inside or (c.judgement.kind, c.judgement.value) not in whole
        ]
    if known:
        at: dict[int, list[Finding]] = {}
        for finding in known:
            at.setdefault(id(finding.part if finding.part is not None else finding.layer), []).append(finding)
        chosen = [c for c in chosen if not _superseded(c, at)]
    return [_finding(candidate, index) for candidate in chosen]


def _superseded(candidate: Candidate, known: dict[int, list[Finding]]) -> bool:
    """Whether a known value at the same place (by `id` of the part, or of the layer) makes the candidate needless."""
    judgement, layer, part, _ = candidate
    same = [
        f
        for f in known.get(id(part if part is not None else layer), ())
        if judgement.kind == f.kind or judgement.value == f.value
    ]
    return any(part is not None or f.offset <= judgement.start < f.offset + f.length for f in same)


def _best_here(here: list[Candidate]) -> list[Candidate]:
    """The best judgements of one place: per beginning within the text, for a text may hold several values."""
    by_start: dict[int, list[Judgement]] = {}
    for candidate in here:
        by_start.setdefault(candidate.judgement.start, []).append(candidate.judgement)
    return [here[0]._replace(judgement=j) for same in by_start.values() for j in best_of(same)]


def _anchors(judgement: Judgement) -> bool:
    return judgement.checked and judgement.certainty != "possible" and kind_of(judgement.kind).family in _ANCHORS


def _capped(candidate: Candidate) -> Candidate:
    """In text that a person may have written, a label is a word: only a check of a device's kind makes it more than possible."""
    judgement = candidate.judgement
    if judgement.checked and kind_of(judgement.kind).family not in ("person", "content"):
        return candidate
    if judgement.certainty == "possible":
        return candidate
    why = f"{judgement.why}; but in running text, with nothing beside it that is certain"
    return candidate._replace(judgement=judgement._replace(certainty="possible", why=why))


def _finding(candidate: Candidate, index: int) -> Finding:
    judgement, layer, part, _ = candidate
    offset, length = judgement.start, judgement.length
    if part is not None:
        offset, length = part.offset, part.length
        # Within the value, where it stands in the bytes as it is written here (no escapes).
        if judgement.length >= 0 and offset >= 0 and length == len(part.value):
            offset, length = offset + judgement.start, judgement.length
    return Finding(
        kind=judgement.kind,
        value=judgement.value,
        certainty=judgement.certainty,
        why=judgement.why,
        layer=layer,
        part=part,
        offset=offset,
        length=length,
        form=form_of(layer, part, (judgement.digest,) if judgement.digest else ()),
        field=field_of(layer, part),
        message=index,
    )


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


def find_disclosures(batch: Sequence[Opened], search: Search, *, hosts: Sequence[str | None]) -> list[Finding]:
    """Personal data in `batch`, by message; `hosts[i]` is the remote host of message `i`, for the known formats.

    Linear in the bytes and the parts; the number of known values hardly matters. Never raises on any content.
    """
    return search.find(batch, hosts)
