"""The company that a field's name keeps: what the names of the fields beside it say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vuoto.disclosures.names import NameBook
from vuoto.facts.parts import Layer, Part


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
            self._by_layer = self._gather()
        offered, own = self._by_layer[id(part.layer)], part.name
        return any(len(by) > 1 or own not in by for phrase in wanted if (by := offered.get(phrase)))

    def _gather(self) -> dict[int, Mapping[str, frozenset[str]]]:
        names: dict[int, list[str]] = {}
        current: Layer | None = None
        of_layer: list[str] = []
        for other in self._parts:
            if other[0] is not current:  # the parts of a layer mostly follow each other
                current = other[0]
                of_layer = names.setdefault(id(current), [])
            of_layer.append(other[1])
        return {number: self._names.offers(tuple(said)) for number, said in names.items()}
