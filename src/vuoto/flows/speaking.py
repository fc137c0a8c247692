"""Who speaks as a client: where a conversation's beginning was not captured, its bytes tell more than its ports.

A request or status line of HTTP, RTSP or SIP (RFC 9112 sections 3 and 4, RFC 7826, RFC 3261 section 7), the preface of HTTP/2
(RFC 9113 section 3.4), a hello of TLS (RFC 8446 section 4), CONNECT of MQTT (OASIS MQTT 5.0 section 3.1) and its answer, what
mail and file servers greet with.
"""

from __future__ import annotations

import re
from typing import Final

FEW: Final = 4
"""Payloads of each side that are looked at: of a conversation met in its middle some begin a message, or none does."""

HEAD: Final = 48
"""Bytes of each that are looked at: a method and the beginning of its target, a version and a status, a hello's type."""

_ASKS: Final = re.compile(
    rb"(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|PROPFIND|REPORT|TRACE) (?:/|\*|https?://)"
    rb"|CONNECT [\w.\-\[\]:]{1,40}"
    rb"|(?:OPTIONS|DESCRIBE|SETUP|PLAY|PAUSE|TEARDOWN|GET_PARAMETER|ANNOUNCE|RECORD) rtsps?://"
    rb"|(?:REGISTER|INVITE|SUBSCRIBE|PUBLISH) (?:sips?|tel|urn):"
    rb"|PRI \* HTTP/2\.0\r\n"
    rb"|\x16\x03[\x00-\x04]..\x01\x00"
    rb"|\x10[\x08-\xff][\x01-\x7f]?\x00\x04MQTT[\x03-\x05]|\x10[\x08-\xff][\x01-\x7f]?\x00\x06MQIsdp\x03"
    rb"|(?:EHLO|HELO) [\w.\[\]:\-]+|AUTH (?:PLAIN|LOGIN)\b",
    re.DOTALL,
)
_ANSWERS: Final = re.compile(
    rb"(?:HTTP/1\.[01]|RTSP/[12]\.0|SIP/2\.0) [1-6]\d\d[ \r]"
    rb"|\x16\x03[\x00-\x04]..\x02\x00"
    rb"|\x20\x02[\x00\x01][\x00-\x05]\Z"
    rb"|220[ -][\w.\-]+ |\+OK[ \r]|\* OK ",
    re.DOTALL,
)


def asks(payload: bytes) -> bool | None:
    """Whether who sends `payload` asks (`True`) or answers (`False`); `None` where the bytes do not say."""
    if _ASKS.match(payload):
        return True
    return False if _ANSWERS.match(payload) else None


def who_asks(sides: tuple[list[bytes], list[bytes]]) -> int | None:
    """Which of two sides (0 or 1), each with its first payloads, is the client; `None` where they do not say, or disagree."""
    said = {side if asked else 1 - side for side in (0, 1) for asked in map(asks, sides[side]) if asked is not None}
    return said.pop() if len(said) == 1 else None
