"""Log-ins of text protocols: FTP, POP3 and news `USER`/`PASS` (RFC 959, 1939, 4643), `APOP`, IMAP `LOGIN` (RFC 9051 §6.2.3).

Only what stands as a command on a line of its own, in the order of a log-in; the other lines are read by others.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading

_LOOK: Final = 16 * 1024
"""Bytes in which a log-in is looked for: it is the first thing that is said."""
_MOST: Final = 64
"""Log-ins read of one stream: one that tries passwords has thousands."""
_WORD: Final = rb'(?:"((?:[^"\\\r\n]|\\.){1,128})"|([^\s"]{1,128}))'
_USER: Final = re.compile(
    rb"^(?:AUTHINFO )?(?i:USER) (?P<user>[^\s:]{1,128})\r?\n(?:(?!(?i:PASS) )[A-Z]{3,4}(?: [^\r\n]{0,64})?\r?\n){0,2}"
    rb"(?:AUTHINFO )?(?i:PASS) (?P<word>\S{1,128})\r?$",
    re.MULTILINE,
)
_APOP: Final = re.compile(rb"^APOP (\S{1,128}) [0-9a-f]{32}\r?$", re.MULTILINE)
_LOGIN: Final = re.compile(rb"^[A-Za-z0-9.]{1,16} (?i:LOGIN) " + _WORD + rb" " + _WORD + rb"\r?$", re.MULTILINE)
_NOBODY: Final = frozenset((b"anonymous", b"ftp", b"guest"))
"""Users whose password is a courtesy (RFC 1635)."""


def _recognise(data: bytes, _hint: str) -> int:
    head = data[:_LOOK]
    if (b"USER " in head and b"PASS " in head) or (b" LOGIN " in head and _LOGIN.search(head)):
        return 45
    return 45 if b"APOP " in head and _APOP.search(head) else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    leaves: list[Leaf] = []
    head = data[:_LOOK]
    for found in _USER.finditer(head):
        if found.group("user").lower() not in _NOBODY:
            leaves += [_leaf("user", "USER", found, "user"), _leaf("pass", "PASS", found, "word")]
        if len(leaves) >= _MOST:
            break
    for found in _LOGIN.finditer(head):
        names = (("username", "LOGIN/1", 1), ("password", "LOGIN/2", 3))
        leaves += [_leaf(name, at, found, first if found.group(first) is not None else first + 1) for name, at, first in names]
        if len(leaves) >= _MOST:
            break
    leaves += [_leaf("username", "APOP/1", found, 1) for found in _APOP.finditer(head)][:_MOST]
    return Reading(leaves=leaves) if leaves else None


def _leaf(name: str, pointer: str, found: re.Match[bytes], group: int | str) -> Leaf:
    value = found.group(group)
    return Leaf(name, pointer, value.decode("utf-8", "replace"), found.start(group), len(value))


DECODER = Decoder(name="command", reads="text", recognise=_recognise, open=_open)
