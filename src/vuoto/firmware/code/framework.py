"""What calls of the system do with a value they are given: assumed by the names of classes and methods, not known."""

from __future__ import annotations

import re
from typing import Final

from vuoto.firmware.code.body import Body
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.effects import Behaviour
from vuoto.firmware.code.instructions import index_of, parameter_slots
from vuoto.firmware.code.objects import Site

# Classes of the framework whose objects are made to hold what they are given. Others (a Context, an executor) take things and
# pass them on: that they held the value from then on would connect everything with everything.
HOLDS: Final = re.compile(
    r"L(?:java/util/(?!concurrent/|Timer|logging/)[\w$]+"
    r"|java/util/concurrent/(?:Concurrent\w+|CopyOnWrite\w+|\w*(?:Queue|Deque)|atomic/Atomic\w+)"
    r"|java/lang/(?:StringBuilder|StringBuffer|AbstractStringBuilder|Appendable)"
    r"|java/util/(?:zip|jar)/\w*OutputStream|java/security/DigestOutputStream|javax/crypto/CipherOutputStream"
    r"|android/util/Base64OutputStream|com/google/gson/stream/JsonWriter"
    r"|java/(?:io/\w*(?:Stream|Writer)|nio/\w*Buffer|net/\w*URLConnection|net/DatagramPacket)"
    r"|javax/net/ssl/HttpsURLConnection|org/json/JSON\w+|org/apache/http/(?:\w+/)*\w+"
    r"|android/content/(?:ContentValues|Intent)|android/os/(?:Bundle|BaseBundle|PersistableBundle|Message|Parcel)"
    r"|android/util/(?:\w*Array\w*|ArrayMap|JsonWriter|Pair)|android/net/Uri\$Builder"
    r"|androidx/collection/\w+|com/google/gson/\w+|okhttp3/[\w$]+|com/squareup/okhttp/[\w$]+);"
)
# Of these, those that give under a key what was put under it.
KEYED: Final = re.compile(
    r"L(?:java/util/(?:\w*Map|Hashtable|Properties)|java/util/concurrent/\w*Map|org/json/JSONObject"
    r"|android/content/(?:ContentValues|Intent)|android/os/(?:Bundle|BaseBundle|PersistableBundle)"
    r"|android/util/(?:ArrayMap|\w*SparseArray)|androidx/collection/\w*(?:Map|SparseArray\w*)|com/google/gson/JsonObject)"
    r";->(?:put|set|add|get|opt|remove)\w*\((?!\))"
)
# Calls that copy into an array they are given, and the register of it, the object's own counted.
FILLS: Final = (
    (re.compile(r"Ljava/lang/System;->arraycopy\("), 2),
    (re.compile(r"Ljava/lang/(?:String|StringBuilder|StringBuffer|AbstractStringBuilder);->getChars\("), 3),
    (re.compile(r"Ljava/(?:io/\w*(?:InputStream|Reader);->(?:read|readFully)|nio/\w+Buffer;->get)\(\["), 1),
)
# What is written to one of these goes on to what it was made with.
WRAPPERS: Final = re.compile(
    r"L(?:java/(?:io|util/zip|util/jar|security)/\w*(?:OutputStream|Writer)|java/util/Formatter"
    r"|android/util/(?:JsonWriter|Base64OutputStream)|com/google/gson/stream/JsonWriter|javax/crypto/CipherOutputStream);"
)
# A constructor stands right behind the instruction that makes the object, and what its arguments need.
MAX_APART: Final = 64


def behaviour_of(name: str, *, static: bool, own: bool) -> Behaviour:
    """What a call of the method does; an empty name is an array made of what is given.

    `own`: the program defines it, so that its body says what it gives back.
    """
    if not name:
        return Behaviour(result=True, receiver=False, of_receiver=True, holds=False, fluent=False, own=False)
    result = name.rpartition(")")[2]
    holds = not static and not own and HOLDS.match(name) is not None
    keyed = holds and KEYED.match(name) is not None
    # `put(key, value)`, `get(key)`: a put with nothing but a map has no key.
    if keyed and name.partition("->")[2].startswith(("put", "set", "add")):
        keyed = len(parameter_slots(name[name.index("(") :])) > 1
    return Behaviour(
        result=result not in ("V", "Z", ""),
        receiver=not static and (not own or "-><init>(" in name),
        # What an object of the program holds is in its fields, which are followed by themselves.
        of_receiver=static or not own,
        holds=holds,
        fluent=holds and name.startswith(result + "->"),
        own=own,
        key=1 if keyed else -1,
        fills=-1 if own else next((at for pattern, at in FILLS if pattern.match(name)), -1),
    )


def wraps(body: Body, dex: Dex, row: int) -> tuple[int, int] | None:
    """For an object made at `row` that passes on what is written to it: the call of its constructor, and the other's register."""
    type_index = index_of(dex, body.first + row)
    if not WRAPPERS.fullmatch(dex.type(type_index)):
        return None
    for at in range(row + 1, min(row + MAX_APART, len(body.operations))):
        what, _, inputs, reference = body.operations[at]
        constructs = what == "call" and len(inputs) > 1 and "-><init>(" in dex.method(reference)
        if constructs and Site("new", row) in body.objects.sites(at, inputs[0]):
            return at, inputs[1]
    return None
