"""The DEX files of one package as one program: its classes, their ancestors, and who calls what.

Android's class loader takes the first definition of a class; so is it here. What a package does not define is called framework,
whether it comes from Android, Java or a shared library.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from vuoto.facts.code import CodePlace
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.lineage import may_fit
from vuoto.firmware.code.patterns import ALL_PATTERNS, owners_of

# A chain of superclasses that is longer is a loop or an attack: the longest of Android's own has 12, with some interfaces.
MAX_ANCESTORS: Final = 64


class Hit(NamedTuple):
    """An instruction that calls one of the methods that were asked for."""

    dex: int
    """Number of the DEX file."""

    row: int
    """The instruction."""

    reference: int
    """Index of the method it calls."""

    rule: int
    """Number of the rule that it fits."""


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set, ascending."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


class StaticTexts:
    """The constant of each static field that has a text for its initial value."""

    def __init__(self, dexes: Sequence[Dex]) -> None:
        self._dexes = dexes

    def get(self, field: str) -> str | None:
        """The text of the field with this whole name, or `None`."""
        return self._texts.get(field)

    # Few packages have a call that is given one, and the names of all fields cost more than what else is asked of them.
    @cached_property
    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for dex in self._dexes:
            _, fields, indices = dex.static_texts()
            texts.update(zip(map(dex.field, fields.tolist()), map(dex.strings.__getitem__, indices.tolist()), strict=True))
        return texts


class Program:
    """Several DEX files, joined by names. Read only."""

    def __init__(self, dexes: Sequence[Dex]) -> None:
        self.dexes = tuple(dexes)
        self.static_texts = StaticTexts(self.dexes)
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._names: dict[tuple[int, int], str] = {}
        self._parents: dict[str, tuple[str, ...]] = {}
        self._fits: dict[str, int] = {}
        """The classes that were asked about, and which patterns they or their ancestors fit."""
        self._sets: dict[int, int] = {}
        """The different answers to that, numbered."""
        self._set_of: list[I64] = []
        """Per file and type: the number of its answer, or -1 for one that was not asked about."""
        self._patterns = -1
        """How many patterns there were then."""

    @cached_property
    def classes(self) -> dict[str, tuple[int, int]]:
        """Descriptor of each defined class: its DEX file and its row there."""
        result: dict[str, tuple[int, int]] = {}
        for number, dex in enumerate(self.dexes):
            for row, index in enumerate(dex.classes.type.tolist()):
                result.setdefault(dex.type(index), (number, row))
        return result

    def parents(self, name: str) -> tuple[str, ...]:
        """Superclass and interfaces of a class of the program; none for a class of the framework."""
        known = self._parents.get(name)
        if known is not None:
            return known
        found = self.classes.get(name)
        if found is None:
            return ()
        dex = self.dexes[found[0]]
        above = int(dex.classes.superclass[found[1]])
        interfaces = int(dex.classes.interfaces[found[1]])
        named = ((dex.type(above),) if above >= 0 else ()) + (tuple(dex.type_list(interfaces)) if interfaces else ())
        self._parents[name] = named
        return named

    def ancestors(self, name: str) -> tuple[str, ...]:
        """The class itself, its superclasses and interfaces, nearest first; those beyond the framework's border are not known."""
        known = self._ancestors.get(name)
        if known is None and name not in self.classes:
            return (name,)
        if known is None:
            result = [name]
            seen = {name}
            for one in result:
                if len(result) > MAX_ANCESTORS:
                    break
                for parent in self.parents(one)[:MAX_ANCESTORS]:
                    if parent not in seen:
                        seen.add(parent)
                        result.append(parent)
            known = self._ancestors[name] = tuple(result)
        return known

    def find_calls(self, rules: Sequence[tuple[str, Iterable[str]]]) -> list[Hit]:
        """Every call of a method whose owner fits the pattern of a rule and whose name is one of its names, in order."""
        wanted: dict[str, int] = {}
        for number, (_, names) in enumerate(rules):
            for name in names:
                wanted[name] = wanted.get(name, 0) | 1 << number
        owners = owners_of(tuple(owner for owner, _ in rules))
        if self._patterns != ALL_PATTERNS.count:
            self._patterns, self._fits, self._sets = ALL_PATTERNS.count, {}, {0: 0}
            self._set_of = [np.where(may, -1, 0) for may in may_fit(self.dexes, ALL_PATTERNS.fit_any)]
        hits: list[Hit] = []
        for number, dex in enumerate(self.dexes):
            here: list[Hit] = []
            found = dex.methods_named(wanted)
            found = found[dex.is_invoked[found]]
            sets = self._sets_of(number, np.minimum(dex.method_class[found], len(dex.types)))
            fitting = list(map(owners.rules, self._sets))
            keep = np.flatnonzero(np.array([fit != 0 for fit in fitting], np.bool_)[sets])
            for index, fits_here in zip(found[keep].tolist(), sets[keep].tolist(), strict=True):
                fits = fitting[fits_here] & wanted[dex.strings[dex.method_name[index]]]
                if fits:
                    rows = dex.invokes_of(index).tolist()
                    here += [Hit(number, row, index, rule) for rule in _bits(fits) for row in rows]
            hits += sorted(here)
        return hits

    def _sets_of(self, number: int, classes: I64) -> I64:
        """For classes of a file: which set of patterns each fits, by number. Each class is looked at once for all questions."""
        known = self._set_of[number]
        dex = self.dexes[number]
        for index in np.unique(classes[known[classes] < 0]).tolist():
            known[index] = self._sets.setdefault(self._fitting(dex.type(index)), len(self._sets))
        return known[classes]

    def _fitting(self, name: str) -> int:
        """The patterns that the class or one of its ancestors fits, as bits."""
        fits = self._fits.get(name)
        if fits is None:
            fits = ALL_PATTERNS.fitting(name)
            known = [self._fits.get(parent, -1) for parent in self.parents(name)[:MAX_ANCESTORS]]
            # Most classes extend one that was asked about before, whose ancestors need not be looked through again.
            if -1 in known:
                known = list(map(ALL_PATTERNS.fitting, self.ancestors(name)))
            for one in known:
                fits |= one
            self._fits[name] = fits
        return fits

    def place(self, number: int, row: int) -> CodePlace:
        """Where an instruction stands."""
        dex = self.dexes[number]
        body = int(dex.code.first.searchsorted(row, side="right")) - 1
        offset = int(dex.code.unit[row] - dex.code.start[body])
        return CodePlace(dex=dex.name, method=self.method_of_body(number, body), offset=offset)

    def method_of_body(self, number: int, body: int) -> str:
        """Name of the method whose code the body is; the first, where several share it."""
        known = self._names.get((number, body))
        if known is None:
            dex = self.dexes[number]
            known = self._names[number, body] = dex.method(int(dex.classes.method[dex.body_method[body]]))
        return known

    def places(self, number: int, rows: I64) -> list[CodePlace]:
        """Where instructions stand, sorted."""
        return sorted(self.place(number, row) for row in rows.tolist())
