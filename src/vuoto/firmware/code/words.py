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
from operator import attrgetter
from typing import Final

import numpy as np

from vuoto.facts.code import CodeWord
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.encoded import VALUE_STRING
from vuoto.firmware.code.leb128 import I64
from vuoto.firmware.code.program import Program
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


def find_words(program: Program) -> list[CodeWord]:
    """Every such word with the classes that use it, sorted; the first `MAX_WORDS`. Linear in the strings that code uses."""
    constants: defaultdict[str, list[str]] = defaultdict(list)
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for dex in program.dexes:
        _loaded(dex, constants)
        kinds = kinds_of(dex)
        for row, _, value in dex.static_values():
            if value.kind == VALUE_STRING and value.number < len(kinds) and kinds[value.number] & NAME_TEXT:
                constants[dex.strings[value.number]].append(dex.type(int(dex.classes.type[row])))
        _held(dex, program, fields)
    words = [*_words(constants, "constant"), *_words(fields, "field")]
    return sorted(words, key=attrgetter("value", "classes", "how"))[:MAX_WORDS]


def is_name(text: str) -> bool:
    """Whether the text is shaped like a name."""
    return 1 < len(text) <= MAX_TEXT and NAME.fullmatch(text) is not None


def _words(found: dict[str, list[str]], how: str) -> list[CodeWord]:
    return [
        # Most words stand in one class, which needs no sorting.
        CodeWord(value=text, classes=tuple(sorted(set(classes))[:MAX_CLASSES] if len(classes) > 1 else classes), how=how)
        for text, classes in found.items()
    ]


def _loaded(dex: Dex, found: defaultdict[str, list[str]]) -> None:
    """Constants that instructions load, by class: all pairs at once."""
    rows, indices = dex.string_uses
    named = np.append(kinds_of(dex) & NAME_TEXT != 0, False)
    chosen = np.flatnonzero(named[np.minimum(indices, len(named) - 1)])
    if not len(chosen):
        return
    rows, indices = rows[chosen], indices[chosen]
    owners = dex.classes.method_class[dex.body_method[dex.body_of(rows)]]
    pairs: I64 = np.sort(indices << 32 | owners)
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
    words, owners = pairs >> 32, dex.classes.type[pairs & 0xFFFFFFFF]
    begins = np.flatnonzero(np.append(True, words[1:] != words[:-1]))
    ends = np.minimum(np.append(begins[1:], len(words)), begins + MAX_CLASSES)
    types = [dex.type(index) for index in owners.tolist()]
    for word, begin, end in zip(words[begins].tolist(), begins.tolist(), ends.tolist(), strict=True):
        found[dex.strings[word]] += types[begin:end]


def _held(dex: Dex, program: Program, found: defaultdict[str, list[str]]) -> None:
    """Names of the instance fields of classes that look like serialised models."""
    classes = dex.classes
    instance = np.flatnonzero(classes.field_static < 0)
    counts = np.bincount(classes.field_class[instance], minlength=len(classes.type))
    models = (counts >= 2) & (classes.access & (_INTERFACE | _SYNTHETIC) == 0)
    models[classes.method_class[_does_more(dex)]] = False
    own = program.classes
    for row in np.flatnonzero(models).tolist():
        begin, end = np.searchsorted(classes.field_class, (row, row + 1))
        members = [int(classes.field[at]) for at in range(begin, end) if classes.field_static[at] < 0]
        kinds = [dex.type(int(dex.field_type[m])) for m in members if m < len(dex.field_type)]
        if all(_HOLDS.fullmatch(kind) or kind.lstrip("[") in own for kind in kinds):
            for member in members:
                if member < len(dex.field_name) and is_name(name := dex.string(int(dex.field_name[member]))):
                    found[name].append(dex.type(int(classes.type[row])))


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


def _keeps(name: str) -> bool:
    return name == _STATIC_INIT or _KEEPS.fullmatch(name) is not None
