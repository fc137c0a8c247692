"""Which values and bytes are worth opening: most are what they seem, and a look at each would cost more than all the rest."""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.meaning import MIN_MEANING, text_of

SHORTEST: Final = 8
"""Shortest value that decoders are shown."""

MARKS: Final = re.compile("[{\\[<%&=\\\\?\n\t|;\x00-\x08\x0e-\x1f\x80-\x9f\ufffd]")
"""Characters of some syntax: a value without them is plain, unless it is encoded."""

ENCODED: Final = re.compile(r"[A-Za-z0-9+/_]{16}|[0-9A-Fa-f]{2}(?:[ :,\-][0-9A-Fa-f]{2}){8}|[A-Za-z0-9_\-]{24}")
"""Runs long enough to be encoded."""

ENCODED_MIN: Final = 16
"""Shortest such run: sixteen Base64 characters are ten to twelve bytes."""

_MAGIC: Final = re.compile(
    rb"\x1f\x8b\x08|x[\x01\x5e\x9c\xda]|\x28\xb5\x2f\xfd|PK\x03\x04|bplist00|\xff\xfe|\xfe\xff|\xef\xbb\xbf"
)
_READABLE: Final = re.compile(rb"[\x20-\x7e]{6}|(?:[\x20-\x7e]\x00){5}")
_DIGESTS: Final = frozenset({16, 20, 24, 28, 32, 48, 64})
"""Bytes of a digest, a key or a nonce: what has such a size, no magic number and nothing readable is one."""

PLAIN: Final = re.compile(
    r"[0-9]{1,20}|[0-9a-f]{1,17}|[0-9A-F]{1,17}|[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
    r"|[a-z]{1,40}|[A-Za-z]+(?:[._ \-/][A-Za-z]+)*|(?:[a-z0-9_\-]{1,40}\.)+[a-zA-Z0-9_]{1,40}"
)
"""Suspicious values that are known to be plain: numbers, hex too short to hold a text, UUIDs, words, host and package names."""

_DIGEST: Final = re.compile(
    r"(?!1f8b|1F8B|78|28|50)(?:[0-9a-f]{32}|[0-9A-F]{32}|[0-9a-f]{40}|[0-9A-F]{40}|[0-9a-f]{64}|[0-9A-F]{64})"
)
_HEX_OF_TEXT: Final = re.compile(r"(?:[2-7][0-9A-Fa-f]){6}|(?:[c-eC-E][0-9A-Fa-f][89abAB][0-9A-Fa-f]){3}")
"""A digest in hex that holds no run of printable bytes is nothing else: most values that look encoded are one."""


def is_plain(value: str) -> bool:
    """Whether a text that looks like more is known to be none: a number, a name, a digest."""
    return PLAIN.fullmatch(value) is not None or (_DIGEST.fullmatch(value) is not None and not _HEX_OF_TEXT.search(value))


def is_suspicious(value: str) -> bool:
    """Whether a text may be more than it seems: it has a syntax, or is encoded. The same rule as for the values in a document."""
    if len(value) < SHORTEST or is_plain(value):
        return False
    return MARKS.search(value) is not None or (len(value) >= ENCODED_MIN and ENCODED.search(value) is not None)


def is_promising(data: bytes) -> bool:
    """Whether what a wrapping without proof gave is worth opening: no digest, and not too short to mean anything."""
    size = len(data)
    if size < MIN_MEANING:
        return False
    if size in _DIGESTS or size < 24:
        return _MAGIC.match(data) is not None or _READABLE.search(data) is not None or text_of(data) is not None
    return True
