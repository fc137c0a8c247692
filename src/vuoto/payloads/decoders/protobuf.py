"""Protocol Buffers without a schema: what a field holds is guessed from its bytes.

Pointers are field numbers (`3.1`, `4[2].1` for the third of a repeated field). The first field of a map entry or a pair
names its second.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH, MAX_VALUE
from vuoto.payloads.meaning import text_of
from vuoto.payloads.scalars import bytes_leaf
from vuoto.payloads.wire import Field, fields

_MAX_GUESSED: Final = 1024
"""Largest field number believed where nobody says that this is a message."""
_WORD: Final = 4
"""Shortest text that speaks for a message."""
_LABEL: Final = re.compile(r"[A-Za-z_$][\w$.\- ]{0,63}")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAGIC: Final = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|PK\x03\x04|bplist00|BZh[1-9]1AY|\xfd7zXZ")
"""What documents and streams that are no text begin with."""
_MAX_MESSAGE_DEPTH: Final = min(64, MAX_TREE_DEPTH)
"""Messages inside messages: protobuf's own readers stop at 100, schemas at a dozen."""


def _recognise(data: bytes, hint: str) -> int:
    if len(data) < 2:
        return 0
    first = data[0]
    if first & 7 not in {0, 1, 2, 5} or first < 8:
        return 0
    if first >= 0x20 and _CONTROL.search(data) is None:
        return 0  # printable from its first tag on (a field above 4): text that parses by chance, as a fingerprint in hex does
    return 75 if "protobuf" in hint or "grpc" in hint else 50


def _open(data: bytes, ask: Ask) -> Reading | None:
    claimed = "proto" in ask.hint or "grpc" in ask.hint
    top = fields(data, 0, len(data))
    if not top or (not claimed and max(f.number for f in top) > _MAX_GUESSED):
        return None
    leaves = _walk(data, top, ask.name)
    strength = _strength(leaves, len(data))
    if not claimed and strength < 1:
        return None
    return Reading(leaves=leaves, whole=strength >= 2 or claimed, weak=not claimed and max(_texts(leaves), default=0) < _WORD)


def _texts(leaves: list[Leaf]) -> list[int]:
    """Lengths of the values that are text."""
    return [leaf.length for leaf in leaves if leaf.raw is not None and leaf.value is not None and leaf.syntax != "bytes"]


def _strength(leaves: list[Leaf], size: int) -> int:
    """0: may be chance. 1: has text, kept beside other readings. 2: text is much of it, nothing else needs to be tried."""
    texts = _texts(leaves)
    longest = max(texts, default=0)
    if longest < _WORD:
        if any(leaf.raw is not None and leaf.value is None and _MAGIC.match(leaf.raw) for leaf in leaves):
            return 1  # a document of its own as a field's bytes
        # Numbers alone: several small fields, each used up exactly, in a body long enough not to be chance.
        return 1 if len(leaves) >= 4 and size >= 12 and len(leaves) * 10 >= size else 0
    return 2 if sum(texts) * 4 >= size or (longest >= 6 and len(leaves) >= 3) else 1


def _walk(data: bytes, top: list[Field], name: str) -> list[Leaf]:
    out: list[Leaf] = []
    stack: list[tuple[list[Field], str, str, int]] = [(top, "", name, 0)]
    while stack and len(out) <= MAX_PARTS:
        found, prefix, own, depth = stack.pop()
        seen: dict[int, int] = {}
        repeated = {f.number for f in found if seen.setdefault(f.number, 0) or seen.update({f.number: 1})}
        counts: dict[int, int] = {}
        label = _pair_label(data, found)
        nested: list[tuple[list[Field], str, str, int]] = []
        for f in found:
            index = counts.get(f.number, 0)
            counts[f.number] = index + 1
            pointer = f"{prefix}{f.number}" + (f"[{index}]" if f.number in repeated else "")
            called = label if label and f.number == found[1].number else own
            if f.wire == 2:
                inner = _message(data, f) if depth < _MAX_MESSAGE_DEPTH else None
                if inner is None:
                    out += bytes_leaf(called, pointer, data[f.offset : f.offset + f.length], f.offset, f.length)
                else:
                    nested.append((inner, pointer + ".", called, depth + 1))
            else:
                out += _number(called, pointer, f)
        nested.reverse()
        stack.extend(nested)
    return out


def _number(name: str, pointer: str, f: Field) -> list[Leaf]:
    result = [Leaf(name, pointer, str(f.value), f.offset, f.length)]
    if f.wire:
        raw = f.value.to_bytes(f.length, "little")
        real: float = struct.unpack("<d" if f.wire == 1 else "<f", raw)[0]
        # A double that is a coordinate, a price, a version: of everyday size; the same bytes as an integer are then huge.
        if 1e-4 < abs(real) < 1e7:
            text = repr(real) if f.wire == 1 else f"{real:.8g}"
            result.append(Leaf(name, pointer, text, f.offset, f.length))
    return result


def _message(data: bytes, f: Field) -> list[Field] | None:
    """The fields of `f`'s content if it is a message rather than text or bytes."""
    if f.length < 2:
        return None
    piece = data[f.offset : f.offset + f.length]
    if piece[0] >= 0x20 and text_of(piece) is not None:
        return None
    inner = fields(data, f.offset, f.offset + f.length)
    if not inner:
        return None
    if text_of(piece) is not None:
        # Text that begins with a line break or tab, or a message whose first tag is one: a message if that tag announces some
        # length-delimited content.
        return inner if inner[0].wire == 2 else None
    if f.length in {6, 8, 16, 20, 32} and all(g.wire != 2 or g.length == 0 for g in inner):
        return None  # bytes of an identifier's size that parse by chance
    return inner if max(g.number for g in inner) <= _MAX_GUESSED else None


def _pair_label(data: bytes, found: list[Field]) -> str:
    if not 2 <= len(found) <= 6 or found[0].wire != 2:
        return ""
    if (found[0].number, found[1].number) != (1, 2) and not (len(found) == 2 and found[1].number == found[0].number + 1):
        return ""
    first = found[0]
    if not 2 <= first.length <= 64 or first.length > MAX_VALUE:
        return ""
    text = text_of(data[first.offset : first.offset + first.length])
    return text if text is not None and _LABEL.fullmatch(text) else ""


DECODER = Decoder(name="protobuf", reads="any", recognise=_recognise, open=_open)
