"""Model of the device: `Build.MODEL`, or as a User-Agent of Android names it."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_AGENT: Final = re.compile(r"Android [\d.]{1,12};(?: [a-z]{2}[-_][A-Za-z]{2};)? ([^;()/]{2,60}?)(?: Build/[^;)\s]{1,60}|; wv)?\)")
_PLAIN: Final = re.compile(r"(?=.*[A-Za-z])[\w][\w .,()+'/&-]{1,63}")
_NOT_A_MODEL: Final = frozenset(
    ("k", "mobile", "tablet", "phone", "android", "ios", "wv", "u", "linux", "generic", "device", "iphone os")
)
"""`K` stands for every model in Chrome's reduced User-Agent since version 110."""


def read(value: str) -> Reading | None:
    """A User-Agent of Android's, or a short name with a letter in it; nothing can be checked."""
    text = value.strip()
    if "Android " in text[:200] and "(" in text[:200]:
        match = _AGENT.search(text[:512])
        if match is None or match[1].strip().lower() in _NOT_A_MODEL:
            return None
        model = match[1].strip()
        return Reading(model, "holds", "stands where Android's User-Agent has the model", value.find(model), len(model))
    if len(text) > 64 or is_missing(text) or text.lower() in _NOT_A_MODEL or _PLAIN.fullmatch(text) is None:
        return None
    return Reading(text, "none", "a model's name, which has no check")


IDENTIFIER = Identifier(
    kind="device_model",
    names=phrases(
        "device model, phone model, model name, hardware model, model sms, modelsms, build model, device type model",
        "terminal model, model number, handset model, mobile model, device model name, hw model, ro product model",
        "product model, device product, phone type, machine model, model identifier, device marketing name",
        "hw machine",
    ),
    hints=phrases("user agent, ua, http user agent, browser user agent, default user agent"),
    shy=phrases("model, device name, device type, device, product, product name"),
    company=phrases(
        "os version, os ver, os, manufacturer, manufacture, brand, imei, android id, device id, platform, sdk int",
        "os name, build, advertising id, sw ver, hw ver, android version, api level, screen width, imsi, device brand",
        "system version, vendor",
    ),
    read=read,
    clause="Android Build.MODEL; RFC 9110 §10.1.5",
    reasoning="Alone it singles nobody out; with others it helps to recognise a device.",
    limitations="`model` means other things elsewhere, so it needs company.",
)
