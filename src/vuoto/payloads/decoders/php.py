"""PHP's serialised values (php.net, serialize): `a:1:{s:4:"imei";s:15:"…";}`, arrays and objects with their members, in one pass.

Lengths are of bytes. Not read: objects with a format of their own (`C:`), references (`R:`, `r:`) beyond passing over them.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.json_reader import escape, labels, named
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH, MAX_VALUE
from vuoto.payloads.meaning import text_of

_START: Final = re.compile(rb'\s*(?:a:\d{1,6}:\{|O:\d{1,3}:"[\w\\]{1,128}":\d{1,6}:\{)(?:[isOa]:|\})')
_ITEM: Final = re.compile(
    rb'(?:(?P<open>a:(?P<count>\d{1,6}):\{|O:\d{1,3}:"[^"]{1,256}":(?P<members>\d{1,6}):\{)'
    rb'|s:(?P<length>\d{1,9}):"|(?P<number>[id]:(?P<digits>[-+.\w]{1,32});)|b:[01];|N;|[Rr]:\d{1,9};|E:\d{1,3}:"[^"]{1,256}";|(?P<close>\}))'
)


def _recognise(data: bytes, _hint: str) -> int:
    return 88 if b":{" in data[:512] and _START.match(data) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    leaves: list[Leaf] = []
    stack: list[tuple[str, str, str]] = []  # of the containers around: (pointer, name, sibling label)
    pointer, own, label = "", ask.name, ""
    key: str | None = None
    pos = len(data) - len(data.lstrip())
    while len(leaves) <= MAX_PARTS:
        found = _ITEM.match(data, pos)
        if found is None:
            break
        pos = found.end()
        if found.group("close"):
            if not stack:
                break
            pointer, own, label = stack.pop()
            key = None
            if not stack:
                break
            continue
        if found.group("length") is not None:
            begin = pos
            pos = begin + int(found.group("length"))
            if data[pos : pos + 2] != b'";':
                break
            pos += 2
            value, length = data[begin : pos - 2], pos - 2 - begin
        elif found.group("number") is not None:
            begin, length = found.start("digits"), len(found.group("digits"))
            value = found.group("digits")
        else:
            begin, length, value = pos, 0, b""
        if key is None and stack and not found.group("open"):
            key = value[:256].decode("utf-8", "replace").rpartition("\0")[2]  # private members carry their class between NULs
            continue
        child = f"{pointer}/{escape(key)}" if key is not None else pointer
        called = key if key is not None and not key.isdigit() else own
        if label or own:
            called = named(called, label, own)
        if found.group("open"):
            if len(stack) >= MAX_TREE_DEPTH:
                break
            stack.append((pointer, own, label))
            pointer, own, label = child, called, ""
            key = None
            continue
        if length:
            text = text_of(value) if length <= MAX_VALUE else None
            leaves.append(Leaf(called, child, text, begin, length, value))
            if text is not None and key is not None and labels(key, text):
                label = text
        key = None
        if not stack:
            break
    return Reading(leaves=leaves, whole=True) if leaves else None


DECODER = Decoder(name="php", reads="any", recognise=_recognise, open=_open)
