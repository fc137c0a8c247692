"""The app that the capture itself names for the conversation (PCAPdroid and others know which app opened a connection).

What is named is the package, or the app's label: as the phone's language has it, perhaps cut short (PCAPdroid's trailer has room
for 19 bytes). So a label that no package of the build has says little against a package: it may be the same app in another
language. User ids below 10,000 are Android's own: whoever shares one of those can be meant, and nobody else. Other user ids are
given when an app is installed, and stand in no build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vuoto.facts.app_tags import AppTag, read_tag
from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace, bits

BY_NAME: Final = 20.0
"""A package's name is its own: the tool asked Android for it."""

BY_LABEL: Final = 11.0
"""Labels are shared now and then, and an app may take any."""

BY_CUT_LABEL: Final = 9.0
"""… and more often where only their beginning is known."""

BY_SHARED: Final = 0.97
"""How often a conversation of a user id of Android's own is that of a package that shares it: native programs do so as well."""

GUESS_SHARES: Final = 0.1
"""Of packages of a system image, how many share a user id of Android's own."""

OTHER: Final = -15.0
"""The capture names another app. Apps also send for others (download manager, browser, media server), and share user ids."""

OTHER_SHARES: Final = -1.0
"""… where this package shares a user id, and may be the one that is meant."""

OTHER_LANGUAGE: Final = -4.0
"""… by a label that no package of the build has: most builds tell the labels of one language only."""

TRAILER: Final = 19
"""Bytes of a name in PCAPdroid's trailer, without the zero that ends it."""

CUT_FROM: Final = TRAILER - 3
"""… where a character of up to four bytes was cut off and left out."""

INSTALLED: Final = 10_000
"""First user id of installed apps, those of the image among them, unless they share one of `ANDROIDS_OWN`."""

USERS: Final = 100_000
"""User ids per user of the phone."""

ANDROIDS_OWN: Final = {
    1000: "android.uid.system", 1001: "android.uid.phone", 1002: "android.uid.bluetooth", 1007: "android.uid.log",
    1027: "android.uid.nfc", 1068: "android.uid.se", 1073: "android.uid.networkstack", 1083: "android.uid.uwb",
    2000: "android.uid.shell",
}  # fmt: skip
"""User ids that never change, and the name under which packages share them (`com.android.server.pm.Settings`,
`android_filesystem_config.h`)."""

_PACKAGE: Final = re.compile(r"[A-Za-z]\w*(?:\.\w+)+(?::\w+)?", re.ASCII)


def is_cut(label: str) -> bool:
    """Whether the label may be the beginning of a longer one."""
    return CUT_FROM <= len(label.encode(errors="replace")) <= TRAILER


def shared_name(tag: AppTag) -> str | None:
    """The name under which packages share the tag's user id, where it is one of Android's own."""
    return ANDROIDS_OWN.get(tag.uid % USERS) if tag.uid is not None else None


def tag_name(tag: AppTag) -> str:
    """What an app is called that only the capture names."""
    return tag.package or tag.label or f"uid {tag.uid}"


def is_label(tag: AppTag) -> bool:
    """Whether only what the app is called is known of it."""
    return tag.package is None and not of_android(tag) and bool(tag.label) and not _PACKAGE.fullmatch(tag.label)


def of_android(tag: AppTag) -> bool:
    """Whether the tag's user id is one of Android's own."""
    return tag.uid is not None and tag.uid % USERS < INSTALLED


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    tags = [read_tag(app) for app in sighting.apps]
    if not tags:
        return
    found = [sign for tag in tags if (sign := _fits(tag, suspect))]
    if found:
        yield max(found, key=lambda sign: sign.bits)
        return
    against = [_against(tag, app, suspect) for tag, app in zip(tags, sighting.apps, strict=True)]
    yield max(against, key=lambda sign: sign.bits)


def _fits(tag: AppTag, suspect: Suspect) -> Sign | None:
    package, label = suspect.package, tag.label
    own = shared_name(tag)
    if own is not None and package.shared_user_id == own:
        worth = bits(BY_SHARED, suspect.rate_of("shares", own, GUESS_SHARES))
        return Sign(what=f"shares the user id {tag.uid}, which the capture names, as {own}", bits=worth, group="witness")
    if not package.path and package.name == tag_name(tag):
        return Sign(
            what=f"is the app that the capture names: {package.name}",
            bits=BY_LABEL if is_label(tag) else BY_NAME,
            group="witness",
        )
    if of_android(tag):
        return None
    if package.name and package.name == (tag.package or (label.partition(":")[0] if tag.uid is None else None)):
        return Sign(what=f"is the app that the capture names: {tag.package or label}", bits=BY_NAME, group="witness")
    if tag.package or not label:
        return None
    if package.name and package.name == label:
        return Sign(what=f"is named {label}, as the app that the capture names is called", bits=BY_LABEL, group="witness")
    if package.label and label == package.label:
        return Sign(what=f"is called {label}, as the app that the capture names", bits=BY_LABEL, group="witness")
    for name in (package.label, package.name):
        if name and is_cut(label) and name.startswith(label):
            what = f"is called {name}, which begins as the app that the capture names"
            return Sign(what=what, bits=BY_CUT_LABEL, group="witness")
    return None


def _against(tag: AppTag, app: str, suspect: Suspect) -> Sign:
    shared = suspect.package.shared_user_id
    may_share = shared is not None and shared not in ANDROIDS_OWN.values() and not of_android(tag)
    if may_share:
        return Sign(
            what=f"is not the app that the capture names ({app}), but shares a user id",
            bits=OTHER_SHARES,
            group="witness missing",
        )
    if is_label(tag) and not suspect.having("called", tag.label):
        what = f"is not called as the app that the capture names ({app}), in the language that the build tells"
        return Sign(what=what, bits=OTHER_LANGUAGE if shared is None else OTHER, group="witness missing")
    return Sign(what=f"is not the app that the capture names ({app})", bits=OTHER, group="witness missing")


TRACE = Trace(
    name="capture app tag",
    says="The app that the capture itself names for the conversation, by package, label or user id: decisive where it is this "
    "package, and where it is another.",
    find=_find,
)
