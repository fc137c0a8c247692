"""Where else an object is known by that has just been given a value: the field or parameter it came from, and other registers.

`map.put("imei", imei)` puts the value into whatever `map` is: where it was loaded from a field, the field holds the value; where
it came in by a parameter, the caller's object does; where it is the result of an earlier call in a chain (`json.put(…).put(…)`),
the object at the head of the chain. The way back is taken in the order of the instructions, without branches: compilers load an
object shortly before they use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from vuoto.firmware.code.taint import Operation

MAX_BACK: Final = 1_500
"""Instructions gone back. A method that fills a map of some forty entries has some four hundred."""

# Classes of the framework whose objects are made to hold what they are given. Others (a Context, an executor) take things and
# pass them on: that they held the value from then on would connect everything with everything.
HOLDS: Final = re.compile(
    r"L(?:java/util/(?!concurrent/|Timer|logging/)[\w$]+"
    r"|java/util/concurrent/(?:Concurrent\w+|CopyOnWrite\w+|\w*(?:Queue|Deque)|atomic/Atomic\w+)"
    r"|java/lang/(?:StringBuilder|StringBuffer|AbstractStringBuilder|Appendable)"
    r"|java/(?:io/\w*(?:Stream|Writer)|nio/\w*Buffer|net/\w*URLConnection|net/DatagramPacket)"
    r"|javax/net/ssl/HttpsURLConnection|org/json/JSON\w+|org/apache/http/(?:\w+/)*\w+"
    r"|android/content/(?:ContentValues|Intent)|android/os/(?:Bundle|BaseBundle|PersistableBundle|Message|Parcel)"
    r"|android/util/(?:\w*Array\w*|ArrayMap|JsonWriter|Pair)|android/net/Uri\$Builder"
    r"|androidx/collection/\w+|com/google/gson/\w+|okhttp3/[\w$]+|com/squareup/okhttp/[\w$]+);"
)


class Holder(NamedTuple):
    """What else an object is known by, at one instruction."""

    registers: int
    """Mask of the registers that hold the same object."""

    field: int
    """Index of the field it was loaded from, or -1."""

    parameter: int
    """Number of the register, counted from the first parameter, that it came in by, or -1."""


def holder_of(
    operations: Sequence[Operation], row: int, register: int, first_parameter: int, is_fluent: Callable[[int], bool]
) -> Holder:
    """What the object in `register` (a mask) is known by, before the instruction `row`.

    `is_fluent(row)` says whether a call gives back the object it is called on.
    """
    current, registers, overwritten = register, register, 0
    at = row - 1
    while at >= 0 and row - at <= MAX_BACK:
        what, target, inputs, reference = operations[at]
        if not target & current:
            overwritten |= target
        elif what == "get":
            return Holder(registers, reference, -1)
        elif what == "move":
            current = inputs[0]
        elif what == "result" and at and operations[at - 1].what == "call" and is_fluent(at - 1):
            at -= 1
            current = operations[at].inputs[0]
        else:
            return Holder(registers, -1, -1)
        overwritten |= target
        if not overwritten & current:
            registers |= current
        at -= 1
    position = current.bit_length() - 2 - first_parameter
    return Holder(registers, -1, position if at < 0 <= position else -1)
