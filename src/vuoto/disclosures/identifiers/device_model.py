"""Model of the device: `Build.MODEL`, or as a User-Agent of Android names it."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_SYSTEM: Final = r"Android [\d.]{1,12};(?: [a-z]{2}(?:[-_][A-Za-z]{2})?;)? "
_AGENT: Final = re.compile(rf"{_SYSTEM}([^;]{{2,60}}?) (?:Build|MIUI)/|{_SYSTEM}([^;()/]{{2,60}}?)(?:; wv)?\)")
_APPLE: Final = re.compile(r"[(;] ?(i(?:Phone|Pad|Pod)\d{1,2},\d{1,2})[;)]")
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
        model = (match[1] or match[2]).strip() if match else ""
        if not model or model.lower() in _NOT_A_MODEL:
            return None
        return Reading(model, "holds", "stands where Android's User-Agent has the model", value.find(model), len(model))
    if "/" in text and (apple := _APPLE.search(text[:512])):
        return Reading(apple[1], "holds", "a model as Apple writes it", value.find(apple[1]), len(apple[1]))
    if len(text) > 64 or is_missing(text) or text.lower() in _NOT_A_MODEL or _PLAIN.fullmatch(text) is None:
        return None
    return Reading(text, "none", "a model's name, which has no check")


IDENTIFIER = Identifier(
    kind="device_model",
    names=phrases(
        "device model, phone model, model name, hardware model, model sms, modelsms, build model, device type model",
        "terminal model, model number, handset model, mobile model, device model name, hw model, ro product model",
        "product model, device product, phone type, machine model, model identifier, device marketing name",
        "hw machine, device market name, marketing name",
    ),
    hints=phrases("user agent, ua, http user agent, browser user agent, default user agent"),
    shy=phrases("model, device name, device type, device"),
    company=phrases(
        "os version, os ver, os, manufacturer, manufacture, brand, imei, android id, device id, platform, sdk int",
        "os name, build, advertising id, sw ver, hw ver, android version, api level, screen width, imsi, device brand",
        "system version, vendor, fingerprint, build fingerprint, carrier, carrier name, sim operator name, mac address",
        "iccid, meid, gaid, sdk version",
    ),
    read=read,
    clause="Android Build.MODEL; RFC 9110 §10.1.5",
    reasoning="Alone it singles nobody out; with others it helps to recognise a device.",
    limitations="`model` means other things elsewhere, so it needs company.",
)
