"""Version and build of the system: `Build.ID`, `Build.FINGERPRINT`, or as a User-Agent of Android names it."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_AGENT: Final = re.compile(r"Android [\d.]{1,12};[^;]{0,12};?[^;]{1,80} Build/([^;)\s]{2,60})")
_FINGERPRINT: Final = re.compile(r"[\w.-]+/[\w.-]+/[\w.-]+:[\w.]+/[\w.-]+/[\w.-]+:\w+/[\w,-]+")
_PLAIN: Final = re.compile(r"(?=.*\d)[\w][\w .:/()+-]{0,95}")


def read(value: str) -> Reading | None:
    """A User-Agent of Android's, a build fingerprint (Android CDD §3.2.2), or a version; of these only the last has no check."""
    text = value.strip()
    if "Android " in text[:200] and "(" in text[:200]:
        match = _AGENT.search(text[:512])
        if match is None:
            return None
        return Reading(
            match[1],
            "holds",
            "stands where Android's User-Agent has the build",
            value.find("Build/" + match[1]) + 6,
            len(match[1]),
        )
    if len(text) > 160 or is_missing(text):
        return None
    if _FINGERPRINT.fullmatch(text):
        return Reading(text, "holds", "a build fingerprint (Android CDD §3.2.2)")
    if len(text) > 96 or _PLAIN.fullmatch(text) is None:
        return None
    return Reading(text, "none", "a version, which has no check")


IDENTIFIER = Identifier(
    kind="os_build",
    names=phrases(
        "os version, os ver, osver, os build, build fingerprint, build display, android version, system version",
        "sw ver, swver, software version, firmware version, kernel version, fw version, os release, android release",
        "ro build fingerprint, ios version, rom version, build display id, baseband version, os build number",
        "os version name, android os version, device os version, build incremental, security patch, build description",
        "device software version, os v, sys ver, sys version, rom ver, os full version, osv",
    ),
    hints=phrases("user agent, ua, http user agent, browser user agent, default user agent, fingerprint, build"),
    shy=phrases("build id, build number, build version, build"),
    company=phrases("imei, device model, model, manufacturer, brand, android id, os version, platform, sdk int, device id"),
    never=phrases(
        "app build, app build number, app build id, application build, bundle build, sdk build, client build, build app",
        "app build version, apps build, library build, lib build, package build, engine build, sdk build number",
    ),
    read=read,
    clause="Android Build.FINGERPRINT (CDD §3.2.2); RFC 9110 §10.1.5",
    reasoning="Alone it singles nobody out; with others it helps to recognise a device.",
    limitations="Versions of an app look the same; the field's name alone tells.",
)
