"""Compiles an app's XML: the manifest and files of `res/xml` to binary XML, their names and texts to `resources.arsc`.

Formats: ResourceTypes.h of AOSP's androidfw. Attributes of the framework get their ids from the table that Vuoto reads by.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET  # reads our own files only

from vuoto.firmware.packages.attribute_names import ATTRIBUTE_NAMES

ANDROID: Final = "http://schemas.android.com/apk/res/android"
IDS: Final = {name: number for number, name in ATTRIBUTE_NAMES.items()}
ALWAYS_TEXT: Final = frozenset(("name", "host", "scheme", "versionName", "package", "authorities", "permission"))
"""Attributes whose value is a text even where it looks like a number."""

_NONE: Final = 0xFFFFFFFF


@dataclass
class Resources:
    """An app's texts and XML files by name, with the ids they get: type 1 `string`, type 2 `xml`."""

    package: str
    strings: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """Name to path in the package."""

    def identify(self, reference: str) -> int:
        """The id of `@string/name` or `@xml/name`."""
        kind, _, name = reference.removeprefix("@").partition("/")
        rows = list({"string": self.strings, "xml": self.files}[kind])
        return 0x7F000000 | (1 if kind == "string" else 2) << 16 | rows.index(name)

    def table(self) -> bytes:
        """The bytes of `resources.arsc`."""
        values = [*self.strings.values(), *self.files.values()]
        keys = [*self.strings, *self.files]
        inner = string_pool(["string", "xml"], utf8=True)
        keys_at = 288 + len(inner)
        inner += string_pool(keys, utf8=True)
        first = 0
        for number, rows in ((1, self.strings), (2, self.files)):
            if rows:
                inner += _type(number, range(first, first + len(rows)))
            first += len(rows)
        name = self.package.encode("utf-16-le").ljust(256, b"\0")
        package = struct.pack("<HHII", 0x200, 288, 288 + len(inner), 0x7F) + name
        package += struct.pack("<IIIII", 288, 2, keys_at, len(keys), 0)
        body = string_pool(values, utf8=True) + package + inner
        return struct.pack("<HHII", 2, 12, 12 + len(body), 1) + body


def _type(number: int, indices: range) -> bytes:
    """The spec and the entries of one type; the n-th value belongs to the n-th key."""
    count = len(indices)
    spec = struct.pack("<HHIBBHI", 0x202, 16, 16 + 4 * count, number, 0, 0, count) + bytes(4 * count)
    config = struct.pack("<I", 64) + bytes(60)
    entries = b"".join(struct.pack("<HHIHBBI", 8, 0, i, 8, 0, 3, i) for i in indices)
    start = 20 + len(config) + 4 * count
    head = struct.pack("<HHIBBHII", 0x201, 20 + len(config), start + len(entries), number, 0, 0, count, start)
    return spec + head + config + struct.pack(f"<{count}I", *(16 * i for i in range(count))) + entries


def string_pool(strings: list[str], *, utf8: bool = False) -> bytes:
    """A pool of texts without styles."""
    offsets: list[int] = []
    data = bytearray()
    for text in strings:
        offsets.append(len(data))
        raw = text.encode() if utf8 else text.encode("utf-16-le")
        data += bytes((*_length(len(text)), *_length(len(raw)))) if utf8 else struct.pack("<H", len(raw) // 2)
        data += raw + (b"\0" if utf8 else b"\0\0")
    data += bytes(-len(data) % 4)
    start = 28 + 4 * len(offsets)
    head = struct.pack("<HHIIIIII", 1, 28, start + len(data), len(strings), 0, 0x100 if utf8 else 0, start, 0)
    return head + struct.pack(f"<{len(offsets)}I", *offsets) + data


def _length(count: int) -> bytes:
    return bytes([count]) if count < 0x80 else bytes([0x80 | count >> 8, count & 0xFF])


class _Writing:
    """One XML file: first the attributes of the framework by id, as the table of ids must match the pool's beginning."""

    def __init__(self, root: ET.Element, resources: Resources) -> None:
        self.resources = resources
        names = {a.partition("}")[2] for e in root.iter() for a in e.attrib if a.startswith(f"{{{ANDROID}}}")}
        self.known = sorted((name for name in names if name in IDS), key=IDS.__getitem__)
        self.pool = list(self.known)
        self.places: dict[str, int] = {}
        self.nodes = bytearray()

    def place(self, text: str) -> int:
        if text not in self.places:
            self.places[text] = len(self.pool)
            self.pool.append(text)
        return self.places[text]

    def node(self, kind: int, data: bytes) -> None:
        self.nodes += struct.pack("<HHIII", kind, 16, 16 + len(data), 1, _NONE) + data

    def element(self, element: ET.Element) -> None:
        rows = sorted(self.attributes(element))
        head = struct.pack("<IIHHHHHH", _NONE, self.place(element.tag), 20, 20, len(rows), 0, 0, 0)
        self.node(0x102, head + b"".join(row for _, row in rows))
        if element.text and element.text.strip():
            self.node(0x104, struct.pack("<IHBBI", self.place(element.text.strip()), 8, 0, 0, 0))
        for child in element:
            self.element(child)
        self.node(0x103, struct.pack("<II", _NONE, self.place(element.tag)))

    def attributes(self, element: ET.Element) -> Iterator[tuple[int, bytes]]:
        """Each attribute's bytes, with what it is sorted by: its id, then the order of writing."""
        for order, (full, value) in enumerate(element.attrib.items()):
            namespace, _, name = full.rpartition("}")
            known = bool(namespace) and name in IDS
            index = self.known.index(name) if known else self.place(name)
            raw, kind, data = self.value(name, value)
            uri = self.place(ANDROID) if namespace else _NONE
            row = struct.pack("<IIIHBBI", uri, index, raw, 8, 0, kind, data)
            yield (IDS[name] if known else 0x7FFFFFF0 + order), row

    def value(self, name: str, value: str) -> tuple[int, int, int]:
        """Raw text, kind and data of a value."""
        if value.startswith(("@string/", "@xml/")):
            return _NONE, 1, self.resources.identify(value)
        if name not in ALWAYS_TEXT and value in {"true", "false"}:
            return _NONE, 0x12, _NONE if value == "true" else 0
        if name not in ALWAYS_TEXT and value.isdecimal():
            return _NONE, 0x10, int(value)
        return self.place(value), 3, self.place(value)


def compile_xml(text: str, resources: Resources) -> bytes:
    """The binary XML of a file."""
    root = ET.fromstring(text)  # noqa: S314 - our own files
    writing = _Writing(root, resources)
    space = struct.pack("<II", writing.place("android"), writing.place(ANDROID))
    writing.node(0x100, space)
    writing.element(root)
    writing.node(0x101, space)
    ids = struct.pack(f"<HHI{len(writing.known)}I", 0x180, 8, 8 + 4 * len(writing.known), *(IDS[n] for n in writing.known))
    chunks = string_pool(writing.pool) + ids + writing.nodes
    return struct.pack("<HHI", 3, 8, 8 + len(chunks)) + chunks


def read_strings(text: str) -> dict[str, str]:
    """The texts of `res/values/strings.xml`."""
    root = ET.fromstring(text)  # noqa: S314 - our own files
    return {str(e.get("name")): e.text or "" for e in root.iter("string")}
