"""What the person did: a named event that the software reports."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_EVENT: Final = re.compile(r"[$A-Za-z_][\w .:$/-]{2,79}")


def read(value: str) -> Reading | None:
    """A short name that begins with a letter; nothing can be checked."""
    text = value.strip()
    if len(text) > 80 or is_missing(text) or _EVENT.fullmatch(text) is None or "://" in text:
        return None
    return Reading(text, "none", "a name of an event, which has no check")


IDENTIFIER = Identifier(
    kind="usage_event",
    names=phrases(
        "event name, eventname, custom event, event type, screen view, user action, event action",
        "custom events event name",
    ),
    shy=phrases("event"),
    company=phrases(
        "device id, android id, advertising id, distinct id, session id, installation id, anonymous id, user id, imei",
        "os version",
    ),
    read=read,
    clause="GDPR recital 30",
    reasoning="Alone it singles nobody out; beside an identifier it tells what that person did and when.",
    limitations="Events of the software itself (start, crash) look the same.",
)
