"""Apple property lists: XML (PropertyList-1.0.dtd) and binary (`bplist00`, CFBinaryPList.c). A dictionary's key names its value.

Binary: an object may be referred to many times, so walking stops at the bound on parts. Not read: dates and UIDs, nobody's data.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from vuoto.payloads.blobs import base64_bytes
from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.json_reader import escape
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH, MAX_VALUE
from vuoto.payloads.markup import character_data, tokens
from vuoto.payloads.scalars import bytes_leaf

_XML: Final = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE plist[^>]*>\s*)?<plist\b")


def _recognise(data: bytes, _hint: str) -> int:
    if data[:8] == b"bplist00" and len(data) >= 40:
        return 100
    return 99 if b"<plist" in data[:1024] and _XML.match(data) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    leaves = _binary(data, ask.name) if data[:8] == b"bplist00" else _xml(data, ask.name)
    return Reading(leaves=leaves, whole=True) if leaves else None


def _xml(data: bytes, name: str) -> list[Leaf]:
    leaves: list[Leaf] = []
    stack: list[tuple[bool, str, str, int]] = []  # (is dict, pointer, name, index) of the containers around
    is_dict, pointer, own, index = False, "", name, -1
    key = ""
    tag = ""
    for token in tokens(data):
        if len(leaves) > MAX_PARTS:
            break
        if token.kind in {"start", "empty"} and token.name in {"dict", "array"}:
            if token.kind == "start" and len(stack) < MAX_TREE_DEPTH:
                index += 1
                child = f"{pointer}/{escape(key) if is_dict else index}" if stack else pointer
                stack.append((is_dict, pointer, own, index))
                is_dict, pointer, own, index = token.name == "dict", child, key or own, -1
                key = ""
        elif token.kind == "end" and token.name in {"dict", "array"} and stack:
            is_dict, pointer, own, index = stack.pop()
        elif token.kind == "start":
            tag = token.name
        elif token.kind == "text":
            piece = data[token.offset : token.offset + token.length]
            begin = token.offset + len(piece) - len(piece.lstrip())
            piece = piece.strip()
            text = character_data(piece)
            if tag == "key":
                key = text
                continue
            index += 1
            where = f"{pointer}/{escape(key) if is_dict else index}"
            called = (key if is_dict else "") or own
            if tag == "data":
                leaves += bytes_leaf(called, where, base64_bytes(piece) or b"", begin, len(piece))
            elif tag in {"string", "integer", "real"}:
                kept = text if len(piece) <= MAX_VALUE else None
                leaves.append(Leaf(called, where, kept, begin, len(piece), None if kept is not None else text.encode()))
    return leaves


def _binary(data: bytes, name: str) -> list[Leaf]:
    size, ref = data[-26], data[-25]
    count, top, table = struct.unpack(">QQQ", data[-24:])
    if not (1 <= size <= 8 and 1 <= ref <= 8 and table + count * size <= len(data) and top < count):
        return []
    leaves: list[Leaf] = []
    stack: list[tuple[int, str, str, int]] = [(top, "", name, 0)]
    steps = 0
    while stack and len(leaves) <= MAX_PARTS and steps <= 4 * MAX_PARTS:
        steps += 1
        number, pointer, called, depth = stack.pop()
        if number >= count or depth > MAX_TREE_DEPTH:
            continue
        at = int.from_bytes(data[table + number * size : table + (number + 1) * size], "big")
        head = _head(data, at)
        if head is None:
            continue
        kind, length, start = head
        if kind in {0xA, 0xD}:
            stack += reversed(_children(data, kind, length, start, ref, (table, size, count), (pointer, called, depth)))
        else:
            leaves += _scalar(data, kind, length, start, called, pointer)
    return leaves


def _head(data: bytes, at: int) -> tuple[int, int, int] | None:
    """`(kind, length or count, offset of the content)` of the object at `at`."""
    if not 8 <= at < len(data) - 32:
        return None
    kind, length, start = data[at] >> 4, data[at] & 0xF, at + 1
    if length == 0xF and kind not in {0x0, 0x1, 0x2, 0x3}:
        width = 1 << (data[start] & 0xF)
        length = int.from_bytes(data[start + 1 : start + 1 + width], "big")
        start += 1 + width
    return (kind, length, start) if length <= len(data) else None


def _children(
    data: bytes, kind: int, length: int, start: int, ref: int, table: tuple[int, int, int], place: tuple[str, str, int]
) -> list[tuple[int, str, str, int]]:
    pointer, called, depth = place
    offset, size, count = table
    children: list[tuple[int, str, str, int]] = []
    refs = [int.from_bytes(data[p : p + ref], "big") for p in range(start, min(start + 2 * length * ref, len(data)), ref)]
    if kind == 0xA:
        return [(number, f"{pointer}/{i}", called, depth + 1) for i, number in enumerate(refs[:length])]
    for key_ref, value_ref in zip(refs[:length], refs[length:], strict=False):
        key = ""
        if key_ref < count:
            head = _head(data, int.from_bytes(data[offset + key_ref * size : offset + (key_ref + 1) * size], "big"))
            if head is not None and head[0] in {0x5, 0x6} and head[1] <= 256:
                key = _text(data, *head)
        children.append((value_ref, f"{pointer}/{escape(key)}", key or called, depth + 1))
    return children


def _text(data: bytes, kind: int, length: int, start: int) -> str:
    if kind == 0x5:
        return data[start : start + length].decode("ascii", "replace")
    return data[start : start + 2 * length].decode("utf-16-be", "replace")


def _scalar(data: bytes, kind: int, length: int, start: int, name: str, pointer: str) -> list[Leaf]:
    if kind in {0x5, 0x6}:
        width = length * (2 if kind == 0x6 else 1)
        text = _text(data, kind, length, start)
        if width > MAX_VALUE:
            return [Leaf(name, pointer, None, start, width, text.encode())]
        return [Leaf(name, pointer, text, start, width)] if text else []
    if kind == 0x4:
        return bytes_leaf(name, pointer, data[start : start + length], start, length)
    width = 1 << length
    if kind == 0x1 and width <= 16:
        return [Leaf(name, pointer, str(int.from_bytes(data[start : start + width], "big", signed=width >= 8)), start, width)]
    if kind == 0x2 and width in {4, 8} and start + width <= len(data):
        number: float = struct.unpack(">f" if width == 4 else ">d", data[start : start + width])[0]
        return [Leaf(name, pointer, repr(number), start, width)]
    return []


DECODER = Decoder(name="plist", reads="any", recognise=_recognise, open=_open)
