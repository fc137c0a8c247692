"""Values that several fields make together: latitude and longitude; a list of packages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vuoto.disclosures.identifier import Identifier
from vuoto.disclosures.judging import Judgement
from vuoto.disclosures.name_sense import NameSense
from vuoto.disclosures.name_words import IN_LIST, group_of
from vuoto.facts.parts import Part

MOST_MEMBERS: Final = 4_096
"""Fields of one list that are put together; more are no list of a person's apps."""

_DECIMAL: Final = re.compile(r"[+-]?\d{1,3}\.\d{1,20}")
_INTEGER: Final = re.compile(r"[+-]?\d{5,11}")
_INDEX: Final = re.compile(r"/\d+(?=/|\Z)")

Made = tuple[Part, Judgement]


class Siblings:
    """The fields of one message that could belong together, gathered in one pass over its parts."""

    def __init__(self) -> None:
        self._halves: dict[tuple[int, str, str, Identifier], tuple[list[Part], list[Part]]] = {}
        self._tuples: dict[tuple[int, str, Identifier], tuple[NameSense, list[Part]]] = {}
        self._lists: dict[tuple[int, str, Identifier], list[Part]] = {}
        self._strong: set[tuple[int, str, Identifier]] = set()

    def add(self, part: Part, sense: NameSense) -> None:
        """Take in a part whose name says that it may be one of several."""
        parent = part.pointer.rpartition("/")[0]
        if sense.half is not None:
            identifier, half, rest = sense.half
            self._halves.setdefault((id(part.layer), parent, rest, identifier), ([], []))[half].append(part)
        for identifier in sense.lists:
            key = (id(part.layer), _INDEX.sub("/*", part.pointer), identifier)
            members = self._lists.setdefault(key, [])
            if len(members) < MOST_MEMBERS:
                members.append(part)
            if identifier in sense.strong:
                self._strong.add(key)
        for identifier in sense.strong:
            if (
                identifier.halves is not None
                and part.pointer[len(parent) :] in ("/0", "/1", "/2")
                and _DECIMAL.fullmatch(part.value)
            ):
                self._tuples.setdefault((id(part.layer), parent, identifier), (sense, []))[1].append(part)

    def judge(self) -> list[Made]:
        """What they make together."""
        found: list[Made] = []
        for (_, _, _, identifier), (first, second) in self._halves.items():
            for one, other in zip(first, second, strict=False):
                found += _pair(identifier, one, other, "the fields' names say latitude and longitude")
        for (_, parent, identifier), (sense, parts) in self._tuples.items():
            if len(parts) in (2, 3):
                # RFC 7946 §3.1.1: GeoJSON's `coordinates` have the longitude first; others second, unless the name says so.
                turned = sense.read is not None or group_of(f"{parent}/").removesuffix(IN_LIST) == "coordinates"
                one, other = (parts[1], parts[0]) if turned else (parts[0], parts[1])
                made = _pair(identifier, one, other, f"the field's name “{parts[0].name}” says so")
                if len(parts) == 2 or turned:
                    found += made
                    continue
                # With a third number it is as well a place in a room or in a game.
                found += [(part, judgement._replace(certainty="possible")) for part, judgement in made]
        for key, parts in self._lists.items():
            if len(parts) > 1:
                found += _list(key[2], parts, strong=key in self._strong)
        return found


def _pair(identifier: Identifier, one: Part, other: Part, said: str) -> list[Made]:
    first = _degrees(one)
    reading = identifier.read(f"{first},{_degrees(other)}")
    if reading is None:
        return []
    if not reading.value.startswith(first.lstrip("+")):
        why = f"{reading.why}; {said}, but they are degrees of longitude and latitude"
        turned = Judgement(identifier.kind, reading.value, "possible", why, checked=True)
        return [(one, turned), (other, turned)]
    judgement = Judgement(identifier.kind, reading.value, "validated", f"{reading.why}, and {said}", checked=True)
    return [(one, judgement), (other, judgement)]


def _degrees(part: Part) -> str:
    """Degrees as written, or from the whole numbers that some clients multiply by 10⁷ or 10⁶ (`latE7`)."""
    text = part.value.strip()
    name = part.name.lower()
    for power in (7, 6):
        if name.endswith(f"e{power}") and _INTEGER.fullmatch(text):
            return f"{int(text) / 10**power:.{power}f}"
    return text


def _list(identifier: Identifier, parts: Sequence[Part], *, strong: bool) -> list[Made]:
    reading = identifier.read(",".join(part.value for part in parts if len(part.value) <= 256))
    if reading is None or (reading.check != "holds" and not strong):
        return []
    if strong and reading.check != "holds":
        why = f"the field's name “{parts[0].name}” says so; {reading.why}"
        return [(parts[0], Judgement(identifier.kind, reading.value, "likely", why))]
    if strong:
        why = f"{reading.why}, and the field's name “{parts[0].name}” says so"
        return [(parts[0], Judgement(identifier.kind, reading.value, "validated", why, checked=True))]
    return [(parts[0], Judgement(identifier.kind, reading.value, "likely", f"{reading.why} in one list", checked=True))]
