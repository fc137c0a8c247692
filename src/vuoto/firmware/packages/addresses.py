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

_URL: Final = r"(?:[a-z][a-z0-9+.-]{1,15}://[^\s\"'<>\\^`{|}\x00-\x1f]{3,})"
_NAME: Final = rf"(?:(?<![a-z0-9_.@/$%-])(?:[a-z0-9][a-z0-9-]{{0,62}}\.){{1,8}}(?:{TOP_LEVEL})(?![a-z0-9_.(-]))"
_IPV4: Final = r"(?:(?<![0-9.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![0-9.]))"
_PATTERN: Final = re.compile(f"{_URL}|{_NAME}|{_IPV4}", re.IGNORECASE | re.ASCII)
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
    return _PATTERN.search(head) is not None or any(source in head for source in SOURCES)


def addresses_in(data: bytes, *, program: bool = False) -> tuple[str, ...]:
    """The printable runs of `data` that name an address, each cut to `MAX_LENGTH`, sorted, each once.

    Of a `program` only its strings are looked at: runs between NULs or ends of lines.
    """
    found: set[str] = set()
    for run in (_ENDED_RUN if program else _RUN).finditer(data):
        start, end = run.span()
        # Long runs (scripts, lists) are looked at in pieces, so that an address deep inside is not lost behind the cut.
        for at in range(start, end, MAX_LENGTH):
            piece = data[at : min(end, at + MAX_LENGTH)].decode("ascii")
            if names_address(piece):
                found.add(piece.strip())
    return tuple(sorted(found))
