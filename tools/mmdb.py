"""Writes MaxMind DB files (format 2.0, IPv6 tree, 24-bit or 28-bit records), the same bytes for the same content.

Specification: "MaxMind DB File Format Specification", version 2.0. Equal subtrees are stored once (the format allows a node to
have several parents, and a reader only ever walks down), which is what makes the file small. Written: maps, strings, unsigned
integers, arrays of strings. Not written: floats, signed integers, the IPv4 aliases `::ffff:0:0/96` and `2002::/16`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

Range = tuple[int, int, int]
"""First address, last address (both as 128-bit numbers, IPv4 in ::/96) and the index of the record."""

BITS = 128
METADATA_MARKER = b"\xab\xcd\xefMaxMind.com"
SEPARATOR = bytes(16)  # "Data Section Separator": 16 zero bytes between the tree and the data
EMPTY = -1
LONGEST_PLAIN = 28  # sizes below 29 stand in the control byte
LARGEST_24 = 1 << 24
LARGEST_28 = 1 << 28

POINTER, STRING, UINT16, UINT32, MAP, UINT64, ARRAY = 1, 2, 5, 6, 7, 9, 11


def write_mmdb(
    ranges: Sequence[Range],
    records: Sequence[Mapping[str, str | int]],
    *,
    database_type: str,
    description: str,
    build_epoch: int,
) -> bytes:
    """The file as bytes. `ranges` are sorted and disjoint; addresses in none of them have no record.

    Raises `ValueError` when ranges overlap or are out of order, or when the tree does not fit into 28-bit records.
    """
    nodes, root = _tree(ranges)
    data, offsets = _data_section(records)
    count = len(nodes)
    size = 24 if count + len(SEPARATOR) + len(data) < LARGEST_24 else 28
    if count + len(SEPARATOR) + len(data) >= LARGEST_28:
        raise ValueError("the tree and its data do not fit into 28-bit records")
    tree = _pack(nodes, root, offsets, size)
    metadata = {  # readers check the width of each number
        "binary_format_major_version": _uint(UINT16, 2),
        "binary_format_minor_version": _uint(UINT16, 0),
        "build_epoch": _uint(UINT64, build_epoch),
        "database_type": _string(database_type),
        "description": _control(MAP, 1) + _string("en") + _string(description),
        "ip_version": _uint(UINT16, 6),
        "languages": _control(ARRAY, 1) + _string("en"),
        "node_count": _uint(UINT32, count),
        "record_size": _uint(UINT16, size),
    }
    head = _control(MAP, len(metadata))
    return tree + SEPARATOR + data + METADATA_MARKER + head + b"".join(_string(k) + v for k, v in metadata.items())


def _tree(ranges: Sequence[Range]) -> tuple[list[tuple[int, int]], int]:
    """Nodes as pairs of children, each child a node number (>= 0), `EMPTY`, or `-2 - record`; and the root's number."""
    starts, values = [0], [EMPTY]
    last = -1
    for first, end, record in ranges:
        if first <= last or end < first:
            raise ValueError(f"ranges overlap or are out of order at {first:#x}")
        value = -2 - record
        if starts[-1] == first:
            values[-1] = value
        else:
            starts.append(first)
            values.append(value)
        starts.append(end + 1)
        values.append(EMPTY)
        last = end
    nodes: list[tuple[int, int]] = []
    known: dict[tuple[int, int], int] = {}

    def build(first: int, bits: int, low: int, high: int) -> int:
        # `low` and `high` bound the segments that the block touches; recursion is at most 128 deep.
        if low == high:
            return values[low]
        bits -= 1
        middle = first + (1 << bits)
        split = bisect_right(starts, middle, low, high + 1) - 1
        left_high = split - 1 if starts[split] == middle else split
        left = build(first, bits, low, left_high)
        right = build(middle, bits, split, high)
        if left == right and left < 0:
            return left
        pair = (left, right)
        number = known.get(pair)
        if number is None:
            number = known[pair] = len(nodes)
            nodes.append(pair)
        return number

    end = len(starts) - 1
    if starts[end] >= 1 << BITS:
        end -= 1
    root = build(0, BITS, 0, end)
    if root < 0:  # a tree needs one node, also where everything is equal
        nodes.append((root, root))
        root = 0
    return nodes, root


def _pack(nodes: Sequence[tuple[int, int]], root: int, offsets: Sequence[int], size: int) -> bytes:
    """The search tree: children were numbered before parents, and the root must be node 0, so numbers run backwards."""
    count = len(nodes)
    assert root == count - 1, "the root is made last"

    def word(child: int) -> int:
        if child >= 0:
            return count - 1 - child
        return count if child == EMPTY else count + len(SEPARATOR) + offsets[-2 - child]

    out = bytearray()
    for left, right in reversed(nodes):
        a, b = word(left), word(right)
        if size == 24:
            out += a.to_bytes(3, "big") + b.to_bytes(3, "big")
        else:
            out += (a & 0xFFFFFF).to_bytes(3, "big") + bytes([(a >> 24 << 4) | b >> 24]) + (b & 0xFFFFFF).to_bytes(3, "big")
    return bytes(out)


def _data_section(records: Sequence[Mapping[str, str | int]]) -> tuple[bytes, list[int]]:
    """The data section and the offset of each record in it; keys and strings longer than a pointer are stored once."""
    out = bytearray()
    strings: dict[str, int] = {}
    for key in sorted({key for record in records for key in record}):  # first, so that pointers to keys are two bytes
        strings[key] = len(out)
        out += _string(key)
    offsets = []
    for record in records:
        for value in record.values():
            if isinstance(value, str) and len(value) > 3 and value not in strings:
                strings[value] = len(out)
                out += _string(value)
        offsets.append(len(out))
        out += _control(MAP, len(record))
        for key, value in record.items():
            out += _pointer(strings[key])
            if isinstance(value, int):
                out += _uint(UINT32, value)
            else:
                out += _pointer(strings[value]) if value in strings else _string(value)
    return bytes(out), offsets


def _control(kind: int, size: int) -> bytes:
    """The control byte: type in three bits (0 and one more byte for types above 7), size in five and up to three more bytes."""
    head, extended = (kind, b"") if kind <= 7 else (0, bytes([kind - 7]))
    if size <= LONGEST_PLAIN:
        return bytes([head << 5 | size]) + extended
    if size < 285:
        return bytes([head << 5 | 29]) + extended + bytes([size - 29])
    if size < 65_821:
        return bytes([head << 5 | 30]) + extended + (size - 285).to_bytes(2, "big")
    raise ValueError("a value longer than 64 KiB has no place in these files")


def _string(text: str) -> bytes:
    raw = text.encode()
    return _control(STRING, len(raw)) + raw


def _uint(kind: int, value: int) -> bytes:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return _control(kind, len(raw)) + raw


def _pointer(offset: int) -> bytes:
    """A pointer of two to five bytes; each longer form starts where the shorter one ends."""
    if offset < 2_048:
        return bytes([POINTER << 5 | offset >> 8, offset & 0xFF])
    if offset < 526_336:
        short = offset - 2_048
        return bytes([POINTER << 5 | 1 << 3 | short >> 16]) + (short & 0xFFFF).to_bytes(2, "big")
    if offset < 134_744_064:
        longer = offset - 526_336
        return bytes([POINTER << 5 | 2 << 3 | longer >> 24]) + (longer & 0xFFFFFF).to_bytes(3, "big")
    return bytes([POINTER << 5 | 3 << 3]) + offset.to_bytes(4, "big")
