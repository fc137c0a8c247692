"""Pages that the person visited."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Identifier, Reading, phrases

_URL: Final = re.compile(r"https?://[^\s\"'<>]{4,2048}", re.IGNORECASE)


def read(value: str) -> Reading | None:
    """An absolute http or https address."""
    text = value.strip()
    if len(text) > 2100 or _URL.fullmatch(text) is None:
        return None
    return Reading(text, "holds", "an absolute http address (RFC 3986 §4.3)")


IDENTIFIER = Identifier(
    kind="browsing_history",
    names=phrases(
        "visited url, visited urls, visited, visited page, visited pages, history, browsing history, browser history",
        "history url, history urls, url visited, visit url, visits url, visited site, visited sites, web history",
        "url history, visited link, browse url, browsed url, history entry, bookmarks url, bookmark",
    ),
    read=read,
    clause="RFC 3986 §4.3",
    reasoning="What a person reads tells of health, faith, politics and habits.",
    limitations="Addresses that the software itself visits look the same; so only fields that say history count.",
)
