"""How sure: the contract's four certainties, decided from what the name says and what the check says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading
from vuoto.disclosures.name_sense import NameSense
from vuoto.facts.vocabulary import CERTAINTIES, KINDS, Certainty

_DIGEST: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}", re.IGNORECASE)
_ALGORITHMS: Final = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


class Judgement(NamedTuple):
    """One kind that a value was judged to be."""

    kind: str
    value: str
    certainty: Certainty
    why: str
    start: int = 0
    length: int = -1
    digest: str = ""
    """Name of the digest that the value is, or of the encoding that its check took off, or `""`."""
    checked: bool = False
    """Whether the kind's own check held."""
    named: bool = False
    """Whether the name, or a known format, means this kind and does not only hint at it."""


def judge(sense: NameSense, value: str, *, in_company: bool, source: str = "") -> tuple[Judgement, ...]:
    """What a value is under a name that says `sense`, best first; several only where they are different values in one text.

    `in_company`: whether the company that a `shy` name needs stands in the same layer. `source` says who else names the field.
    """
    found: list[Judgement] = []
    strong = sense.strong + sense.shy if in_company else sense.strong
    for identifier in strong:
        found += _named(identifier, sense, value, source)
    for identifier in sense.hints:
        if identifier not in strong:
            found += _hinted(identifier, sense, value, "likely")
    for identifier in sense.vague:
        found += _hinted(identifier, sense, value, "possible")
    if len(found) < 2:
        return tuple(found)
    return best_of(found)


def best_of(found: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """The surest judgements, one per value; ties by kind, so that no order of files decides."""
    ranked = sorted(found, key=lambda j: (CERTAINTIES.index(j.certainty), not j.checked, not j.named, j.kind))
    surest = ranked[0]
    kept: dict[tuple[str, int], Judgement] = {}
    for judgement in ranked:
        if (judgement.certainty, judgement.checked, judgement.named) == (surest.certainty, surest.checked, surest.named):
            kept.setdefault((judgement.value, judgement.start), judgement)
    return tuple(kept.values())


def _named(identifier: Identifier, sense: NameSense, value: str, source: str) -> list[Judgement]:
    said = source or f"the field's name “{sense.said}” says so"
    # A digest fits any kind: where a field may hold several, only a name that says so makes it one of them.
    if (sense.hashed and KINDS[identifier.kind].family != "technical") or (identifier.hashed and len(sense.strong) == 1):
        digest = _digest(identifier, sense, value, said)
        if digest is not None:
            return [digest._replace(named=True)]
    reading = (sense.read or identifier.read)(value)
    if reading is None:
        return []
    if reading.check == "holds":
        return [_judgement(identifier, reading, "validated", f"{reading.why}, and {said}")._replace(named=True)]
    if reading.check in ("none", "fits") or sense.piece:
        return [_judgement(identifier, reading, "likely", f"{said}; {reading.why}")._replace(named=True)]
    return [_judgement(identifier, reading, "possible", f"{said}; {reading.why}")._replace(named=True)]


def _hinted(identifier: Identifier, sense: NameSense, value: str, certainty: Certainty) -> list[Judgement]:
    reading = identifier.read(value)
    if reading is None or reading.check == "fails":
        return []
    if reading.check == "none" or (reading.check == "fits" and certainty == "possible"):
        if certainty == "possible" or not _tells(identifier):
            return []
        return [_judgement(identifier, reading, "possible", f"a field named “{sense.said}” may hold one; {reading.why}")]
    return [_judgement(identifier, reading, certainty, f"{reading.why}; a field named “{sense.said}” may hold one")]


def _tells(identifier: Identifier) -> bool:
    """Whether a possible value of the kind is worth a line: it singles somebody out."""
    return KINDS[identifier.kind].family not in ("technical", "person", "content")


def _judgement(identifier: Identifier, reading: Reading, certainty: Certainty, why: str) -> Judgement:
    checked = reading.check == "holds"
    return Judgement(
        identifier.kind, reading.value, certainty, why, reading.start, reading.length, reading.unwrapped, checked=checked
    )


def _digest(identifier: Identifier, sense: NameSense, value: str, said: str) -> Judgement | None:
    """A digest under the name of what was digested: it cannot be checked, and singles out as well as the value itself."""
    text = value.strip()
    if len(text) not in _ALGORITHMS or _DIGEST.fullmatch(text) is None or is_missing(text):
        return None
    if not sense.hashed and identifier.read(value) is not None:
        return None
    name = _ALGORITHMS[len(text)]
    why = f"{said}; {len(text)} hexadecimal digits, as long as {name.upper()} of one"
    return Judgement(identifier.kind, text.lower(), "likely", why, digest=name)
