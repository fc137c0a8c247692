"""Tells text from noise. Everything that a wrapping without a magic number (base64, hex) gives is judged here."""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HIGH: Final = bytes(range(0x80, 0x100))
_SPACES: Final = str.maketrans("", "", "\t\r\n")

MIN_MEANING: Final = 9
"""Shortest decoded text that counts: nine random bytes are printable ASCII once in 7,000 times (95/256 to the ninth), and only
for strings that look encoded to begin with. An e-mail address, a MAC or an IMEI is longer."""

MIN_MEANING_WIDE: Final = 12
"""The same where there are non-ASCII characters: UTF-8 validates itself, but accepts more."""


def text_of(data: bytes) -> str | None:
    """`data` as text: UTF-8, or Latin-1 with few high bytes, without control codes; `None` where it is not text."""
    if _CONTROL.search(data) is not None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    high = len(data) - len(data.translate(None, _HIGH))
    # A quarter: a Latin-1 name or address has fewer; long compressed or encrypted bytes never lack control codes.
    if high * 4 > len(data) or (high and len(data) < MIN_MEANING):
        return None
    return data.decode("latin-1")


def means_something(data: bytes) -> bool:
    """Whether decoded bytes are text that somebody wrote, long enough not to be chance."""
    size = len(data)
    if size < MIN_MEANING or _CONTROL.search(data) is not None:
        return False
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    if len(text) == size:
        return True
    return size >= MIN_MEANING_WIDE and text.translate(_SPACES).isprintable()


_MEDIA: Final = re.compile(
    rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF....(?:WEBP|AVI |WAVE)|wOF[F2]|\x00\x01\x00\x00\x00[\x04-\x40]|OTTO|OggS"
    rb"|ID3[\x02-\x04]|fLaC"
    rb"|....ftyp|\x1aE\xdf\xa3|\x00\x00\x01\xba|FLV\x01|BM....\x00\x00\x00\x00|II\*\x00|MM\x00\*",
    re.DOTALL,
)


def is_media(data: bytes) -> bool:
    """Whether `data` begins like a picture, sound, film or font: no decoder looks into those (their metadata is out of scope)."""
    return _MEDIA.match(data) is not None
