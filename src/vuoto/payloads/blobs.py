"""Base64 blobs (RFC 4648 §4 and §5), for every decoder that meets one."""

from __future__ import annotations

import binascii
import re
from typing import Final

_SPACES: Final = re.compile(rb"\s+")
_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")


def base64_bytes(blob: bytes) -> bytes | None:
    """The bytes of one Base64 blob of any dialect, or `None`."""
    blob = _SPACES.sub(b"", blob).rstrip(b"=")
    if b"-" in blob or b"_" in blob:
        if b"+" in blob or b"/" in blob:
            return None
        blob = blob.translate(_URLSAFE)
    rest = len(blob) % 4
    if rest == 1:
        return None
    try:
        return binascii.a2b_base64(blob + b"=" * (-len(blob) % 4))
    except binascii.Error:
        return None
