"""Strings that name somewhere to send to, or something to read that identifies a phone; in text and in bytes.

A host without a scheme is taken for one only under the top-level domains listed here: a name with dots is more often a class, a
file or a property. What is left out is told by `TOP_LEVEL`.
"""

from __future__ import annotations

import re
from typing import Final

MAX_LENGTH: Final = 512
"""Characters of a string that is kept; addresses are shorter, and text around them is no evidence."""

TOP_LEVEL: Final = (
    "com|net|org|info|biz|edu|gov|mil|int|mobi|asia|xyz|top|site|online|cloud|app|dev|vip|club|link|live|shop|tech|"
    "tv|cn|hk|tw|jp|kr|sg|my|th|vn|ph|id|au|nz|ru|ua|by|kz|tr|il|ir|ae|sa|eg|za|ng|ke|br|ar|mx|cl|pe|de|fr|uk|eu|it|"
    "es|pt|nl|be|lu|at|ch|se|no|fi|dk|cz|sk|hu|ro|bg|gr|ie|us|ca"
)
"""Without those that also end files and symbols: so, cc, io, me, in, is, pl, py, sh, rs, md, ps, co, name, zip."""

SOURCES: Final = (
    "/sys/class/net/",
    "/proc/net/arp",
    "ril.serialnumber",
    "ro.serialno",
    "ro.boot.serialno",
    "gsm.sim.",
    "ro.ril.",
    "persist.radio.",
    "persist.vendor.radio.",
    "content://",
)
"""Files, properties and providers that give identifiers."""

_SOURCE_PIECES: Final = ("/net/", "serialn", "gsm.sim.", "ro.ril.", ".radio.", "content://")
"""One of these is in each of `SOURCES`: nearly all texts hold none of them."""


def _either_case(words: list[str]) -> str:
    """A pattern of these words in capitals or not: letter by letter, which is found in half the time of one after the other."""
    rests: dict[str, list[str]] = {}
    for word in filter(None, sorted(words)):
        rests.setdefault(word[0], []).append(word[1:])
    ways = [f"[{one}{one.upper()}]{_either_case(rest) if any(rest) else ''}" for one, rest in rests.items()]
    return f"(?:{'|'.join(ways)})" + ("?" if "" in words else "")


_URL: Final = r"(?:[a-z][a-z0-9+.-]{1,15}://[^\s\"'<>\\^`{|}\x00-\x1f]{3,})"
_NAME: Final = rf"(?:(?<![a-z0-9_.@/$%-])(?:[a-z0-9][a-z0-9-]{{0,62}}\.){{1,8}}(?:{TOP_LEVEL})(?![a-z0-9_.(-]))"
_IPV4: Final = r"(?:(?<![0-9.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![0-9.]))"
_PATTERN: Final = re.compile(f"{_URL}|{_NAME}|{_IPV4}", re.IGNORECASE | re.ASCII)
# What each of the three forms must hold, with a first letter that is found fast: nearly all texts hold none of it.
_ANY_TOP: Final = _either_case(TOP_LEVEL.split("|"))
_TOP: Final = re.compile(rf"\.{_ANY_TOP}(?![A-Za-z0-9_.(-])")
_DOTS_OF_IPV4: Final = 3
_BYTES_8: Final = re.compile(rb"\.(?:%s(?![A-Za-z0-9_.(-])|[0-9]{1,3}\.[0-9]{1,3}\.[0-9])" % _ANY_TOP.encode())
_BYTES_16: Final = re.compile(
    rb"\.\0(?:(?:%s)(?![a-z0-9_.(-]\0)|(?:[0-9]\0){1,3}\.\0(?:[0-9]\0){1,3}\.\0[0-9])"
    % b"|".join(top.encode("utf-16-le") for top in TOP_LEVEL.split("|")),
    re.IGNORECASE,
)
_PIECES: Final = tuple(piece.encode(form) for piece in ("://", *SOURCES) for form in ("ascii", "utf-16-le"))
# How compiled XML spells the vocabularies that are in nearly all of it: the length, the text and NUL, UTF-8 and UTF-16.
_ANDROID_XML: Final = tuple(
    spelt
    for name in ("http://schemas.android.com/apk/res/android", "http://schemas.android.com/apk/res-auto")
    for spelt in (
        bytes((len(name), len(name))) + name.encode() + b"\0",
        (chr(len(name)) + name + "\0").encode("utf-16-le"),
    )
)
_SCHEMES_OF_XML: Final = (
    "http://schemas.android.com/",
    "http://www.w3.org/",
    "http://schemas.microsoft.com/",
    "http://ns.adobe.com/",
)
_RUN: Final = re.compile(rb"[\x09\x20-\x7e]{6,}")
# Machine code and tables have printable runs by chance; a string of a program ends with NUL, and stands behind another's end.
_ENDED_RUN: Final = re.compile(rb"(?<=[\0\n\r])[\x09\x20-\x7e]{6,}(?=[\0\n\r])")


def names_address(text: str) -> bool:
    """Whether a string names a host, URL, IPv4 address or source of identifiers, and not merely an XML vocabulary."""
    if "." not in text and ":" not in text:
        return "/sys/class/net/" in text or "/proc/net/arp" in text
    head = text[:MAX_LENGTH]
    if head.startswith(_SCHEMES_OF_XML):
        return False
    may = "://" in head or _TOP.search(head) is not None or head.count(".") >= _DOTS_OF_IPV4
    return (may and _PATTERN.search(head) is not None) or _names_source(head)


def _names_source(text: str) -> bool:
    for piece in _SOURCE_PIECES:
        if piece in text:
            return any(source in text for source in SOURCES)
    return False


def may_name_address(compiled: bytes) -> bool:
    """Whether compiled XML can hold a text that names an address; `False` is certain, and found without reading the XML."""
    for vocabulary in _ANDROID_XML:
        compiled = compiled.replace(vocabulary, b"")
    return (
        any(piece in compiled for piece in _PIECES)
        or _BYTES_8.search(compiled) is not None
        or _BYTES_16.search(compiled) is not None
    )


def addresses_in(data: bytes, *, program: bool = False) -> tuple[str, ...]:
    """The printable runs of `data` that name an address, each cut to `MAX_LENGTH`, sorted, each once.

    Of a `program` only its strings are looked at: runs between NULs or ends of lines.
    """
    found: set[str] = set()
    for run in (_ENDED_RUN if program else _RUN).finditer(data):
        start, end = run.span()
        # Long runs (scripts, lists) are looked at in pieces, so that an address deep inside is not lost behind the cut.
        for at in range(start, end, MAX_LENGTH):
            piece = data[at : min(end, at + MAX_LENGTH)]
            # Said by `names_address` as well, of a text: nearly all pieces need not become one.
            if (b"." in piece or b":" in piece or b"/" in piece) and names_address(text := piece.decode("ascii")):
                found.add(text.strip())
    return tuple(sorted(found))
