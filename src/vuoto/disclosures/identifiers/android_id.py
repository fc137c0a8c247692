"""Android ID: `Settings.Secure.ANDROID_ID`, 64 bits as hexadecimal."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Identifier, Reading, phrases

_HEX: Final = re.compile(r"[0-9a-f]{15,16}", re.IGNORECASE)
_FOLLOWED: Final = re.compile(r"([0-9a-f]{16}):(?:[0-9]{1,2}|[0-9a-f]{16,64})", re.IGNORECASE)
"""With a number or a key of the app behind it, as VK's clients send it (`device_id=…:0`)."""

PLACEHOLDERS: Final = frozenset(("9774d56d682e549c", "dead00beef", "0123456789abcdef", "1234567890abcdef", "abcdef0123456789"))
"""The first was the same on every telephone of a faulty Android 2.2 build and lives on in emulators (Android issue 10603)."""


def read(value: str) -> Reading | None:
    """16 hexadecimal digits (15 where a leading zero was dropped), or 64 bits written in decimal as Google's check-in does."""
    text = value.strip().lower()
    followed = _FOLLOWED.fullmatch(text)
    if followed is not None:
        alone = read(followed[1])
        return alone if alone is None else alone._replace(start=value.lower().find(followed[1]), length=16)
    if _HEX.fullmatch(text) and text not in PLACEHOLDERS and len(set(text)) > 3 and text[:8] != text[8:]:
        if text.isdigit() and len(text) == 15:
            return None  # one 64-bit number in a thousand has no letter, and most numbers of fifteen digits are something else
        if text.isdigit():
            return Reading(text, "none", "16 digits, a hexadecimal number without a letter in it")
        if len(text) == 15:
            return Reading(text, "none", "15 hexadecimal digits: 64 bits without their leading zero")
        return Reading(text, "holds", "64 bits as 16 hexadecimal digits (Android Settings.Secure.ANDROID_ID)")
    if 17 <= len(text) <= 20 and text.isascii() and text.lstrip("-").isdigit():
        number = int(text) % (1 << 64)
        return Reading(f"{number:016x}", "none", "64 bits in decimal, as Google's check-in writes its Android ID")
    return None


IDENTIFIER = Identifier(
    kind="android_id",
    names=phrases(
        "android id, androidid, ssaid, secure android id, secure id, android device id, and id, gsf id, gsfid",
        "gsf android id, openudid, open udid, android identifier",
    ),
    hints=phrases(
        "device id, did, udid, hardware id, hwid, dev id, device identifier, unique id, unique device id, phone id",
        "device, devices, terminal id, client device id, device unique id, device serial, aid, anid, andi, duid",
    ),
    anywhere=phrases("android id, androidid, ssaid, device id, deviceid"),
    vague=phrases("id, uid, uuid, distinct id, anonymous id, unique identifier"),
    read=read,
    hashed=True,
    clause="Android Settings.Secure.ANDROID_ID",
    reasoning="It names one telephone (since Android 8, one telephone per app signer) until it is reset to factory state.",
    limitations="Any 64-bit number in hexadecimal looks the same; so without a name it is not reported.",
)
