"""A tolerant, linear tokenizer of XML 1.0 and HTML with positions.

It never resolves anything: entity declarations are skipped, so billion laughs and external entities have nothing to work with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_NAME: Final = re.compile(rb"[A-Za-z_:\x80-\xff][\w.:\-\x80-\xff]{0,127}")
_ATTRIBUTE: Final = re.compile(
    rb"""([A-Za-z_:@\x80-\xff][\w.:\-\x80-\xff]{0,127})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>`=]+))"""
)


class Token(NamedTuple):
    """A start tag, an end tag, or character data."""

    kind: str
    """`start`, `empty`, `end`, `text` or `doctype`."""

    name: str
    """Of the element, prefix removed."""

    attributes: tuple[tuple[str, int, int], ...]
    """`(name, offset of the value, length of the value)`."""

    offset: int
    """Of character data."""

    length: int
    """Of character data."""

    literal: bool = False
    """Whether it is CDATA, in which references are not resolved."""


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens of `data`, in order; stops where the markup is cut off."""
    pos = 0
    size = len(data)
    while pos < size:
        start = data.find(b"<", pos)
        if start < 0:
            start = size
        if start > pos and data[pos:start].strip():
            yield Token("text", "", (), pos, start - pos)
        if start >= size:
            return
        if data.startswith(b"<!--", start):
            pos = _after(data, b"-->", start + 4)
        elif data.startswith(b"<![CDATA[", start):
            end = data.find(b"]]>", start + 9)
            stop = end if end >= 0 else size
            if stop > start + 9:
                yield Token("text", "", (), start + 9, stop - start - 9, literal=True)
            pos = stop + 3
        elif data.startswith(b"<?", start):
            pos = _after(data, b"?>", start + 2)
        elif data.startswith(b"<!", start):
            close = data.find(b">", start)
            bracket = data.find(b"[", start, close if close >= 0 else size)
            yield Token("doctype", "entities" if bracket >= 0 else "", (), start, 0)
            pos = _after(data, b"]>", bracket) if bracket >= 0 else close + 1 if close >= 0 else size
        else:
            # The name first: the end may be far away, and is looked for once per tag, not once per `<`.
            found = _NAME.match(data, start + (2 if data[start + 1 : start + 2] == b"/" else 1))
            if found is None:
                pos = start + 1
                continue
            end = _tag_end(data, start)
            if end < 0:
                return
            name = found.group().decode("utf-8", "replace").rpartition(":")[2]
            if data[start + 1 : start + 2] == b"/":
                yield Token("end", name, (), start, 0)
            else:
                empty = data[end - 1 : end] == b"/"
                yield Token("empty" if empty else "start", name, _attributes(data, found.end(), end), start, 0)
            pos = end + 1


def _after(data: bytes, mark: bytes, start: int) -> int:
    end = data.find(mark, start)
    return end + len(mark) if end >= 0 else len(data)


def _tag_end(data: bytes, start: int) -> int:
    """The `>` that closes the tag at `start`, quotes respected; -1 where there is none."""
    end = data.find(b">", start)
    if end < 0:
        return -1
    quotes = data.count(b'"', start, end)
    tries = 0
    while quotes % 2 and tries < 16:  # a `>` inside a quoted attribute
        following = data.find(b">", end + 1)
        if following < 0:
            break
        quotes += data.count(b'"', end, following)
        end = following
        tries += 1
    return end


def _attributes(data: bytes, start: int, end: int) -> tuple[tuple[str, int, int], ...]:
    if data.find(b"=", start, end) < 0:
        return ()
    result = []
    for found in _ATTRIBUTE.finditer(data, start, end):
        which = found.lastindex or 2
        begin, stop = found.span(which)
        result.append((found.group(1).decode("utf-8", "replace"), begin, stop - begin))
    return tuple(result)


def character_data(data: bytes) -> str:
    """Text with its references resolved: the five of XML, HTML's, and numeric ones."""
    text = data.decode("utf-8", "replace")
    if "&" in text:
        import html

        text = html.unescape(text)
    return text
