"""Weighs what was judged in one message: each candidate against the others and against the known values.

The same place holds one value, a value that is certain somewhere is not listed as possible elsewhere, and in running text a label
is only a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from vuoto.disclosures.judging import Judgement, best_of
from vuoto.disclosures.places import field_of, form_of
from vuoto.facts.disclosures import Finding
from vuoto.facts.parts import Layer, Part
from vuoto.facts.vocabulary import kind_of

_ANCHORS: Final = frozenset(("device", "subscriber", "software"))
"""Families of which one checked value beside it makes an unchecked label in loose text credible."""


class Candidate(NamedTuple):
    """A judgement at its place, before it is weighed against the others of its message."""

    judgement: Judgement
    layer: Layer
    part: Part | None
    loose: bool
    stands: tuple[tuple[str, ...], str] | None = None
    """`form_of` and `field_of` its place, where they are known already."""

    @property
    def inside(self) -> bool:
        """Whether it is a shape inside a longer value: where the same value has a field of its own, that one says more."""
        return self.part is not None and 0 <= self.judgement.length < len(self.part.value.strip())


def weighed(candidates: Sequence[Candidate], known: Sequence[Finding], index: int) -> list[Finding]:
    """The candidates of one message against each other and against the known values: one finding per value and place."""
    by_place: dict[tuple[int, int], list[Candidate]] = {}
    loose = unsure = partial = False
    for candidate in candidates:
        judgement, layer, part, is_loose_here, _ = candidate
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
    judgement, layer, part, *_ = candidate
    same = [
        f
        for f in known.get(id(part if part is not None else layer), ())
        if judgement.kind == f.kind or judgement.value == f.value
    ]
    end = judgement.start + max(judgement.length, 1)
    return any(part is not None or (f.offset < end and judgement.start < f.offset + f.length) for f in same)


def _best_here(here: list[Candidate]) -> list[Candidate]:
    """The best judgements of one place: per beginning within the text, for a text may hold several values."""
    by_start: dict[int, list[Judgement]] = {}
    for candidate in here:
        by_start.setdefault(candidate.judgement.start, []).append(candidate.judgement)
    if len(by_start) == len(here) and all(candidate.loose == here[0].loose for candidate in here):
        return here
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
    judgement, layer, part, _, stands = candidate
    form, field = stands or (form_of(layer, part), field_of(layer, part))
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
        form=(*form, judgement.digest) if judgement.digest else form,
        field=field,
        message=index,
    )
