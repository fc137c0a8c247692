"""Text of a message that a person wrote or got."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_DATE: Final = re.compile(r"\d{1,2}:\d{2}:\d{2}")


def read(value: str) -> Reading | None:
    """Two characters or more, mostly letters, and no date; nothing can be checked."""
    text = value.strip()
    if len(text) < 2 or is_missing(text) or not any(c.isalpha() for c in text[:256]):
        return None
    letters = sum(c.isalpha() or c.isspace() for c in text[:256])
    if 2 * letters < len(text[:256]) or _DATE.search(text[:64]):
        return None
    return Reading(text[:1024], "none", "text of a message, which has no check")


IDENTIFIER = Identifier(
    kind="message_content",
    names=phrases(
        "sms body, sms text, sms content, sms message, message body, message text, message content, msg body",
        "msg text, msg content, chat message, chat text, mms body, sms msg, sms, clipboard, clipboard text",
        "clipboard content, clip text, sms messages body, typed text",
    ),
    read=read,
    clause="ePrivacy Directive art. 5(1)",
    reasoning="It is the content of a communication.",
    limitations="It has no check: a text written by the software looks the same.",
)
