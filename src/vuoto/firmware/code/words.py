"""Texts that are shaped like names: keys of bodies, parameters, fields of models, pieces of hosts and paths.

Taken are constants that code loads or that static fields hold, and the names of instance fields of classes that look like a
serialised model (Gson and its kin write fields under their own names): a class with two fields or more, all of them texts,
numbers, truth values, lists, maps or classes of the program, that does nothing but hold them: constructors, and methods which
begin as getters and setters do. Not taken: sentences, names of classes and of intents (they hold two dots or more, but for pieces
of a host such as `.vnet.cn`), texts longer than `MAX_TEXT`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise
from typing import Final

import numpy as np

from vuoto.facts.code import CodeWord
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.rows import each_once, is_first, taken
from vuoto.firmware.code.texts import NAME_TEXT, kinds_of

MAX_TEXT: Final = 64
"""Characters of a name; the longest keys of published formats have some 40."""

MAX_WORDS: Final = 20_000
"""Words of one package. The largest real one that was measured has some 9,000; more are machine-made."""

MAX_CLASSES: Final = 16
"""Classes named per word: a word that more of them use tells nothing of any."""

NAME: Final = re.compile(
    r"[A-Za-z_$][A-Za-z0-9_$\-]+(?:[.:\[][A-Za-z0-9_$\-]+\]?)?|[A-Za-z0-9\-]+\.|(?:\.[A-Za-z0-9\-]+){1,4}"
    r"|[A-Za-z][A-Za-z0-9_\-]*(?:/[A-Za-z0-9_.\-]+){1,5}/?",
    re.ASCII,
)
"""A name, with at most one dot or colon in it; a piece of a host name, which begins or ends with its dot; a path
without its first slash; or a program and its version, as a `User-Agent` has them."""

_HOLDS: Final = re.compile(
    r"\[*(?:[ZBSIJFD]|Ljava/lang/(?:String|Integer|Long|Boolean|Float|Double|Object);|Ljava/util/\w*(?:List|Map|Set|Date);)"
)
_KEEPS: Final = re.compile(
    r"<init>|(?:get|set|is|has|with|component)(?:[A-Z0-9]\w*)?|copy(?:\$default)?|equals|hashCode|toString|writeToParcel|describeContents"
)
_STATIC_INIT: Final = "<clinit>"
_INTERFACE: Final = 0x0200
_SYNTHETIC: Final = 0x1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """The words of a package in columns, sorted."""

    values: list[str]
    """Per word: its text."""

    hows: list[str]
    """Per word: `constant` or `field`."""

    counts: I64
    """Per word: how many classes are named."""

    classes: I64
    """The classes of all words, one after the other, as places in `names`."""

    names: list[str]
    """Names of classes, each once, sorted."""

    def facts(self) -> tuple[CodeWord, ...]:
        """The same as facts."""
        ends = np.cumsum(self.counts).tolist()
        begins, classes = [0, *ends], list(map(self.names.__getitem__, self.classes.tolist()))
        return tuple(
            CodeWord(value=value, classes=tuple(classes[begin:end]), how=how)
            for value, how, begin, end in zip(self.values, self.hows, begins, ends, strict=False)
        )


def find_words(program: Program) -> Words:
    """Every such word with the classes that use it, sorted; the first `MAX_WORDS`. Linear in the strings that code uses."""
    constants, fields = Pairs(), Pairs()
    for dex in program.dexes:
        constants.add(*_loaded(dex))
        rows, _, indices = dex.static_texts()
        named = np.flatnonzero(kinds_of(dex)[indices] & NAME_TEXT)
        constants.add(*_texts(dex, indices[named], dex.classes.type[rows[named]]))
        fields.add(*_held(dex, program))
    names = sorted({*constants.names, *fields.names})
    return _in_one([constants.in_order(names), fields.in_order(names)], ("constant", "field"), names)


class Pairs:
    """Words and the classes that use them, numbered as they are met."""

    def __init__(self) -> None:
        self.values: defaultdict[str, int] = defaultdict(count().__next__)
        self.names: defaultdict[str, int] = defaultdict(count().__next__)
        self._pairs: list[I64] = []

    def add(self, values: list[str], value: I64, names: list[str], name: I64) -> None:
        """Pairs of places in the two lists."""
        if len(value):
            values_ = np.array(list(map(self.values.__getitem__, values)), np.int64)
            names_ = np.array(list(map(self.names.__getitem__, names)), np.int64)
            self._pairs.append(values_[value] << 32 | names_[name])

    def in_order(self, names: list[str]) -> tuple[list[str], I64, I64]:
        """The words, sorted; how many classes each has, `MAX_CLASSES` at most; and those, as places in `names`."""
        values = sorted(self.values)
        of_value, of_name = _ranks(self.values, values), _ranks(self.names, names)
        pairs = np.concatenate(self._pairs) if self._pairs else np.zeros(0, np.int64)
        pairs = np.sort(of_value[pairs >> 32] << 32 | of_name[pairs & 0xFFFFFFFF])
        pairs = pairs[is_first(pairs)]
        begins = np.searchsorted(pairs >> 32, np.arange(len(values) + 1))
        sizes = np.diff(begins)
        kept = np.arange(len(pairs)) - np.repeat(begins[:-1], sizes) < MAX_CLASSES
        return values, np.minimum(sizes, MAX_CLASSES), pairs[kept] & 0xFFFFFFFF


def is_name(text: str) -> bool:
    """Whether the text is shaped like a name."""
    return 1 < len(text) <= MAX_TEXT and NAME.fullmatch(text) is not None


def _ranks(numbers: dict[str, int], texts: list[str]) -> I64:
    """By number of a text: its place in the sorted `texts`, which hold all that have a number."""
    places = np.zeros(len(numbers), np.int64)
    if len(texts) == len(numbers):
        places[list(map(numbers.__getitem__, texts))] = np.arange(len(texts))
    else:
        known = {text: place for place, text in enumerate(texts)}
        places[list(numbers.values())] = [known[text] for text in numbers]
    return places


def _in_one(parts: list[tuple[list[str], I64, I64]], hows: tuple[str, ...], names: list[str]) -> Words:
    """The words of both kinds, sorted by text, classes and kind; the first `MAX_WORDS`."""
    values = [value for part in parts for value in part[0]]
    how = [kind for kind, part in zip(hows, parts, strict=True) for _ in part[0]]
    sizes = np.concatenate([part[1] for part in parts])
    classes = np.concatenate([part[2] for part in parts])
    order = list(range(len(values)))
    if all(part[0] for part in parts):
        order.sort(key=values.__getitem__)
        begins = (np.cumsum(sizes) - sizes).tolist()
        for at, (one, other) in enumerate(pairwise(order)):
            if values[one] == values[other]:
                # A word of both kinds: the first in `parts` comes first, but where its classes come later.
                mine, theirs = (classes[begins[n] : begins[n] + int(sizes[n])].tolist() for n in (one, other))
                if theirs < mine:
                    order[at], order[at + 1] = other, one
    del order[MAX_WORDS:]
    if order != list(range(len(values))):
        classes, sizes = taken(classes, sizes, np.array(order, np.int64))
        values, how = [values[at] for at in order], [how[at] for at in order]
    return Words(values=values, hows=how, counts=sizes, classes=classes, names=names)


def _loaded(dex: Dex) -> tuple[list[str], I64, list[str], I64]:
    """Constants that instructions load, by class: all pairs at once."""
    rows, indices = dex.string_uses
    named = np.append(kinds_of(dex) & NAME_TEXT != 0, False)
    chosen = np.flatnonzero(named[np.minimum(indices, len(named) - 1)])
    pairs = np.sort(indices[chosen] << 32 | dex.class_of_row[rows[chosen]])
    pairs = pairs[is_first(pairs)]
    words = pairs >> 32
    begins = np.flatnonzero(is_first(words))
    sizes = np.diff(np.append(begins, len(words)))
    kept = np.arange(len(pairs)) - np.repeat(begins, sizes) < MAX_CLASSES
    return _texts(dex, words[kept], dex.classes.type[pairs[kept] & 0xFFFFFFFF])


def _texts(dex: Dex, strings: I64, types: I64) -> tuple[list[str], I64, list[str], I64]:
    """Texts, each once, and the place of each string among them; the same of the types' names."""
    used, value = each_once(strings, len(dex.strings))
    owners, name = each_once(types, len(dex.types))
    # The strings were looked at, so they are there; a type may not be, which reads as the empty name.
    return list(map(dex.strings.__getitem__, used.tolist())), value, list(map(dex.type, owners.tolist())), name


def _held(dex: Dex, program: Program) -> tuple[list[str], I64, list[str], I64]:
    """Names of the instance fields of classes that look like serialised models, and those classes: as from `_texts`."""
    classes = dex.classes
    instance = np.flatnonzero(classes.field_static < 0)
    counts = np.bincount(classes.field_class[instance], minlength=len(classes.type))
    models = (counts >= 2) & (classes.access & (_INTERFACE | _SYNTHETIC) == 0)
    models[classes.method_class[_does_more(dex)]] = False
    own = program.classes
    values: list[str] = []
    names: list[str] = []
    for row in np.flatnonzero(models).tolist():
        begin, end = np.searchsorted(classes.field_class, (row, row + 1))
        members = [int(classes.field[at]) for at in range(begin, end) if classes.field_static[at] < 0]
        kinds = [dex.type(int(dex.field_type[m])) for m in members if m < len(dex.field_type)]
        if all(_HOLDS.fullmatch(kind) or kind.lstrip("[") in own for kind in kinds):
            for member in members:
                if member < len(dex.field_name) and is_name(name := dex.string(int(dex.field_name[member]))):
                    values.append(name)
                    names.append(dex.type(int(classes.type[row])))
    return values, np.arange(len(values)), names, np.arange(len(names))


def _does_more(dex: Dex) -> I64:
    """The defined methods that do more than make, read or compare the class's fields, by their names, each looked at once."""
    methods = dex.classes.method
    outside = methods >= len(dex.method_name)
    names = (
        np.where(outside, -1, dex.method_name[np.where(outside, 0, methods)])
        if len(dex.method_name)
        else np.full(len(methods), -1)
    )
    used, inverse = np.unique(names, return_inverse=True)
    more = np.array([not _keeps(dex.string(index)) for index in used.tolist()], bool)
    return np.flatnonzero(more[inverse]) if len(more) else np.zeros(0, np.int64)


# Names of methods are the same in most packages of a build.
@lru_cache(maxsize=65_536)
def _keeps(name: str) -> bool:
    return name == _STATIC_INIT or _KEEPS.fullmatch(name) is not None
