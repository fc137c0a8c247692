"""Start lines of HTTP-like text protocols (RFC 9112 §2.3, §3, §4; RFC 2326, RFC 3261), and where the next one begins in junk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

MAX_LINE = 64 * 1024
"""Bytes of a start line: servers stop at 8 to 64 KiB."""

_TOKEN: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_.$!#%&'*+^`|~-]{0,31}")
"""A token (RFC 9110 §5.6.2) that begins with a letter, of a length that a method has."""

_KNOWN: Final = frozenset(
    b"GET POST HEAD PUT DELETE OPTIONS PATCH TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH".split()
)
"""Methods that are believed without a version behind the target (RFC 9110, RFC 4918; HTTP/0.9 had `GET` alone)."""

_ENDINGS: Final = (b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE", b"CONNECT")

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
    if len(parts) == 3 and parts[2].startswith(version) and parts[1]:
        method = parts[0]
        if method in _KNOWN or _is_method(method):
            return Start(method.decode("ascii").upper(), parts[1], len(method) + 1, parts[2])
    if line.startswith(version):
        head, space, tail = line.partition(b" ")
        if not space or not head[len(version) : len(version) + 1].isdigit():
            return None
        return Start("", tail, len(head) + 1, head)
    return _parse_oddly(line, dialect)


def _is_method(method: bytes) -> bool:
    """Whether it may be a method that nobody has registered.

    One that ends in a registered one is not: there a request begins right behind a body that is longer than it said. `PRI` begins
    HTTP/2 (RFC 9113 §3.4).
    """
    return _TOKEN.fullmatch(method) is not None and not method.endswith(_ENDINGS) and method != b"PRI"


def _parse_oddly(line: bytes, dialect: Dialect) -> Start | None:
    method, space, _ = line.replace(b"\t", b" ").partition(b" ")
    known = method.upper() in _KNOWN
    if not space or not (known or _is_method(method)):
        return None
    rest = line[len(method) :]
    at = rest.upper().rfind(dialect.version)
    if at > 0 and rest[at - 1] in b" \t":
        target = rest[:at].strip(b" \t")
        version = rest[at:].strip()
        if known or (target and b" " not in version):  # an unknown method is believed in a well-formed line only
            shift = len(method) + len(rest) - len(rest.lstrip(b" \t"))
            return Start(method.decode("ascii").upper(), target, shift, version)
    target = rest.strip(b" \t")
    if dialect.bare and known and (target[:1] in (b"/", b"*") or target[:4].lower() == b"http"):
        return Start(method.decode("ascii").upper(), target, len(line) - len(rest.lstrip(b" \t")), b"")
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
