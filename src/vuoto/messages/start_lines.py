"""Start lines of HTTP-like text protocols (RFC 9112 §2.3, §3, §4; RFC 2326, RFC 3261), and where the next one begins in junk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

MAX_LINE = 64 * 1024
"""Bytes of a start line: servers stop at 8 to 64 KiB."""

_METHOD: Final = re.compile(rb"([A-Za-z][A-Za-z0-9_.$!#%&'*+^`|~-]{0,31})[ \t]+")
"""A token (RFC 9110 §5.6.2) that begins with a letter, of a length that a method has."""

_KNOWN: Final = frozenset(
    b"GET POST HEAD PUT DELETE OPTIONS PATCH TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH".split()
)
"""Methods that are believed without a version behind the target (RFC 9110, RFC 4918; HTTP/0.9 had `GET` alone)."""

_GLUED: Final = re.compile(rb"(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT) (?:/|https?://|\*)")
"""A request that begins in the middle of a line, right behind a body that is longer than it said."""


class Start(NamedTuple):
    """A start line."""

    method: str
    """Of a request, upper case; `""` for an answer."""

    target: bytes
    """Target of a request, or status and reason of an answer."""

    shift: int
    """Offset of `target` in the line."""

    version: bytes
    """`HTTP/1.1`, or empty where none stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What tells one such protocol from the others."""

    name: str
    """Of the protocol; HTTP is told further by its version."""

    version: bytes
    """What a version begins with: `HTTP/`."""

    bare: bool = False
    """Whether a request line without a version is one (HTTP/0.9)."""


HTTP: Final = Dialect(name="http", version=b"HTTP/", bare=True)


def parse_start(line: bytes, dialect: Dialect) -> Start | None:
    """What `line` (without its line end) says, or `None` where it is no start line."""
    version = dialect.version
    parts = line.split(b" ")
    if len(parts) == 3 and parts[2].startswith(version) and parts[0].isalpha() and len(parts[0]) <= 32 and parts[1]:
        if parts[0] == b"PRI":  # RFC 9113 §3.4: the preface of HTTP/2
            return None
        return Start(parts[0].decode("ascii").upper(), parts[1], len(parts[0]) + 1, parts[2])
    if line.startswith(version):
        head, space, tail = line.partition(b" ")
        if not space or not head[len(version) : len(version) + 1].isdigit():
            return None
        return Start("", tail, len(head) + 1, head)
    return _parse_oddly(line, dialect)


def _parse_oddly(line: bytes, dialect: Dialect) -> Start | None:
    found = _METHOD.match(line)
    if found is None:
        return None
    method = found[1].upper()
    rest = line[found.end() :]
    at = rest.upper().rfind(dialect.version)
    if at >= 0 and (at == 0 or rest[at - 1 : at] in (b" ", b"\t")) and method != b"PRI":
        target = rest[:at].rstrip(b" \t")
        return Start(method.decode("ascii"), target, found.end(), rest[at:].strip())
    if dialect.bare and method in _KNOWN and (rest[:1] in (b"/", b"*") or rest[:4].lower() == b"http"):
        return Start(method.decode("ascii"), rest.rstrip(b" \t"), found.end(), b"")
    return None


def start_at(data: bytes, at: int, end: int, dialect: Dialect) -> tuple[Start, int] | None:
    """The start line at `data[at]` and the offset after its line end, or `None`. A line that the data's end cuts is one too."""
    limit = min(end, at + MAX_LINE)
    stop = data.find(b"\n", at, limit)
    if stop < 0:
        if limit < end:
            return None
        stop = after = end
    else:
        after = stop + 1
    line = data[at:stop]
    found = parse_start(line.rstrip(b"\r"), dialect)
    return None if found is None else (found, after)


def find_start(data: bytes, at: int, end: int, dialect: Dialect) -> int:
    """Where, beyond `at`, the next start line with a version begins.

    `end` where none does. Linear: no byte is looked at more than a few times, whatever they are.
    """
    version = dialect.version
    line = at
    floor = at
    look = at
    while True:
        look = data.find(version, look, end)
        if look < 0:
            return end
        newline = data.rfind(b"\n", floor, look)
        line = line if newline < 0 else newline + 1
        tail = look + len(version) + 3
        if line == look:
            if line > at and data[tail : tail + 1] == b" " and start_at(data, line, end, dialect) is not None:
                return line
        elif tail == end or data.startswith((b"\r\n", b"\n"), tail):  # so each line is looked at once
            if line > at and look - line <= MAX_LINE and parse_start(data[line:tail], dialect) is not None:
                return line
            glued = _GLUED.search(data, line + (line == at), look)
            if glued is not None:
                return glued.start()
        floor = look
        look += len(version)
