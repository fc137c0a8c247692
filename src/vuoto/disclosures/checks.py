"""Checks that several kinds share: check digits, hardware addresses, missing values."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

MISSING: Final = frozenset(
    (
        "", "0", "-1", "null", "(null)", "nil", "none", "unknown", "undefined", "n/a", "na", "nan", "false", "true", "default",
        "empty", "missing", "not available", "notavailable", "not_available", "not_determined", "unavailable", "unspecified",
        "<unknown>", "<null>", "[]", "{}", "-", "--", "*", "?", "redacted", "<redacted>", "[redacted]", "anonymous", "disabled",
        "unsupported", "not_set", "not set", "(not set)", "test", "denied", "no_permission", "permission_denied",
        "string", "integer", "boolean", "object",
    )
)  # fmt: skip
"""What clients send in place of a value they do not have, lower case. Such a value is never a finding."""

LONGEST: Final = 512
"""Characters of a value that a check looks at; every kind that has a check is shorter, and this bounds the cost."""


def is_missing(value: str) -> bool:
    """Whether `value` stands for no value: a word of `MISSING`, or one character repeated (`000…`, `xxx`, `***`)."""
    if len(value) > LONGEST:
        return False
    text = value.strip().strip("\"'").lower()
    return text in MISSING or len(set(text) - {"-", ":", ".", " "}) <= 1


_DOUBLED: Final = str.maketrans("0123456789", "0246813579")
"""Each digit doubled, the two digits of what is above nine added up."""


def luhn(digits: str) -> bool:
    """Whether the last of `digits` is the Luhn check digit of the rest (ISO/IEC 7812-1 annex B; TS 23.003 annex B.3)."""
    return (sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))) % 10 == 0


def base64_bytes(text: str) -> bytes:
    """What `text` decodes to (RFC 4648 §4), padded or not; nothing where it is not Base64."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=False)
    except (binascii.Error, ValueError):
        return b""


_SEPARATORS: Final = str.maketrans("", "", " -./_")


def bare_digits(value: str, longest: int) -> str | None:
    """`value` without separators where the rest is 1 to `longest` ASCII digits, else `None`."""
    if len(value) > 2 * longest:
        return None
    text = value.strip().translate(_SEPARATORS)
    return text if text.isascii() and text.isdigit() and len(text) <= longest else None


_MAC: Final = re.compile(
    r"[0-9a-f]{2}(?P<sep>[:-])[0-9a-f]{2}(?:(?P=sep)[0-9a-f]{2}){4}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|[0-9a-f]{12}"
)
_MASKED_MACS: Final = frozenset(("020000000000", "000000000000", "ffffffffffff", "001122334455", "112233445566", "123456789abc"))
"""Android's mask since version 6 (`WifiInfo.DEFAULT_MAC_ADDRESS`), zeros, broadcast, and the usual placeholders."""


def hardware_address(value: str) -> str | None:
    """An EUI-48 as lower-case hex with colons, or `None`: not one, masked, a placeholder, or not the address of one device.

    IEEE 802-2014 §8.2: the lowest bit of the first octet tells a group address. Bare 12 hex digits are accepted: only a name
    brings them here.
    """
    text = value.strip().lower()
    if _MAC.fullmatch(text) is None:
        return None
    digits = text.translate(_SEPARATORS).replace(":", "")
    if digits in _MASKED_MACS or int(digits[:2], 16) & 1 or len(set(digits)) == 1 or digits[:6] == "000000":
        return None
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def administered(address: str) -> str:
    """What the U/L bit of `address` says (IEEE 802-2014 §8.2.2), for a reason."""
    return "locally administered" if int(address[:2], 16) & 2 else "universally administered"


UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)
"""A UUID with or without its dashes (RFC 9562 §4)."""


def uuid_text(value: str, *, dashless: bool = True) -> str | None:
    """A UUID, lower case with dashes, or `None`: not one, or all of one digit (the opt-out value)."""
    text = value.strip().strip("{}\"'")
    if len(text) not in ((32, 36) if dashless else (36,)) or UUID.fullmatch(text) is None:
        return None
    digits = text.replace("-", "").lower()
    if len(set(digits)) <= 2:
        return None
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_OPAQUE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+/=|~-]*")


def is_opaque(value: str, shortest: int) -> bool:
    """Whether `value` looks made by a machine to tell one thing from another: no spaces, digits in it, long enough."""
    if not shortest <= len(value) <= 256 or _OPAQUE.fullmatch(value) is None or "://" in value:
        return False
    return len(set(value)) >= 5 and (sum(c.isdigit() for c in value) >= 3 or _is_drawn(value))


_CASES: Final = re.compile(r"[a-z]+|[A-Z]+|\d+|[^a-zA-Z\d]+")
_DRAWN: Final = 16
"""Characters from which on a token's changes of case tell it from words: Base64 of twelve bytes."""


def _is_drawn(value: str) -> bool:
    """Whether `value` changes between cases and digits as random Base64 does: one such token in three has under three digits."""
    return len(value) >= _DRAWN and len(_CASES.findall(value)) * 2 >= len(value) and any(c.isdigit() for c in value)
