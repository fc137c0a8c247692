"""Text of a message that a person wrote or got."""

from __future__ import annotations

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases


def read(value: str) -> Reading | None:
    """Two characters or more with a letter among them; nothing can be checked."""
    text = value.strip()
    if len(text) < 2 or is_missing(text) or not any(c.isalpha() for c in text[:256]):
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
