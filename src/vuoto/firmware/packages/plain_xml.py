"""Plain XML (XML 1.0) as the same elements that compiled XML gives: manifests of build trees, test packages and some JARs."""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from vuoto.facts.problems import Problem
from vuoto.firmware.packages.elements import MAX_ELEMENTS, Attribute, Element, XmlDocument

_SEPARATOR: Final = "\x1f"  # cannot stand in XML 1.0, so it cannot stand in a name or a URI


class _RefusedError(Exception):
    """Parsing ends on purpose."""


def read_plain_xml(data: bytes, where: str) -> XmlDocument:
    """The elements of a plain document up to where it is broken; never raises. Document types, so entities too, are refused."""
    elements: list[Element] = []
    texts: dict[int, list[str]] = {}
    opened: list[int] = []
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(elements) == MAX_ELEMENTS:
            raise _RefusedError(f"has more than {MAX_ELEMENTS} elements; the rest is not read")
        found = tuple(_attribute(n, v) for n, v in attributes.items())
        parent = opened[-1] if opened else -1
        opened.append(len(elements))
        line = parser.CurrentLineNumber
        elements.append(Element(name=name.rpartition(_SEPARATOR)[2], parent=parent, line=line, attributes=found))

    def end(_: str) -> None:
        opened.pop()

    def text(piece: str) -> None:
        if opened:
            texts.setdefault(opened[-1], []).append(piece)

    def doctype(*_: object) -> None:
        raise _RefusedError("declares a document type, which is not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    problems: list[Problem] = []
    last = True
    try:
        parser.Parse(data, last)
    except expat.ExpatError as e:
        problems.append(Problem(where=where, what=f"is not XML from line {e.lineno} on"))
    except _RefusedError as e:
        problems.append(Problem(where=where, what=str(e)))
    except (LookupError, ValueError):  # an encoding that Python does not know, or one of several bytes a character
        problems.append(Problem(where=where, what="is in an encoding that is not read"))
    for i, pieces in texts.items():
        elements[i].text = "".join(pieces)
    return XmlDocument(elements=elements, problems=problems, binary=False)


def _attribute(name: str, value: str) -> Attribute:
    uri, _, local = name.rpartition(_SEPARATOR)
    reference = None
    if value.startswith("@0x"):
        try:
            reference = int(value[3:], 16)
        except ValueError:
            reference = None
    return Attribute(local, uri or None, value, reference)
