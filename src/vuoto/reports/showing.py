"""How a report names things, and how it shows strings that a stranger wrote.

Every string of a capture is hostile: it may hold terminal control codes (ECMA-48), bidirectional overrides that make a line read
backwards (Unicode UAX #9), or characters that show nothing. `visible` turns all of them into readable escapes; a renderer then
escapes for its own medium (HTML, CSV) on top.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from vuoto.facts.countries import COUNTRIES
from vuoto.facts.recipients import Recipient
from vuoto.facts.vocabulary import KINDS, Outcome, Protection, Question, kind_of

MOST_CHARACTERS: Final = 400
"""A value or path longer than this is cut on show: nobody reads on, and one hostile field must not fill the report."""

# C0, DEL and C1 controls; soft hyphen; invisible and bidirectional format characters; separators that break lines; surrogates
# (a JSON escape may smuggle a lone one in); interlinear annotation and the replacement-free specials; tag characters.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

Tone = Literal["bad", "open", "good"]


def visible(text: str, most: int = MOST_CHARACTERS) -> str:
    r"""`text` on one line with every control, bidirectional and invisible character as `\x1b` or `\u202e`, cut after `most`."""
    if len(text) > most:
        text = f"{text[:most]}… ({len(text) - most} more characters)"
    return _UNSEEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    point = ord(match.group())
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


# The order in which a person wants to hear the kinds: what names the device and the subscriber for life first.
_READ_FIRST: Final = ("imei", "imeisv", "meid", "iccid", "imsi", "msisdn", "serial_number", "mac_address", "bluetooth_address")
_READING_ORDER: Final[dict[str, int]] = {
    kind: place for place, kind in enumerate((*_READ_FIRST, *(k for k in KINDS if k not in _READ_FIRST)))
}


def reading_order(kind: str) -> tuple[bool, int, str]:
    """Sort key of a kind: identifying before technical, then as a person wants to hear them, unknown ones last by name."""
    return kind_of(kind).family == "technical", _READING_ORDER.get(kind, len(_READING_ORDER)), kind


def kind_title(kind: str) -> str:
    """What a report calls the kind."""
    return visible(kind_of(kind).title)


PROTECTION_WORDS: Final[dict[Protection, str]] = {
    "none": "unencrypted",
    "tls1.0": "TLS 1.0",
    "tls1.1": "TLS 1.1",
    "tls1.2": "TLS 1.2",
    "tls1.3": "TLS 1.3",
    "quic": "QUIC",
    "dtls": "DTLS",
    "unknown": "protection unknown",
}
OUTCOME_WORDS: Final[dict[Outcome, str]] = {
    "within-eea": "within the EEA",
    "adequate": "adequacy decision",
    "declared-safeguard": "declared safeguard",
    "declared-derogation": "declared derogation",
    "no-declared-basis": "no declared basis found",
    "declared": "declared",
    "undeclared": "not declared",
    "protected": "protected",
    "unprotected": "not protected",
    "undecided": "undecided",
}
OUTCOME_TONES: Final[dict[Outcome, Tone]] = {
    "within-eea": "good",
    "adequate": "good",
    "declared-safeguard": "good",
    "declared-derogation": "good",
    "no-declared-basis": "bad",
    "declared": "good",
    "undeclared": "bad",
    "protected": "good",
    "unprotected": "bad",
    "undecided": "open",
}
QUESTION_WORDS: Final[dict[Question, str]] = {
    "transfer": "Transfer to a third country",
    "security": "Security",
    "transparency": "Transparency",
    "terminal-equipment": "Access to the device",
    "minimisation": "Minimisation",
}
JURISDICTION_WORDS: Final[dict[str, str]] = {"eu": "EU", "uk": "United Kingdom", "ch": "Switzerland"}


def capital(text: str) -> str:
    """`text` with its first letter in upper case, as a sentence begins; names of packages, files and hosts stay as they are."""
    first = text.partition(" ")[0].rstrip(".,:;")
    return text if "." in first or "/" in first else text[:1].upper() + text[1:]


def encrypted(protection: Protection) -> bool:
    """Whether bytes so protected were unreadable on the way."""
    return protection not in ("none", "unknown")


def recipient_name(recipient: Recipient) -> str:
    """Its host, else its first address."""
    return visible(recipient.host or (recipient.addresses[0].ip if recipient.addresses else recipient.id))


def country_words(recipient: Recipient) -> str:
    """The country used for the verdict in English, or why there is none."""
    if recipient.local:
        return "own network"
    if recipient.country:
        return country_title(recipient.country)
    named = recipient.places
    return f"undecided: {' or '.join(country_title(c) for c in named)}" if named else "unknown"


def country_title(code: str) -> str:
    """`China` for `CN`; the code itself where ISO 3166-1 has no such country."""
    return COUNTRIES.get(code) or visible(code)


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def few(items: Sequence[str], most: int, one: str, many: str | None = None) -> str:
    """`a, b, c`, and where there are more than `most`, `a, b and 12 more inputs`; `one` and `many` are the word for them."""
    if len(items) <= most:
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {counted(len(items) - most, f'more {one}', many and f'more {many}')}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 host`, `9 hosts`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def times_words(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number) or f"{number:,} times"


def wireshark_filter(frames: Iterable[int]) -> str:
    """The display filter that shows these frames and no others."""
    return f"frame.number in {{{','.join(str(f) for f in frames)}}}"
