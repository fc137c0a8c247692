"""XML of packages as a flat list of elements, whichever form it was written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from vuoto.facts.problems import Problem

ANDROID: Final = "http://schemas.android.com/apk/res/android"

MAX_ELEMENTS: Final = 200_000
"""Elements of one document. The largest manifests of system packages have some 10,000."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute."""

    name: str
    """Its name without prefix; for attributes of the framework the name that belongs to its resource id, which is what counts."""

    namespace: str | None
    """The namespace's URI, or `None`."""

    value: str
    """As text: strings as they stand, numbers in decimal, flags in hex, `true` and `false`, references as `@0x7f010001`."""

    reference: int | None = None
    """The resource id where the value is a reference, else `None`."""


@dataclass(slots=True)
class Element:
    """One element with its attributes."""

    name: str
    """Its name without prefix."""

    parent: int
    """The index of the enclosing element in the document's list, or -1."""

    line: int
    """The line of the source it was compiled from, or of the text."""

    attributes: tuple[Attribute, ...] = ()
    """In the order they stand."""

    text: str = ""
    """The character data directly inside, pieces joined."""

    def attribute(self, name: str) -> Attribute | None:
        """The framework's attribute `name` or, where there is none, one without a namespace; the first of several."""
        plain = None
        for a in self.attributes:
            if a.name == name:
                if a.namespace == ANDROID:
                    return a
                plain = plain or (a if a.namespace is None else None)
        return plain

    def get(self, name: str) -> str | None:
        """The value of `attribute(name)`, or `None`."""
        found = self.attribute(name)
        return found.value if found is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlDocument:
    """What a document holds."""

    elements: list[Element]
    """In the order they open; `parent` makes the tree."""

    problems: list[Problem] = field(default_factory=list)
    """What was broken."""

    binary: bool = True
    """False where the document was plain text, which Android's own parser of installed packages does not take."""

    def children(self) -> dict[int, list[int]]:
        """The indices of each element's children, by its own index; -1 for the roots."""
        result: dict[int, list[int]] = {}
        for i, e in enumerate(self.elements):
            result.setdefault(e.parent, []).append(i)
        return result

    def strings(self) -> Iterator[str]:
        """Every value and text, for what looks for addresses in them."""
        for e in self.elements:
            yield from (a.value for a in e.attributes)
            if e.text:
                yield e.text
