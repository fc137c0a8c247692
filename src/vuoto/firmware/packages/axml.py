"""Compiled XML (ResXMLTree in AOSP's ResourceTypes.h), and plain text where a package carries that instead.

Read as Android's parser walks it: chunks it does not know are skipped, the positions of attributes are taken from the element,
and the framework's attributes go by resource id. Where that parser would give up (a chunk with an impossible size), the next
element is looked for, with a `Problem`. Styles are not read; entities and document types of plain text are refused.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from vuoto.facts.problems import Problem
from vuoto.firmware.packages.attribute_names import ATTRIBUTE_NAMES
from vuoto.firmware.packages.elements import ANDROID, MAX_ELEMENTS, Attribute, Element, XmlDocument
from vuoto.firmware.packages.string_pool import StringPool

MAX_XML: Final = 16 << 20
"""Bytes of one document. The largest compiled manifests are below 2 MB."""

MAX_TEXT: Final = 1 << 20
"""Characters between elements that are kept. Configurations have hosts and pins there; a string can be named at will."""

_POOL: Final = 0x0001
_XML: Final = 0x0003
_NAMESPACES: Final = (0x0100, 0x0101)
_START: Final = 0x0102
_END: Final = 0x0103
_CDATA: Final = 0x0104
_MAP: Final = 0x0180
_NODE: Final = 16  # header, line number, comment
_NONE: Final = 0xFFFFFFFF
_NEXT: Final = re.compile(rb"[\x02-\x04]\x01\x10\x00", re.DOTALL)
_MAX_PROBLEMS: Final = 16  # of one document: what is broken in sixteen places is broken

_REFERENCES: Final = (0x01, 0x02, 0x07, 0x08)  # reference, attribute, and both as dynamic
_STRING: Final = 0x03
_FLOAT: Final = 0x04
_DECIMAL: Final = 0x10
_BOOLEAN: Final = 0x12


def is_axml(data: bytes) -> bool:
    """Whether the bytes may be compiled XML: Android does not look at the first type, so what stands there need not be 3."""
    return len(data) >= 8 and not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and data[2:4] == b"\x08\x00"


def read_xml(data: bytes, where: str) -> XmlDocument:
    """The elements of a document, compiled or plain; never raises. `where` names it in problems."""
    if len(data) > MAX_XML:
        problem = Problem(where=where, what=f"is longer than the {MAX_XML} bytes of XML that are read")
        return XmlDocument(elements=[], problems=[problem])
    if not is_axml(data):
        from vuoto.firmware.packages.plain_xml import read_plain_xml

        return read_plain_xml(data, where)
    return _Walk(data, where).document()


class _Walk:
    """One pass over the chunks of one document."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data = data
        self.where = where
        self.problems: list[Problem] = []
        self.elements: list[Element] = []
        self.open: list[int] = []
        self.pool: StringPool | None = None
        self.ids: tuple[int, ...] = ()
        self.texts: dict[int, list[str]] = {}
        self.text_left = MAX_TEXT

    def problem(self, what: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Problem(where=self.where, what=what))

    def document(self) -> XmlDocument:
        data = self.data
        kind, header, size = struct.unpack_from("<HHI", data)
        if kind != _XML:
            self.problem(f"begins with type {kind:#06x} instead of 0x0003, which Android does not look at")
        if size > len(data):
            self.problem(f"ends after {len(data)} of {size} declared bytes")
        end = len(data)  # a declared size that is too small hides elements from readers that believe it
        at = max(header, 8)
        while at + 8 <= end and len(self.elements) < MAX_ELEMENTS:
            kind, header, size = struct.unpack_from("<HHI", data, at)
            if header < 8 or size < header or at + size > end:
                at = self.beyond(kind, at)
                continue
            self.chunk(kind, data[at : at + size])
            at += size
        if len(self.elements) == MAX_ELEMENTS:
            self.problem(f"has more than {MAX_ELEMENTS} elements; the rest is not read")
        if self.open:
            self.problem(f"ends with {len(self.open)} elements still open")
        for i, pieces in self.texts.items():
            self.elements[i].text = "".join(pieces)
        if self.text_left <= 0:
            self.problem(f"has more than {MAX_TEXT} characters between elements; the rest is not read")
        if self.pool is not None and self.pool.declared != len(self.pool):
            self.problem(f"declares {self.pool.declared} strings where {len(self.pool)} have room")
        if self.pool is not None and self.pool.exhausted:
            self.problem("spells more text than it holds; the rest of it is not read")
        return XmlDocument(elements=self.elements, problems=self.problems)

    def beyond(self, kind: int, at: int) -> int:
        """Where to go on behind a chunk whose size cannot be."""
        if kind in _NAMESPACES:
            self.problem(f"has a namespace chunk with an impossible size at byte {at}")
            at += _NODE + 8  # what such a chunk always measures
            return at
        found = _NEXT.search(self.data, at + 1)
        self.problem(f"has bytes that are no chunk at byte {at}")
        return found.start() if found else len(self.data)

    def chunk(self, kind: int, chunk: bytes) -> None:
        if kind == _POOL:
            # Android takes the first pool and then the next that comes before the first element.
            if self.pool is None or not self.elements:
                self.pool = StringPool(chunk)
        elif kind == _MAP:
            (header,) = struct.unpack_from("<H", chunk, 2)
            count = (len(chunk) - header) // 4
            self.ids = struct.unpack_from(f"<{count}I", chunk, header)
        elif kind == _START:
            self.start(chunk)
        elif kind == _END:
            if self.open:
                self.open.pop()
            else:
                self.problem("closes an element that is not open")
        elif kind == _CDATA:
            if len(chunk) >= _NODE + 4 and self.open:
                self.text(self.string(struct.unpack_from("<I", chunk, _NODE)[0]) or "")
        elif kind not in _NAMESPACES:
            self.problem(f"has a chunk of unknown type {kind:#06x}, which Android skips")

    def text(self, piece: str) -> None:
        self.text_left -= len(piece) + 1
        if self.text_left > 0:
            self.texts.setdefault(self.open[-1], []).append(piece)

    def string(self, index: int) -> str | None:
        return self.pool.get(index) if self.pool is not None and index != _NONE else None

    def start(self, chunk: bytes) -> None:
        (header, line) = struct.unpack_from("<H4xI", chunk, 2) if len(chunk) >= 12 else (0, 0)
        if header < _NODE or len(chunk) < header + 20:
            self.problem("has an element too short to be one")
            return
        _, name, start, size, count = struct.unpack_from("<IIHHH", chunk, header)
        if size < 20 and count:
            self.problem(f"has attributes of {size} bytes, where 20 are the least")
            size = 20
        attributes: list[Attribute] = []
        at = header + start
        for _ in range(count):
            if at + 20 > len(chunk):
                self.problem("has an element with fewer attributes than it declares")
                break
            attributes.append(self.attribute(*struct.unpack_from("<IIIHxBI", chunk, at)))
            at += size
        parent = self.open[-1] if self.open else -1
        self.open.append(len(self.elements))
        element = Element(name=self.string(name) or "", parent=parent, line=line, attributes=tuple(attributes))
        self.elements.append(element)

    def attribute(self, namespace: int, name: int, raw: int, _size: int, kind: int, data: int) -> Attribute:
        uri = self.string(namespace)
        known = ATTRIBUTE_NAMES.get(self.ids[name]) if name < len(self.ids) else None
        text = self.string(name) or ""
        if known is not None:
            if text and text != known:
                self.problem(f"names the attribute {known!r} {text!r}; its resource id counts")
            text, uri = known, ANDROID
        if kind in _REFERENCES:
            mark = "?" if kind in (0x02, 0x08) else "@"
            return Attribute(text, uri, f"{mark}{data:#010x}", data)
        return Attribute(text, uri, self.value(raw, kind, data))

    def value(self, raw: int, kind: int, data: int) -> str:
        if kind == _STRING:
            found = self.string(data)
            return found if found is not None else self.string(raw) or ""
        if kind == _BOOLEAN:
            return "true" if data else "false"
        if kind == _DECIMAL:
            return str(data - (1 << 32) if data >> 31 else data)
        if kind == _FLOAT:
            return f"{struct.unpack('<f', struct.pack('<I', data))[0]:g}"
        return self.string(raw) or f"{data:#x}"
