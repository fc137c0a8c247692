"""Finds the system properties that code asks for.

Source: android.os.SystemProperties (hidden from apps, which call it by reflection), `system/core/init`. Taken are the constant
names given to its methods, and texts that begin as properties of the system do and hold three parts or more,
none of which begins with a capital, as the classes of a package do.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from vuoto.facts.code import CodeProperty
from vuoto.firmware.code.instructions import constant_in
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.reads import argument_register
from vuoto.firmware.code.texts import PROPERTY_TEXT, used_texts

MAX_PROPERTIES: Final = 2_000
"""Places told; the system's own server asks for some hundred."""

_CALLS: Final = (
    (r"Landroid/os/SystemProperties;", ("get", "getBoolean", "getInt", "getLong")),
    (r"Landroid/sysprop/\w+;", ("get",)),
)
_BEGINS: Final = ("persist.", "ro.", "sys.", "vendor.", "debug.", "ril.", "gsm.", "init.svc.", "net.")
_NAME: Final = re.compile(r"[a-z]\w*(?:\.[a-z0-9_][\w\-]*){2,}", re.ASCII)


def find_properties(program: Program) -> list[CodeProperty]:
    """Every such place, sorted, the first `MAX_PROPERTIES`."""
    found: set[CodeProperty] = set()
    for hit in program.find_calls(_CALLS):
        register = argument_register(program, hit, 0)
        name = constant_in(program.dexes[hit.dex], hit.row, register, program.static_texts) if register >= 0 else None
        if isinstance(name, str) and 0 < len(name) <= 128:
            found.add(CodeProperty(name=name, how="call", place=program.place(hit.dex, hit.row)))
    called = {one.name for one in found}
    for number, dex in enumerate(program.dexes):
        rows, indices = dex.string_uses
        named = [index for index in used_texts(dex, PROPERTY_TEXT).tolist() if dex.strings[index] not in called]
        if not named:
            continue
        for at in np.flatnonzero(np.isin(indices, named)).tolist():
            name = dex.string(int(indices[at]))
            found.add(CodeProperty(name=name, how="text", place=program.place(number, int(rows[at]))))
            if len(found) > 2 * MAX_PROPERTIES:
                break
    return sorted(found)[:MAX_PROPERTIES]


def is_property(text: str) -> bool:
    """Whether a text begins as properties of the system do, and is shaped like one."""
    return text.startswith(_BEGINS) and len(text) <= 128 and _NAME.fullmatch(text) is not None
