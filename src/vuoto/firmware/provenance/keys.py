"""The words in which code and source are compared: what a compiler makes of a line of source, whatever it renames.

    s  a text                         `sPOST /register`
    n  the amount of a number         `n60000`; the sign is left out, since compilers turn `x - 300` into `x + -300`
    t  a type of the framework        `tLandroid/os/Build;`
    f  a field of the framework       `fLandroid/os/Build;->MODEL`
    M  a call of a known class        `MLjava/net/URL;->openConnection/0`, with the count of arguments
    m  a call                         `mopenConnection/0`: what is left where the source does not say of which class
    u  a class above                  `uLjava/lang/Thread;`
    k  a function outside of classes, of Kotlin's library or another, by its name alone   `ktoIntOrNull`: it takes what it is
       called on as its first argument, or does not, and the arguments that are left out, or does not

From code a feature gives one word or, for a call, the exact one and the loose one, of which the first that the source has counts.
"""

from __future__ import annotations

import re
import struct
from hashlib import blake2b
from typing import Final

from vuoto.firmware.code.features import SMALLEST_NUMBER
from vuoto.firmware.code.instructions import parameter_slots
from vuoto.firmware.provenance.kotlin_library import SPENT

MAX_TEXT: Final = 1024
"""Characters of a text that are compared; a longer one is told by its beginning."""

KINDS: Final = "sntfMmuk"
"""Kinds of words by number."""

DIGEST_BITS: Final = 37

COMPILERS_OWN: Final = frozenset(
    {
        "mappend/1",
        "mtoString/0",
        "miterator/0",
        "mhasNext/0",
        "mnext/0",
        "mvalueOf/1",
        "mordinal/0",
        "mclone/0",
        "maddSuppressed/1",
        "mclose/0",
        "mgetClass/0",
        "mequals/1",
        "mhashCode/0",
        *(f"m{kind}Value/0" for kind in ("int", "long", "boolean", "byte", "short", "char", "float", "double")),
    }
)
"""Calls that compilers put in for `+`, `for`, boxing, enumerations and `try`."""

COMPILERS_TEXTS: Final = frozenset(
    f"s{text}"
    for text in (
        "Check failed.",
        "Failed requirement.",
        "Required value was null.",
        "Index overflow has happened.",
        "Count overflow has happened.",
        "Collection contains no element matching the predicate.",
        "Array contains no element matching the predicate.",
    )
)
"""Texts of Kotlin's standard library that stand in code because its functions are inlined."""

COMPILERS_WAYS: Final = re.compile(
    r"s(?:null cannot be cast to non-null type |Super calls with default arguments not supported |SMAP\n|\(this as java\."
    r"|(?:it|\$receiver(?:\$\d+)?|<this>|<set-\?>|<unused var>|<anonymous parameter \d+>)$"
    r"|[\w.]+\(\.\.\.\)$"
    r"|[\w$<>-]+\([\w/$;\[-]*\)\[*(?:[VZBCSIJFD]|L[\w/$-]+;)$)"
)
"""What `kotlinc` writes of its own: casts, receivers, its map of lines, what was checked, the form of what is referred to."""

COMPILERS_HELP: Final = ("Lkotlin/jvm/internal/", "Lkotlin/ResultKt;", "Lkotlin/Unit;")
"""Classes of Kotlin that only its compiler names."""

COMPILERS_TYPES: Final = (
    "Lkotlin/TypeCastException;",
    "Lkotlin/NoWhenBranchMatchedException;",
    "Lkotlin/KotlinNothingValueException;",
)
"""Exceptions of which only the compiler makes objects."""

CALLED: Final = "Lkotlin/jvm/functions/"
"""Of these only the compiler calls `invoke`, and only the compiler names them: source calls a variable, and writes `(A) -> B`."""

FACADES: Final = re.compile(r"L[\w/$]+Kt(?:__\w+)?;|Lkotlin/jvm/JvmClassMappingKt;")
"""Classes that Kotlin makes of what stands outside of classes."""

RECEIVER: Final = "$this$"
"""Before the name of an extension function: under what it checks its receiver, with compilers from 1.3.30 to 1.4."""

DEFAULTS: Final = "$default"
"""The end of the name of a function that fills in arguments: it takes others than its source says."""

LAMBDAS: Final = ("uLjava/util/function/", "uLkotlin/jvm/functions/", "uLkotlin/jvm/internal/", "uLjava/lang/Enum;")
"""What a class extends that a compiler makes of a lambda or an enumeration."""

OF_ALL_CODE: Final = frozenset(
    f"tLjava/lang/{name};" for name in ("Object", "String", "StringBuilder", "Integer", "Class", "Throwable", "Long", "Boolean")
)
"""Types that speak for nothing."""


def words_of(feature: str) -> tuple[str, ...]:
    """The words for a feature of code (`features`), best first; none for what all code has."""
    kind = feature[0]
    if kind == "s":
        if len(feature) == 1 or feature in COMPILERS_TEXTS or COMPILERS_WAYS.match(feature):
            return ()
        return (feature[: MAX_TEXT + 1],)
    if kind == "n":
        return ("n" + feature[1:].lstrip("-"),)
    if kind == "c":
        owner, _, rest = feature[1:].partition("->")
        name, _, proto = rest.partition("(")
        call = f"{name}/{len(parameter_slots('(' + proto))}"
        if FACADES.fullmatch(owner):
            plain = name.removesuffix(DEFAULTS)
            if plain in SPENT:
                return ()
            return (f"mget{name[3:]}/0",) if name.startswith("get") and call.endswith("/1") else (f"k{plain}",)
        if (
            owner == "Ljava/lang/Enum;"
            or name.endswith(DEFAULTS)
            or owner.startswith((*COMPILERS_HELP, CALLED, *COMPILERS_TYPES))
        ):
            return ()
        if name == "<init>":
            return () if f"t{owner}" in OF_ALL_CODE else (f"M{owner}->{call}",)
        return () if f"m{call}" in COMPILERS_OWN else (f"M{owner}->{call}", f"m{call}")
    if kind == "f":
        return () if feature[1:].startswith(COMPILERS_HELP) else (feature.partition(":")[0],)
    unsaid = (
        feature in OF_ALL_CODE
        or feature.startswith(LAMBDAS)
        or feature[1:].startswith((*COMPILERS_HELP, *COMPILERS_TYPES, CALLED))
    )
    return () if unsaid else (feature,)


def text_word(text: str) -> str:
    """The word for a text of the source."""
    return "s" + text[:MAX_TEXT]


def number_words(value: float) -> tuple[str, ...]:
    """The words for a number of the source; a floating one is known by its bits, as float and as double."""
    if isinstance(value, int):
        amount = abs(value)
        if amount < SMALLEST_NUMBER:
            return ()
        # 0xFFFF0000 is a negative number of 32 bits, and so for 64.
        found = {amount} | {(1 << bits) - amount for bits in (32, 64) if 1 << (bits - 1) <= amount < 1 << bits}
        return tuple(f"n{one}" for one in sorted(found) if one >= SMALLEST_NUMBER)
    found = set()
    for form, bits in ((">d", ">q"), (">f", ">i")):
        try:
            found.add(abs(int(struct.unpack(bits, struct.pack(form, value))[0])))
        except OverflowError:
            continue
    return tuple(f"n{one}" for one in sorted(found) if one >= SMALLEST_NUMBER)


def hashed(word: str) -> int:
    """40 bits by which an index knows the word: three of its kind, and 37 of a digest.

    Of a million words one look-up in a hundred thousand finds another word's files.
    """
    digest = int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=5).digest(), "little")
    return KINDS.index(word[0]) << DIGEST_BITS | digest & ((1 << DIGEST_BITS) - 1)
