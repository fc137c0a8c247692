"""The query of a URL, and the path before it (RFC 3986 §3): form-encoded pairs and named segments.

`https://host/imei/4901…?mac=…#…`: a path segment is named by the segment before it where that is a word. Matrix parameters
(`;k=v`) are pairs as well. A segment that may be encoded is cut out though none names it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.limits import MAX_VALUE
from vuoto.payloads.pairs import read_pairs, unquote
from vuoto.payloads.suspicion import is_suspicious

_URL: Final = re.compile(rb"(?!data:)[A-Za-z][A-Za-z0-9+.\-]{1,20}:(?://)?[^\s\"'<>]+\Z")
_TARGET: Final = re.compile(rb"/[^\s\"<>]*\Z|[^\s?&=\"'<>]{0,256}\?[^\s\"'<>=]*=[^\s\"'<>]*\Z")
_PATH: Final = re.compile(rb"(?:[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^/]+)?/(?:[a-z]{1,16}|[a-z]{0,8}[0-9]{1,4})/")
"""A first segment as services have it: a word or a version (`/api/`, `/v2/`)."""
_EMBEDDED: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s\"'<>]+")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_\-]{1,31}[0-9]?")
_LONGEST_KEPT: Final = 128
"""Bytes of a path whose segments are remembered."""

_MAX_KEPT: Final = 1024
"""Paths remembered, 16 MB at most."""

_MAX_SEGMENTS: Final = 256
"""Path segments read: servers refuse request targets long before."""


def read_url(data: bytes, start: int, end: int) -> list[Leaf]:
    """The leaves of the URL or request target in `data[start:end]`."""
    leaves: list[Leaf] = []
    path = start
    scheme = data.find(b"://", start, min(end, start + 24))
    if scheme >= 0:
        slash = data.find(b"/", scheme + 3, end)
        mark = data.find(b"?", scheme + 3, end)
        path = min(p for p in (slash, mark, end) if p >= 0)
        user = data.rfind(b"@", scheme + 3, path)
        if user >= 0:
            leaves.append(Leaf("userinfo", "userinfo", unquote(data[scheme + 3 : user]), scheme + 3, user - scheme - 3))
    mark = data.find(b"?", path, end)
    fragment = data.find(b"#", path if mark < 0 else mark, end)
    if fragment < 0:
        fragment = end
    path_end = mark if mark >= 0 else fragment
    if path == 0 and path_end <= _LONGEST_KEPT:
        leaves += _segments_of(data[:path_end])
    else:
        leaves += _segments(data, path, path_end)
    if mark >= 0:
        leaves += read_pairs(data, mark + 1, fragment)
    if fragment < end and b"=" in data[fragment:end]:
        leaves += read_pairs(data, fragment + 1, end)
    return leaves


@lru_cache(maxsize=_MAX_KEPT)
def _segments_of(path: bytes) -> tuple[Leaf, ...]:
    """Those of a whole path. An app asks for the same ones again and again, with another query."""
    return tuple(_segments(path, 0, len(path)))


def _segments(data: bytes, start: int, end: int) -> list[Leaf]:
    leaves: list[Leaf] = []
    previous = ""
    pos = start
    number = 0
    while pos < end and number < _MAX_SEGMENTS:
        stop = data.find(b"/", pos, end)
        if stop < 0:
            stop = end
        if stop > pos:
            number += 1
            first = data.find(b";", pos, stop)
            main = first if first >= 0 else stop
            value = unquote(data[pos:main])
            if value and main - pos <= MAX_VALUE:
                leaves.append(Leaf(previous, f"path/{number}", value, pos, main - pos, syntax="path"))
            previous = value if _WORD.fullmatch(value) else ""
            if first >= 0:
                leaves += read_pairs(data, first + 1, stop, separators=b";")
        pos = stop + 1
    return leaves


def _recognise(data: bytes, _hint: str) -> int:
    if _URL.match(data) or (data[:1] == b"/" and _TARGET.match(data)):
        return 85
    if b"?" in data and _TARGET.match(data):
        return 70
    return 40 if b"://" in data and b"=" in data and len(data) <= MAX_VALUE else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    stripped = data.strip()
    begin = data.find(stripped) if stripped else 0
    end = begin + len(stripped)
    if _URL.match(data, begin, end) or _TARGET.match(data, begin, end):
        leaves = read_url(data, begin, end)
        if any(leaf.name for leaf in leaves):
            return Reading(leaves=leaves, whole=True)
        # A slash is of Base64's alphabet too: where no name shows that this is a path, its other segments have to.
        cut = [leaf for leaf in leaves if leaf.length < end - begin - 1 and is_suspicious(leaf.value or "")]
        return Reading(leaves=leaves) if cut and _PATH.match(data, begin, end) else None
    leaves = []
    for found in _EMBEDDED.finditer(data):
        if b"?" in found.group():
            leaves += [leaf for leaf in read_url(data, found.start(), found.end()) if leaf.syntax != "path"]
    return Reading(leaves=leaves) if leaves else None


DECODER = Decoder(name="query", reads="text", begins=b"/", recognise=_recognise, open=_open)
