"""What Kotlin's standard library makes of source: names without an import, properties that are calls, functions that are inlined.

Source: the library's own source of Kotlin 1.3 to 2.3 (`kotlin.collections`, `kotlin.text`, `kotlin.io`, `Preconditions.kt`) and
"Java interop: mapped types" of Kotlin's documentation. An `inline` function leaves no call of its own name in the code; it leaves
what it is made of, and that in the class of whoever calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

MAPPED: Final = {
    "Any": "java.lang.Object",
    "Annotation": "java.lang.annotation.Annotation",
    "CharSequence": "java.lang.CharSequence",
    "Collection": "java.util.Collection",
    "Comparator": "java.util.Comparator",
    "Iterable": "java.lang.Iterable",
    "Iterator": "java.util.Iterator",
    "List": "java.util.List",
    "ListIterator": "java.util.ListIterator",
    "Map": "java.util.Map",
    "MutableCollection": "java.util.Collection",
    "MutableIterable": "java.lang.Iterable",
    "MutableIterator": "java.util.Iterator",
    "MutableList": "java.util.List",
    "MutableListIterator": "java.util.ListIterator",
    "MutableMap": "java.util.Map",
    "MutableSet": "java.util.Set",
    "Set": "java.util.Set",
    "ArrayList": "java.util.ArrayList",
    "HashMap": "java.util.HashMap",
    "HashSet": "java.util.HashSet",
    "LinkedHashMap": "java.util.LinkedHashMap",
    "LinkedHashSet": "java.util.LinkedHashSet",
    "NoSuchElementException": "java.util.NoSuchElementException",
    "ConcurrentModificationException": "java.util.ConcurrentModificationException",
    "ArrayDeque": "kotlin.collections.ArrayDeque",
    "IndexedValue": "kotlin.collections.IndexedValue",
    "ClosedRange": "kotlin.ranges.ClosedRange",
    "CharRange": "kotlin.ranges.CharRange",
    "IntProgression": "kotlin.ranges.IntProgression",
    "IntRange": "kotlin.ranges.IntRange",
    "LongRange": "kotlin.ranges.LongRange",
    "Sequence": "kotlin.sequences.Sequence",
    "Charsets": "kotlin.text.Charsets",
    "MatchGroup": "kotlin.text.MatchGroup",
    "MatchResult": "kotlin.text.MatchResult",
    "Regex": "kotlin.text.Regex",
    "RegexOption": "kotlin.text.RegexOption",
}
"""Names that need no import, and the classes that they are in the code."""

PROPERTIES: Final = {
    "size": "size",
    "length": "length",
    "keys": "keySet",
    "values": "values",
    "entries": "entrySet",
    "name": "name",
    "java": "getJavaClass",
    "kotlin": "getKotlinClass",
    "message": "getMessage",
}
"""Properties that are calls of another name."""

SPENT: Final = frozenset({"collectionSizeOrDefault", "mapCapacity", "throwIndexOverflow", "throwCountOverflow"})
"""Functions that only inlined ones call: nobody writes them."""

_LIST: Final = ("tLjava/util/ArrayList;", "madd/1")
_MAP: Final = ("tLjava/util/LinkedHashMap;", "mput/2")
_SORTED: Final = ("ksortedWith", "ksortWith", "kcompareValues", "uLjava/util/Comparator;", "tLjava/util/Comparator;")


def _new(name: str, arguments: int) -> tuple[str, ...]:
    return (f"tLjava/{name};", f"MLjava/{name};-><init>/{arguments}")


def _parsed(kind: str) -> tuple[str, ...]:
    box = {"Int": "Integer"}.get(kind, kind)
    return (f"mparse{kind}/1", f"MLjava/lang/{box};->parse{kind}/1")


_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("map mapIndexed zip", (*_LIST, *_new("util/ArrayList", 1))),
    (
        "filter filterNot filterNotNull filterIsInstance filterIndexed mapNotNull mapIndexedNotNull partition takeWhile",
        (*_LIST, *_new("util/ArrayList", 0)),
    ),
    ("flatMap", (*_LIST, *_new("util/ArrayList", 0), "kaddAll")),
    ("mutableListOf arrayListOf", _new("util/ArrayList", 0)),
    ("associate associateBy associateWith", (*_MAP, *_new("util/LinkedHashMap", 1), "kcoerceAtLeast")),
    ("mapValues mapKeys", (*_MAP, *_new("util/LinkedHashMap", 1), "mentrySet/0", "mgetKey/0", "mgetValue/0")),
    ("filterKeys filterValues", (*_MAP, *_new("util/LinkedHashMap", 0), "mentrySet/0", "mgetKey/0", "mgetValue/0")),
    ("groupBy", (*_MAP, *_LIST, *_new("util/LinkedHashMap", 0), *_new("util/ArrayList", 0), "mget/1")),
    ("mutableMapOf linkedMapOf", _new("util/LinkedHashMap", 0)),
    ("hashMapOf", _new("util/HashMap", 0)),
    ("mutableSetOf linkedSetOf", _new("util/LinkedHashSet", 0)),
    ("hashSetOf", _new("util/HashSet", 0)),
    ("distinctBy", (*_LIST, *_new("util/HashSet", 0), *_new("util/ArrayList", 0))),
    ("getOrPut", ("mget/1", "mput/2")),
    ("any all none count", ("tLjava/util/Collection;", "misEmpty/0")),
    ("isNotEmpty ifEmpty isNullOrEmpty", ("misEmpty/0", "mlength/0")),
    ("isNotBlank isNullOrBlank ifBlank", ("kisBlank",)),
    ("isEmpty", ("mlength/0",)),
    ("orEmpty", ("kemptyList", "kemptyMap", "kemptySet")),
    ("lastOrNull last", ("klastOrNull", "mlistIterator/1", "mhasPrevious/0", "mprevious/0")),
    ("sortedBy sortedByDescending sortBy sortByDescending maxBy minBy compareBy thenBy", _SORTED),
    ("check checkNotNull error", _new("lang/IllegalStateException", 1)),
    ("require requireNotNull", _new("lang/IllegalArgumentException", 1)),
    ("TODO", ("tLkotlin/NotImplementedError;", "MLkotlin/NotImplementedError;-><init>/1")),
    ("use", ("kcloseFinally",)),
    ("useLines forEachLine readText readLines", ("kcloseFinally", "fLkotlin/text/Charsets;->UTF_8")),
    ("println print", ("fLjava/lang/System;->out", "MLjava/io/PrintStream;->println/1", "MLjava/io/PrintStream;->print/1")),
    ("toByteArray", ("mgetBytes/1", "MLjava/lang/String;->getBytes/1", "fLkotlin/text/Charsets;->UTF_8")),
    ("toTypedArray", ("mtoArray/1", "tLjava/util/Collection;")),
    ("toRegex", ("tLkotlin/text/Regex;", "MLkotlin/text/Regex;-><init>/1")),
    ("toInt", _parsed("Int")),
    ("toLong", _parsed("Long")),
    ("toDouble", _parsed("Double")),
    ("toFloat", _parsed("Float")),
    ("toBoolean", _parsed("Boolean")),
    (
        "format",
        (
            "mformat/2",
            "MLjava/lang/String;->format/2",
            "mformat/3",
            "mcopyOf/2",
            "tLjava/util/Arrays;",
            "MLjava/util/Arrays;->copyOf/2",
        ),
    ),
    ("measureTimeMillis", ("mcurrentTimeMillis/0", "MLjava/lang/System;->currentTimeMillis/0")),
    ("lowercase", ("mtoLowerCase/1", "fLjava/util/Locale;->ROOT")),
    ("uppercase", ("mtoUpperCase/1", "fLjava/util/Locale;->ROOT")),
)


def _by_name(groups: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for names, words in groups:
        for name in names.split():
            yield name, tuple(dict.fromkeys(words))


INLINED: Final = dict(_by_name(_GROUPS))
"""Functions that are inlined where they are called, and the words of what they leave there."""
